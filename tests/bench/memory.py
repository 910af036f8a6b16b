"""Whether the core's memory stays what it is: one dialer through a month of shortened days."""

from __future__ import annotations

import gc
import tracemalloc

from ccdialer.core.campaign import Mode
from ccdialer.sim.scenario import CampaignPlan, Scenario, Team, dialing_settings
from ccdialer.sim.world import World
from tests.bench.rows import Goal, Row

DAYS, EARLY = 30, 2
DAY_H, WORK_H = 0.4, 0.15  # of a shortened day, and agents' hours in it
AGENTS = 6
CORE = tracemalloc.Filter(True, "*/ccdialer/core/*")
MOST_GROWTH = 1.1


def memory() -> list[Row]:
    """What code of the core has allocated and not given back, at night: nobody is signed in."""
    held = _held()
    goal = Goal(
        "memory",
        f"held by the core after {DAYS} days of one dialer against {EARLY}",
        "KiB",
        at_most=MOST_GROWTH,
    )
    return [goal.row(held[DAYS], held[EARLY])]


def _held() -> dict[int, float]:
    """KiB by the number of days lived. Every day other agents come: none may be remembered."""
    world = World(_month(), seed=1)
    found = {}
    tracemalloc.start()
    try:
        world._prepare()
        for day in range(1, DAYS + 1):
            world._until(day * DAY_H * 3600.0)
            while world.dialer.board.calls:  # a long talk into the night
                world._until(world.agenda.now + 60.0)
            if day in (EARLY, DAYS):
                found[day] = _core_kib()
    finally:
        tracemalloc.stop()
    return found


def _month() -> Scenario:
    plan = CampaignPlan(settings=dialing_settings(mode=Mode.PREDICTIVE))
    teams = tuple(
        Team(AGENTS, f"day{day}", starts=day * DAY_H, ends=day * DAY_H + WORK_H)
        for day in range(DAYS)
    )
    return Scenario(hours=DAYS * DAY_H, campaigns=(plan,), teams=teams)


def _core_kib() -> float:
    gc.collect()
    snapshot = tracemalloc.take_snapshot().filter_traces([CORE])
    return sum(trace.size for trace in snapshot.statistics("filename")) / 1024.0
