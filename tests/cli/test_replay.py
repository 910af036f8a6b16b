"""`ccdialer sim replay` at a site that had a day."""

from __future__ import annotations

from ccdialer.sim.replaying import FIGURES
from tests.cli.past import DAY, lived_day, past
from tests.cli.prompt import Prompt

__all__ = ["lived_day", "past"]
REPLAY = ("sim", "replay", "demo", "--day", DAY, "--seeds", "2")


def test_a_day_under_other_settings(past: Prompt) -> None:
    rows = past.json(*REPLAY, "--set", "mode=progressive")
    assert [row["figure"] for row in rows] == [figure.key for figure in FIGURES]
    by_key = {row["figure"]: row for row in rows}
    talks = by_key["talks"]
    assert talks["own_low"] <= talks["own_mean"] <= talks["own_high"]
    assert talks["fits"] is (talks["own_low"] <= talks["real"] <= talks["own_high"])
    assert abs(talks["own_mean"] / talks["real"] - 1) < 0.15
    assert by_key["utilisation"]["changed_mean"] < by_key["utilisation"]["own_mean"]


def test_a_day_as_people_read_it(past: Prompt) -> None:
    result = past.run(*REPLAY)
    assert "figure" in result.stdout
    assert "as it was" in result.stdout
    assert "utilisation" in result.stdout
    assert "figures lie among the 2 simulated days" in result.stderr
    assert "mode=" not in result.stdout


def test_what_cannot_be_replayed_is_said(past: Prompt) -> None:
    empty = past.run("sim", "replay", "demo", "--day", "2026-11-01", code=1)
    assert 'campaign "demo" placed no calls on 2026-11-01' in empty.stderr
    later = past.run("sim", "replay", "demo", "--day", "2126-11-01", code=1)
    assert "2126-11-01 has not come yet" in later.stderr
    assert "max_lines" in past.run(*REPLAY, "--set", "lines=5", code=2).stderr
    assert "there is no campaign" in past.run("sim", "replay", "nope", code=1).stderr
    assert "is not a date" in past.run("sim", "replay", "demo", "--day", "soon", code=2).stderr
