"""Agents of a past day, from the journal."""

from __future__ import annotations

import pytest

from ccdialer.core.agent import AgentState
from ccdialer.core.metrics import WorkTime
from ccdialer.sim.scenario import Away
from ccdialer.sim.shifts import (
    Doing,
    Window,
    spells,
    team_of,
    work_time,
    wrap_up_after,
    wrap_ups,
)
from ccdialer.storage.calllog import Log, LoggedState

S = AgentState
HOURS = Window(0.0, 7200.0)
OURS, OTHERS = 1, 2


def log_with(*states: tuple[float, AgentState, int | None], **changes: object) -> Log:
    told = tuple(LoggedState(*state) for state in states)
    return Log(OURS, (), {5: told}, {5: "anna"}, **changes)  # type: ignore[arg-type]


DAY = log_with(
    (0.0, S.OFFLINE, None),
    (600.0, S.SIGNING_IN, None),
    (610.0, S.AVAILABLE, None),
    (700.0, S.RESERVED, OURS),
    (701.0, S.TALKING, OURS),
    (801.0, S.WRAP_UP, OURS),
    (831.0, S.AVAILABLE, None),
    (1000.0, S.PAUSED, None),
    (1300.0, S.AVAILABLE, None),
    (1400.0, S.TALKING, OTHERS),
    (1500.0, S.WRAP_UP, OTHERS),
    (1520.0, S.AVAILABLE, None),
    (3610.0, S.OFFLINE, None),
)


def test_an_agents_day_is_told_for_one_campaign() -> None:
    assert work_time(DAY, 5, HOURS) == WorkTime(
        signed_in_s=(1000 - 610) + (1400 - 1300) + (3610 - 1520),
        talk_s=100.0,
        wrap_up_s=30.0,
    )


def test_the_same_agent_as_a_team() -> None:
    team = team_of(DAY, 5, HOURS)
    assert team is not None
    assert (team.agents, team.name) == (1, "anna")
    assert (team.starts, team.ends) == pytest.approx((610 / 3600, 3610 / 3600), abs=1e-5)
    assert [away.for_s for away in team.away] == [300.0, 120.0]
    assert team.away[0].at == pytest.approx(1000 / 3600, abs=1e-5)
    assert team.sign_in_over_s == team.break_every_s == team.speed_spread == 0.0


def test_who_stays_to_the_end_has_no_hour_of_leaving() -> None:
    team = team_of(DAY, 5, Window(650.0, 900.0))
    assert team is not None
    assert (team.starts, team.ends, team.away) == (0.0, None, ())


@pytest.mark.parametrize("states", [(), ((0.0, S.OFFLINE, None),), ((9000.0, S.AVAILABLE, None),)])
def test_who_was_not_there_is_no_team(
    states: tuple[tuple[float, AgentState, int | None], ...],
) -> None:
    assert team_of(log_with(*states), 5, HOURS) is None


def test_nobody_waits_for_a_campaign_that_is_paused() -> None:
    paused = log_with((0.0, S.AVAILABLE, None), (1000.0, S.TALKING, OURS), stops=((900.0, 1100.0),))
    found = [(spell.doing, spell.begins, spell.ends) for spell in spells(paused, 5, HOURS)]
    assert found == [
        (Doing.IDLE, 0.0, 900.0),
        (Doing.AWAY, 900.0, 1000.0),
        (Doing.TALK, 1000.0, 7200.0),  # who talks goes on
    ]
    team = team_of(paused, 5, HOURS)
    assert team is not None
    assert team.away == (Away(0.25, 100.0),)


def test_wrap_ups_of_the_campaign_that_ended_by_themselves() -> None:
    found = wrap_ups(DAY)
    assert found == {5: [(801.0, 30.0)]}
    assert wrap_up_after(found[5], 800.5) == 30.0
    assert wrap_up_after(found[5], 700.0) is None
    cut = log_with((0.0, S.WRAP_UP, OURS), (5.0, S.OFFLINE, None))
    assert wrap_ups(cut) == {5: []}
