"""`ccdialer report` over calls that were made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ccdialer.cli.site import now_ms
from ccdialer.core.agent import AgentState
from ccdialer.core.commands import RecordPace
from ccdialer.core.disposition import Disposition
from tests.cli.prompt import Prompt
from tests.reports.scenes import priced, scene_in

WHY = "2 idle, 0 waiting, 5 ringing; one call per free agent: placed 3"


@pytest.fixture
def busy(prompt: Prompt) -> Prompt:
    """An hour ago: one talk, one busy line."""
    with prompt.database() as database:
        scene = scene_in(database)
        scene.now = now_ms() - 3_600_000
        scene.add("+79160000001")
        scene.call(Disposition.TALKED)
        scene.now += 1000
        scene.add("+79160000002")
        scene.call(Disposition.BUSY)
        pace = RecordPace(scene.campaign.id, scene.now / 1000, 3, 40, 2, 0, 5, None, None, WHY)
        scene.carry(pace, replace(pace, at=pace.at + 10, placed=0))
        scene.shift((AgentState.TALKING, 60), (AgentState.WRAP_UP, 15), (AgentState.OFFLINE, 0))
    return prompt


def test_attempts(busy: Prompt) -> None:
    rows = busy.csv("report", "attempts")
    assert [row["disposition"] for row in rows] == ["talked", "busy"]
    assert (rows[0]["agent"], rows[0]["talk_s"]) == ("anna", "60.0")
    cut = busy.run("report", "attempts", "--limit", "1")
    assert "--limit 0 prints all" in cut.stderr
    assert "+79160000001" in cut.stdout
    assert "+79160000002" not in cut.stdout


def test_campaigns(busy: Prompt) -> None:
    (row,) = busy.json("report", "campaigns", "--campaign", "demo")
    assert (row["attempts"], row["talked"], row["busy"]) == (2, 1, 1)
    assert "talked 1, busy 1" in busy.run("report", "campaigns").stdout


def test_agents(busy: Prompt) -> None:
    (row,) = busy.json("report", "agents", "--campaign", "demo")
    assert (row["login"], row["calls"], row["talk_s"], row["wrap_up_s"]) == ("anna", 1, 60.0, 15.0)
    assert "spread of calls per hour over 1 agents" in busy.run("report", "agents").stdout


def test_pacing(busy: Prompt) -> None:
    rows = busy.json("report", "pacing", "--campaign", "demo")
    assert [(row["placed"], row["in_flight"], row["risk"]) for row in rows] == [
        (3, 5, None),
        (0, 5, None),
    ]
    assert [row["reason"] for row in busy.csv("report", "pacing")] == [WHY, WHY]
    cut = busy.run("report", "pacing", "--limit", "1")
    assert WHY in cut.stdout
    assert "--limit 0 prints all" in cut.stderr


Wanted = Callable[[dict[str, object]], object]


@pytest.mark.parametrize("report", ["attempts", "campaigns", "agents", "pacing"])
def test_spans(busy: Prompt, report: str) -> None:
    inside = busy.json("report", report, "--since", "2h")
    outside = busy.json("report", report, "--until", "2h")
    assert inside
    assert sum(row.get("attempts", row.get("calls", 1)) for row in outside) == 0


@pytest.mark.parametrize("report", ["attempts", "campaigns", "agents", "pacing"])
def test_a_campaign_that_is_not_there(prompt: Prompt, report: str) -> None:
    result = prompt.run("report", report, "--campaign", "nope", code=1)
    assert 'there is no campaign "nope"' in result.stderr


def test_costs(prompt: Prompt) -> None:
    with prompt.database() as database:
        priced(scene_in(database))
    rows = prompt.json("report", "costs", "--by", "trunk", "--since", "2020-01-01")
    assert [(row["trunk"], row["cost"]) for row in rows] == [
        *(("spare", 3.0), ("main", 1.25), ("(dial string)", None)),
    ]
    shown = prompt.run("report", "costs", "--campaign", "demo", "--since", "2020-01-01").stdout
    assert "together 4.25 RUB" in shown


def test_callbacks(busy: Prompt) -> None:
    assert busy.json("report", "callbacks") == []
    assert "callbacks: none" in busy.run("report", "callbacks").stderr
