"""`ccdialer rules`: presets are edited and applied, and what holds is shown and exported."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.storage.holds import Hold, hold_back
from tests.cli.prompt import Prompt


def test_a_preset_is_applied_shown_and_exported(prompt: Prompt) -> None:
    text = prompt.run("rules", "preset", "ru-230fz").stdout
    path = prompt.file("site.yaml", text)
    said = prompt.run("rules", "apply", str(path)).stdout
    assert said.startswith("rules: changed; title: ")
    assert "per_week: 0 -> 2" in said
    assert prompt.run("rules", "apply", str(path)).stdout == "rules: unchanged\n"
    shown = {row["rule"]: row["value"] for row in prompt.json("rules", "show")}
    assert shown["holidays"] == "RU"
    assert shown["calling_hours"] == "mon-fri: 08:00-22:00; sat, sun, holidays: 09:00-20:00"
    exported = prompt.file("out.yaml", prompt.run("rules", "export").stdout)
    assert prompt.run("rules", "apply", str(exported)).stdout == "rules: unchanged\n"


def test_a_fault_changes_nothing(prompt: Prompt) -> None:
    path = prompt.file("site.yaml", "per_day: 1\nper_wek: 2\n")
    said = prompt.run("rules", "apply", str(path), code=2).stderr
    assert said == "ccdialer: site.yaml:2: per_wek: unknown key; did you mean per_week?\n"
    assert {row["rule"]: row["value"] for row in prompt.json("rules", "show")}["per_day"] == "0"


def test_tasks_that_were_held_back_are_asked_about_again(prompt: Prompt) -> None:
    prompt.import_tasks()
    with storage.open_database(prompt.url) as database:
        hold_back(database, {1: Hold("cap_day", "contacted once", 9_999_999_999_999)}, 1)
    path = prompt.file("site.yaml", "per_day: 3\n")
    said = prompt.run("rules", "apply", str(path)).stderr
    assert "1 tasks that were held back are asked about again" in said
