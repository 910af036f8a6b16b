"""`ccdialer campaign forecast` on each kind of database."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer import storage
from ccdialer.cli.site import now_ms
from ccdialer.core.campaign import CampaignState
from ccdialer.core.disposition import Disposition
from ccdialer.core.limits import Counting, SiteRules
from tests.cli.past import lived_day
from tests.cli.prompt import Prompt
from tests.reports.scenes import Scene, scene_in

__all__ = ["lived_day"]
FORECAST = ("campaign", "forecast", "demo", "--agents", "4", "--seeds", "2", "--hours", "2")


@pytest.fixture
def list_of_sixty(prompt: Prompt) -> Prompt:
    """Sixty people to call, one who was reached, one who is due in a year."""
    with prompt.database() as database:
        scene = scene_in(database)
        scene.now = now_ms() - 60_000
        scene.add("+79160000001")
        scene.call(Disposition.TALKED)
        scene.add("+79160000002", due_at=scene.now + 365 * 86_400_000)
        for number in range(60):
            scene.add(f"+7916000{number + 1000:04}")
    return prompt


def test_whom_it_will_call_and_when_it_ends(list_of_sixty: Prompt) -> None:
    page = list_of_sixty.json(*FORECAST, "--set", "mode=progressive", "--answer-rate", "0.6")
    counts = {row["reason"]: row["tasks"] for row in page["tasks"] if row["tasks"]}
    assert counts == {"done": 1, "due_past": 1, "due": 60}
    assert page["called"] == 60
    told = page["forecast"]
    assert told["ends"]["median"] >= told["nearly_done"]["median"] > 0
    assert told["left"] == {"median": 0, "low": 0, "high": 0}
    assert 60 <= told["dials"]["median"] <= 180
    assert 40 <= told["talks"]["median"] <= 60  # three attempts at 0.6
    assert {row["seen"] for row in page["people"]} == {0}
    assert "too few people have answered" in page["people_from"]


def test_as_people_read_it(list_of_sixty: Prompt) -> None:
    result = list_of_sixty.run(*FORECAST, "--answer-rate", "0.5", "--talk-s", "60")
    assert "due after the horizon" in result.stdout
    assert "the last one done" in result.stdout
    assert "day 1, hour" in result.stdout
    assert "50.0%" in result.stdout
    assert "60.0 s in the mean" in result.stdout
    assert "assumed" in result.stdout
    assert "days of each of 2 seeds were simulated" in result.stderr


def test_whom_the_limits_would_hold_now(list_of_sixty: Prompt) -> None:
    with list_of_sixty.database() as database:
        rules = SiteRules(per_day=1, counting=Counting.ROLLING)
        storage.save_rules(database, rules, now_ms())
        database.run("UPDATE task SET state = 'waiting', due_at = 0 WHERE state = 'done'")
    result = list_of_sixty.run(*FORECAST)
    assert "now 1 (2%) of the 61 due tasks would be held, the first until" in result.stderr
    assert list_of_sixty.json(*FORECAST)["held_now"]["by_rule"] == {"cap_day": 1}


def test_a_list_that_does_not_end_in_time(list_of_sixty: Prompt) -> None:
    words = ("--days-max", "1", "--set", "retry_after_s.no_answer=86400", "--hours", "0.5")
    result = list_of_sixty.run(*FORECAST, *words)
    assert "not within the days looked at" in result.stdout


def test_what_cannot_be_foretold_is_said(prompt: Prompt) -> None:
    assert "has no tasks; ccdialer task import" in prompt.run(*FORECAST, code=1).stderr
    with prompt.database() as database:
        scene = scene_in(database)
        scene.add("+79160000002")
        scene.call(Disposition.TALKED)
        nobody = prompt.run(*FORECAST, code=1).stderr
        assert "has nobody to call in 30 days: reached already 1" in nobody
        scene.add("+79160000001")
    assert "max_lines" in prompt.run(*FORECAST, "--set", "lines=5", code=2).stderr
    like = prompt.run(*FORECAST, "--like", "nope", code=1)
    assert 'there is no campaign "nope"' in like.stderr
    assert "--agents" in prompt.run("campaign", "forecast", "demo", code=2).stderr


def test_people_of_another_campaign(tmp_path: Path, lived_day: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(lived_day.read_bytes())
    site = Prompt(tmp_path, f"sqlite:///{copy}")
    site.run("campaign", "apply", str(site.campaign_file(name="fresh")))
    with site.database() as database:
        scene = scene_in(database)
        fresh = Scene(database, storage.find_campaign(database, "fresh"), scene.agent_id, now_ms())
        for number in range(40):
            fresh.add(f"+7916000{number + 1000:04}")
    words = (*FORECAST[:2], "fresh", *FORECAST[3:], "--like", "demo")
    page = site.json(*words)
    assert 'call log of campaign "demo"' in page["people_from"]
    assert max(row["seen"] for row in page["people"]) > 100
    hint = site.run(*words).stderr
    start = "ccdialer campaign start fresh"
    assert f"it is {CampaignState.DRAFT} and does not dial; start it: {start}" in hint


def test_an_assignment_goes_as_its_agents_ask(prompt: Prompt) -> None:
    prompt.run("campaign", "apply", str(prompt.campaign_file(mode="preview")))
    prompt.import_tasks()
    assert "nobody foretells that" in prompt.run(*FORECAST, code=1).stderr
    prompt.run(*FORECAST, "--set", "mode=progressive", "--answer-rate", "0.5")
