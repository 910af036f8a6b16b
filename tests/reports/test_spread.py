"""How evenly work is spread, project by project (SPEC A3)."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.disposition import Disposition
from ccdialer.reports.agents import agents
from ccdialer.reports.span import Span
from ccdialer.reports.spread import spreads
from tests.reports.scenes import NOW, Scene

HOUR = Span(NOW, NOW + 3_600_000)


def hire(scene: Scene, login: str, *projects: str) -> int:
    agent = Agent(0, login, login, f"PJSIP/{login}", True, frozenset())
    return storage.upsert_agent(scene.db, agent, projects, NOW)


def works(scene: Scene, agent_id: int, calls: int, talk_s: int) -> None:
    """An hour of which he talks so long, in so many calls."""
    scene.agent_id, now = agent_id, scene.now
    for n in range(calls):
        scene.add(f"+7916{agent_id:03}{n:04}")
        scene.call(Disposition.TALKED)
    scene.shift(
        *((AgentState.TALKING, talk_s), (AgentState.AVAILABLE, 3600 - talk_s)),
        (AgentState.OFFLINE, 0),
    )
    scene.now = now


def records(scene: Scene) -> dict[str, dict[str, Any]]:
    table = spreads(scene.db, HOUR)
    keys = [column.key for column in table.columns]
    return {row[0]: dict(zip(keys, row, strict=True)) for row in table.rows}


def test_each_project_has_the_spread_of_its_agents(scene: Scene) -> None:
    boris, clara = hire(scene, "boris", "sales", "care"), hire(scene, "clara", "care")
    hire(scene, "dora", "care")  # was not there
    works(scene, scene.agent_id, 1, 900)
    works(scene, boris, 3, 900)
    works(scene, clara, 3, 2700)
    found = records(scene)
    assert (found["sales"]["agents"], found["care"]["agents"]) == (2, 2)
    assert (found["sales"]["calls"], found["care"]["calls"]) == (4, 6)
    assert (found["sales"]["least"], found["sales"]["most"]) == (1.0, 3.0)
    assert found["sales"]["calls_spread"] == pytest.approx(0.5)
    assert found["sales"]["talk_spread"] == pytest.approx(0.0)
    assert found["care"]["calls_spread"] == pytest.approx(0.0)
    assert found["care"]["talk_spread"] == pytest.approx(0.5)
    assert found["care"]["distribution"] == "longest_idle"
    assert agents(scene.db, HOUR).note.splitlines()[1:] == [
        "spread of calls per hour in care over 2 agents: 0.0%; of talk: 50.0%",
        "spread of calls per hour in sales over 2 agents: 50.0%; of talk: 0.0%",
    ]


def test_a_project_in_which_nobody_was_there(scene: Scene) -> None:
    (row,) = records(scene).values()
    assert (row["agents"], row["calls"], row["calls_spread"], row["least"]) == (0, 0, None, None)
