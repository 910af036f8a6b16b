"""`ccdialer sim learn` writes what a scenario is read from."""

from __future__ import annotations

import yaml

from tests.cli.past import DAY, lived_day, past
from tests.cli.prompt import Prompt

__all__ = ["lived_day", "past"]
LEARN = ("sim", "learn", "demo", "--since", DAY)


def test_a_scenario_out_of_a_day(past: Prompt) -> None:
    path = past.folder / "learned.yaml"
    result = past.run(*LEARN, "--output", str(path))
    assert "learned.yaml written" in result.stdout
    assert "answer_rate: " in result.stderr
    assert "(learned from " in result.stderr
    page = yaml.safe_load(path.read_text())
    (plan,) = page["campaigns"]
    assert (page["name"], page["hours"], plan["name"], plan["tasks"]) == ("demo", 1, "demo", 3000)
    assert 0.2 < plan["callees"]["answer_rate"][0] < 0.5
    assert 20 <= len(plan["callees"]["talk"]["samples"]) <= 100
    assert len(page["teams"]) == 12
    assert all(0 <= team["starts"] < team["ends"] <= 1 for team in page["teams"])


def test_it_is_shown_if_there_is_no_file(past: Prompt) -> None:
    assert yaml.safe_load(past.run(*LEARN).stdout)["about"].startswith("Learned from ")


def test_without_calls_there_is_nothing_to_learn_from(past: Prompt) -> None:
    result = past.run("sim", "learn", "demo", "--since", "2026-11-01", "--until", DAY, code=1)
    assert 'campaign "demo" has no calls in that span' in result.stderr


def test_a_folder_that_is_not_there_is_told_first(past: Prompt) -> None:
    result = past.run(*LEARN, "--output", "nowhere/day.yaml", code=2)
    assert result.stderr == (
        "ccdialer: --output nowhere/day.yaml: there is no folder nowhere; make it first\n"
    )
