"""Scripts in folders: found, found again, broken, gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer.fastagi import finding
from ccdialer.fastagi.finding import Scripts, changes, find, shipped_folder

GOOD = '''
from ccdialer.fastagi import script


@script(outputs={{"CCD_X": "X."}}, limit_s={limit})
def {name}(agi, desk):
    """Says {limit}."""
'''


def write(folder: Path, name: str, limit: float = 1.0, text: str | None = None) -> Path:
    path = folder / f"{name}.py"
    path.write_text(GOOD.format(name=name, limit=limit) if text is None else text)
    return path


def test_the_shipped_ones_are_all_there_and_whole() -> None:
    found = find([shipped_folder()])
    assert not found.broken
    wanted = {"route_by_stage", "last_agent", "stage", "is_open", "lost_call", "talked"}
    assert set(found.sources) == wanted | {"callback_request", "do_not_call", "add_task"}


def test_a_folder_is_read(tmp_path: Path) -> None:
    write(tmp_path, "one")
    write(tmp_path, "_shared", text="1 / 0")
    (tmp_path / "README.md").write_text("no script")
    found = find([tmp_path])
    assert list(found.sources) == ["one"]
    assert found.get("one") is not None
    assert found.get("two") is None
    assert not found.broken


def test_of_two_with_one_name_the_later_folder_wins(tmp_path: Path) -> None:
    for n, name in enumerate(("a", "b"), 1):
        (tmp_path / name).mkdir()
        write(tmp_path / name, "one", limit=n)
    found = find([tmp_path / "a", tmp_path / "b"]).get("one")
    assert found is not None
    assert found.limit_s == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("def one(:", "one.py:1: invalid syntax"),
        ("\n\nimport nothing_of_that_name", "one.py:3: ModuleNotFoundError: No module named"),
        (
            "from ccdialer.fastagi import script\n@script\ndef one(a, d): ...",
            "one.py:2: ValueError: write",
        ),
        ("raise SystemExit(1)", "one.py:1: SystemExit: 1"),
        ("def one(agi, desk): ...", "one @script function named one is expected; found none"),
        (GOOD.format(name="two", limit=1), "named one is expected; found two"),
        (GOOD.format(name="one", limit=90), "one.py:5: ValueError: limit_s is 90"),
        ("x = 1\0", "cannot contain null bytes"),
        ("while True:\n    import time; time.sleep(0.01)\n    if not here: break", "one.py:3"),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, text: str, why: str) -> None:
    path = write(tmp_path, "one", text=text)
    write(tmp_path, "two")
    found = find([tmp_path])
    assert list(found.sources) == ["two"]
    assert why in found.broken[path].why
    assert "\n" not in found.broken[path].why


def test_a_file_that_does_not_end_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "LOADS_S", 0.05)
    path = write(tmp_path, "one", text="import threading\nthreading.Event().wait(0.5)")
    assert "not read within" in find([tmp_path]).broken[path].why


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = find([tmp_path / "none"])
    assert found.broken[tmp_path / "none"].why == f"{tmp_path}/none: No such folder"


def test_what_is_told_of_a_reload(tmp_path: Path) -> None:
    for name in ("stays", "changes", "breaks", "goes"):
        write(tmp_path, name)
    before = find([tmp_path])
    assert {kind for kind, _ in changes(Scripts(), before)} == {"new"}
    write(tmp_path, "comes")
    write(tmp_path, "changes", limit=2)
    write(tmp_path, "breaks", text="1 / 0")
    (tmp_path / "goes.py").unlink()
    after = find([tmp_path], before)
    told = {sentence.split()[0]: kind for kind, sentence in changes(before, after)}
    assert told == {"comes": "new", "changes": "changed", "goes": "gone", "breaks.py:1:": "broken"}
    assert after.get("stays") is before.get("stays")
    assert after.get("breaks") is before.get("breaks"), "what ran goes on"
    assert [s for kind, s in changes(before, after) if kind == "broken"] == [
        "breaks.py:1: ZeroDivisionError: division by zero; its earlier version goes on"
    ]
    write(tmp_path, "breaks", limit=3)
    mended = find([tmp_path], after)
    assert not mended.broken
    assert changes(after, mended) == [("changed", f"breaks ({tmp_path}/breaks.py)")]


def test_a_file_whose_name_can_be_no_function_is_told(tmp_path: Path) -> None:
    (broken,) = find([write(tmp_path, "my-script", text="").parent]).broken.values()
    assert broken.why == "my-script.py: name it with small letters, digits and underscores"
