"""`ccdialer dnc`: any spelling, the lists of site and projects, files, what becomes of tasks."""

from __future__ import annotations

from tests.cli.prompt import Prompt


def phones(prompt: Prompt, *words: str) -> list[tuple[str, str]]:
    return [(row["phone"], row["source"]) for row in prompt.json("dnc", "list", *words)]


def test_add_and_remove_in_any_spelling(prompt: Prompt) -> None:
    prompt.import_tasks()
    spoken = ("8 916 123-45-67", "+7(916)1234567", "88001234567")
    added = prompt.run("dnc", "add", *spoken, "--reason", "asked")
    assert added.stdout == "2 added, 0 were there; 1 task closed\n"
    tasks = {row["numbers"]: (row["state"], row["reason"]) for row in prompt.json("task", "list")}
    assert tasks["+79161234567"] == ("cancelled", "on the do-not-call list of the site: asked")
    assert tasks["+79161234568"] == ("waiting", "")
    assert phones(prompt) == [("+78001234567", "command"), ("+79161234567", "command")]
    assert "0 added, 1 were there" in prompt.run("dnc", "add", "9161234567").stdout
    removed = prompt.run("dnc", "remove", "89161234567", "89161234568")
    assert removed.stdout == "1 removed, 1 were not on the list\n"
    assert "0 removed" in prompt.run("dnc", "remove", "89161234567", code=1).stdout


def test_check(prompt: Prompt) -> None:
    prompt.run("dnc", "add", "89161234567", "--project", "sales", "--until", "2099-01-01")
    (row,) = prompt.json("dnc", "check", "8", "916", "123-45-67")
    assert (row["list"], row["until_at"][:4]) == ("project sales", "2099")
    assert "project sales" in prompt.run("dnc", "check", "89161234567").stdout
    nobody = prompt.run("dnc", "check", "89161234568", code=1)
    assert nobody.stderr == "+79161234568 is on no do-not-call list\n"
    past = prompt.file("past.csv", "phone;until\n89161234568;2020-01-01\n")
    prompt.run("dnc", "import", str(past))
    assert "2020" in prompt.run("dnc", "check", "89161234568", code=1).stdout


def test_what_cannot_be_done_is_said(prompt: Prompt) -> None:
    assert '"123" is not a phone number' in prompt.run("dnc", "add", "123", code=2).stderr
    nowhere = prompt.run("dnc", "add", "89161234567", "--project", "nope", code=1).stderr
    assert 'there is no project "nope"; there are: sales' in nowhere
    gone = prompt.run("dnc", "add", "89161234567", "--until", "2020-01-01", code=2).stderr
    assert "lies in the past" in gone
    assert phones(prompt) == []


def test_a_file_and_its_next_edition(prompt: Prompt) -> None:
    prompt.import_tasks()
    words = ("--replace-source", "state", "--reason", "register")
    first = prompt.file("may.txt", "8 916 123-45-67\nnobody\n89161234560\n")
    told = prompt.run("dnc", "import", str(first), *words)
    assert "3 rows" in told.stdout
    assert "2 accepted, 0 duplicates, 1 rejected\n0 numbers removed; 1 task closed" in told.stdout
    assert 'may.txt:2: "nobody" is not a phone number' in told.stderr
    second = prompt.file("june.txt", "89161234567\n")
    page = prompt.json("dnc", "import", str(second), *words)
    assert (page["duplicates"], page["removed"], page["tasks_closed"]) == (1, 1, 0)
    assert phones(prompt, "--source", "state") == [("+79161234567", "state")]
    empty = prompt.file("empty.txt", "phone\nnobody\n")
    assert "nothing changed" in prompt.run("dnc", "import", str(empty), *words, code=2).stderr
    assert prompt.json("dnc", "import", str(second), "--dry-run")["dry_run"]


def test_an_exported_list_is_read_again(prompt: Prompt) -> None:
    prompt.run("dnc", "add", "89161234567", "--reason", "=asked", "--until", "2099-01-01")
    prompt.run("dnc", "add", "89161234568", "--project", "sales")
    text = prompt.run("dnc", "export").stdout
    assert "+79161234567" in text
    assert "+79161234568" not in text
    path = prompt.file("list.csv", text)
    before = prompt.json("dnc", "list")[0]
    prompt.run("dnc", "remove", "89161234567")
    prompt.run("dnc", "import", str(path), "--source", "command")
    after = prompt.json("dnc", "list")[0]
    assert after | {"since_at": ""} == before | {"since_at": "", "reason": "'=asked"}


def test_a_list_ends_a_campaign_s_forecast(prompt: Prompt) -> None:
    prompt.import_tasks()
    prompt.run("dnc", "add", "89161234567", "89161234568")
    told = prompt.run("campaign", "forecast", "demo", "--agents", "1", code=1).stderr
    assert "closed: on a do-not-call list 2" in told


def test_a_campaign_s_numbers_at_import(prompt: Prompt) -> None:
    path = prompt.campaign_file(number_types="[mobile]", denied_prefixes='["+7999"]')
    prompt.run("campaign", "apply", str(path))
    listed = prompt.file("l.csv", "89161234567\n84951234567\n89991234567\n+77011234567\n")
    told = prompt.run("task", "import", str(listed), "--campaign", "demo").stderr
    assert '"84951234567" is a fixed_line number; allowed are: mobile; row rejected' in told
    assert '"89991234567" is denied, as all that begin with +7999; row rejected' in told
    assert '"+77011234567" is a number of KZ; allowed are: RU; row rejected' in told
    assert [row["numbers"] for row in prompt.json("task", "list")] == ["+79161234567"]


def test_faults_of_these_settings_are_named(prompt: Prompt) -> None:
    path = prompt.campaign_file(
        number_types="[]", countries="[Russia]", denied_prefixes="[7809]", duplicates="all"
    )
    told = prompt.run("campaign", "apply", str(path), code=2).stderr
    for words in ("at least one of mobile", "ISO 3166", '["+7809"', "one of keep, project, site"):
        assert words in told
