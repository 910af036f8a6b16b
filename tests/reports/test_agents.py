"""The report of agents: times by state, shares, and the spread of calls (SPEC A3)."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.disposition import Disposition
from ccdialer.reports.agents import agents
from ccdialer.reports.span import Span
from tests.reports.scenes import NOW, Scene

_S = AgentState
HOUR = Span(NOW, NOW + 3_600_000)


def records(scene: Scene, **options: Any) -> list[dict[str, Any]]:
    table = agents(scene.db, HOUR, **options)
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def test_an_hour_of_work(scene: Scene) -> None:
    scene.add("+79160000001")
    scene.call(Disposition.TALKED)
    scene.shift(
        *((_S.AVAILABLE, 600), (_S.TALKING, 1200), (_S.WRAP_UP, 300), (_S.PAUSED, 600)),
        *((_S.AVAILABLE, 300), (_S.OFFLINE, 0)),
    )
    (anna,) = records(scene)
    assert (anna["login"], anna["calls"], anna["signed_in_s"]) == ("anna", 1, 3000.0)
    assert (anna["talk_s"], anna["wrap_up_s"], anna["paused_s"]) == (1200.0, 300.0, 600.0)
    assert anna["utilisation"] == pytest.approx(1200 / 2400)
    assert anna["occupancy"] == pytest.approx(1500 / 2400)
    assert anna["aht_s"] == 1500.0
    assert anna["calls_per_hour"] == pytest.approx(1.5)
    assert anna["deviation"] == pytest.approx(0.0)


def test_who_did_not_work_is_listed_and_spreads_nothing(scene: Scene) -> None:
    boris = Agent(0, "boris", "Boris", "PJSIP/boris", True, frozenset())
    boris_id = storage.upsert_agent(scene.db, boris, ["sales"], NOW)
    scene.add("+79160000001")
    scene.call(Disposition.TALKED)
    scene.shift((_S.AVAILABLE, 60), (_S.OFFLINE, 0))
    anna, idle = records(scene)
    assert (idle["login"], idle["signed_in_s"], idle["calls_per_hour"]) == ("boris", 0.0, None)
    assert anna["deviation"] == pytest.approx(0.0)
    assert agents(scene.db, HOUR).note == (
        "spread of calls per hour over 1 agents: 0.0%; of talk: 0.0%"
    )
    assert [row["login"] for row in records(scene, only=frozenset({boris_id}))] == ["boris"]
