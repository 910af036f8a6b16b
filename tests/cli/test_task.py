"""`ccdialer task`: import, list, show, cancel."""

from __future__ import annotations

import pytest

from ccdialer.cli import task
from tests.cli.prompt import CSV, Prompt


def test_import_twice(prompt: Prompt) -> None:
    first = prompt.import_tasks()
    assert "2 accepted, 0 duplicates, 1 rejected" in first.stdout
    assert 'list.csv:4: "123" is not a phone number' in first.stderr
    again = prompt.import_tasks()
    assert "0 accepted, 2 duplicates, 1 rejected" in again.stdout
    assert len(prompt.json("task", "list")) == 2


def test_rejected_rows_go_to_a_file(prompt: Prompt) -> None:
    path, rejected = prompt.file("list.csv", CSV), prompt.folder / "rejected.csv"
    words = ("task", "import", str(path), "--campaign", "demo", "--rejected", str(rejected))
    assert str(rejected) in prompt.run(*words).stdout
    assert "123" in rejected.read_text()
    assert "Борис" not in rejected.read_text()


def test_dry_run_changes_nothing(prompt: Prompt) -> None:
    path = prompt.file("list.csv", CSV)
    result = prompt.run("task", "import", str(path), "--campaign", "demo", "--dry-run")
    assert "2 would be accepted" in result.stdout
    assert prompt.json("task", "list") == []


def test_mapping_encoding_and_delimiter(prompt: Prompt) -> None:
    path = prompt.folder / "odd.csv"
    path.write_bytes("Куда;Кто\n89161234567;Анна\n".encode("windows-1251"))
    prompt.run(
        *("task", "import", str(path), "--campaign", "demo", "--map", "phone=Куда"),
        *("--encoding", "windows-1251", "--delimiter", "semicolon"),
    )
    (row,) = prompt.json("task", "list")
    assert (row["numbers"], row["details"]) == ("+79161234567", "Кто=Анна")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--map", "phone"), "is not WHAT=COLUMN"),
        (("--map", "phone=Nope"), 'there is no column "Nope"'),
        (("--delimiter", "abc"), "one character"),
        (("--encoding", "klingon"), "is not an encoding"),
    ],
)
def test_wrong_options(prompt: Prompt, words: tuple[str, ...], told: str) -> None:
    path = prompt.file("list.csv", CSV)
    result = prompt.run("task", "import", str(path), "--campaign", "demo", *words, code=2)
    assert told in result.stderr


@pytest.mark.parametrize("rubbish", ["", "\x00\x01\x02", "no,numbers\nat,all\n"])
def test_rubbish(prompt: Prompt, rubbish: str) -> None:
    path = prompt.file("list.csv", rubbish)
    assert "nothing was imported" in (
        prompt.run("task", "import", str(path), "--campaign", "demo", code=2).stderr
    )


def test_nothing_usable_is_exit_code_1(prompt: Prompt) -> None:
    path = prompt.file("list.csv", "phone\n12\n13\n")
    result = prompt.run("task", "import", str(path), "--campaign", "demo", code=1)
    assert "0 accepted, 0 duplicates, 2 rejected" in result.stdout


def test_ten_remarks_and_no_more(prompt: Prompt) -> None:
    path = prompt.file("list.csv", "phone\n" + "12\n" * 25 + "89161234567\n")
    told = prompt.run("task", "import", str(path), "--campaign", "demo").stderr
    assert told.count("row rejected") == 10
    assert "15 more rows" in told


def test_the_outcome_as_json(prompt: Prompt) -> None:
    path = prompt.file("list.csv", CSV)
    found = prompt.json("task", "import", str(path), "--campaign", "demo")
    assert (found["accepted"], found["rejected"], found["remarks"][0]["line"]) == (2, 1, 4)


def test_list_filters(prompt: Prompt) -> None:
    prompt.import_tasks()
    prompt.run("task", "cancel", "1")
    assert [row["id"] for row in prompt.json("task", "list", "--state", "waiting")] == [2]
    assert len(prompt.csv("task", "list", "--campaign", "demo", "--limit", "1")) == 1
    assert "Анна" in prompt.run("task", "list").stdout
    prompt.run("task", "list", "--campaign", "nope", code=1)
    prompt.run("task", "list", "--state", "asleep", code=2)


def test_show(prompt: Prompt) -> None:
    prompt.import_tasks()
    text = prompt.run("task", "show", "1").stdout
    assert '+79161234567 (written "8 916 123-45-67")' in text
    assert "details.name" in text
    found = prompt.json("task", "show", "1")
    assert (found["campaign"], found["details"], found["tries"]) == ("demo", {"name": "Анна"}, [])
    assert found["due_at"].endswith("Z")
    assert "there is no task 99" in prompt.run("task", "show", "99", code=1).stderr


def test_cancel_by_id(prompt: Prompt) -> None:
    prompt.import_tasks()
    assert prompt.run("task", "cancel", "1", "2").stdout == "2 cancelled\n"
    again = prompt.run("task", "cancel", "1", code=1)
    assert "task 1 is cancelled already" in again.stderr
    prompt.run("task", "cancel", "99", code=1)


def test_cancel_all(prompt: Prompt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task, "CANCEL_BATCH", 1)
    prompt.import_tasks()
    assert prompt.run("task", "cancel", "--campaign", "demo", "--all").stdout == "2 cancelled\n"
    assert {row["state"] for row in prompt.json("task", "list")} == {"cancelled"}


@pytest.mark.parametrize(
    "words", [(), ("--all",), ("--campaign", "demo"), ("1", "--campaign", "demo", "--all")]
)
def test_cancel_must_be_meant(prompt: Prompt, words: tuple[str, ...]) -> None:
    assert "--campaign NAME --all" in prompt.run("task", "cancel", *words, code=2).stderr
