"""What agents did with their time, and how evenly calls were spread over them (SPEC A3)."""

from __future__ import annotations

from statistics import fmean, pstdev
from typing import Any

from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.metrics import (
    WorkTime,
    average_handling_s,
    occupancy,
    utilisation,
)
from ccdialer.reports.span import Span
from ccdialer.reports.table import Table, columns
from ccdialer.storage import AgentTotals, Database, agent_totals, list_agents

COLUMNS = columns(
    *("login|agent", "name", "calls||count", "talk_s|talk|seconds"),
    *("wrap_up_s|wrap-up|seconds", "paused_s|pause|seconds", "signed_in_s|signed in|seconds"),
    *("utilisation||rate", "occupancy||rate", "aht_s|AHT|seconds"),
    "calls_per_hour|calls per hour|decimal",
    "deviation||rate",
    "missed|owner misses|count",
)
HOUR_S = 3600.0
Totals = dict[int, AgentTotals]


def agents(database: Database, span: Span, only: frozenset[int] | None = None) -> Table:
    """A row for every agent, or for those whose ids are in `only`.

    `deviation` is how far his calls per staffed hour are from the mean of all who worked; under
    the table stands the spread: the standard deviation of the same over its mean.
    """
    totals = agent_totals(database, span.since, span.until)
    found = [a for a in list_agents(database) if only is None or a.id in only]
    paces = _paces(found, totals)
    mean = fmean(paces.values()) if paces else 0.0
    rows = [_row(a, totals.get(a.id, AgentTotals(a.id)), paces.get(a.id), mean) for a in found]
    note = (
        f"spread of calls per hour over {len(paces)} agents: {spread(paces):.1%}" if paces else ""
    )
    return Table("agents", COLUMNS, rows, note)


def spread(paces: dict[int, float]) -> float:
    """Standard deviation over mean: 0 is perfectly even."""
    mean = fmean(paces.values())
    return pstdev(paces.values()) / mean if mean else 0.0


def work_time(totals: AgentTotals) -> WorkTime:
    """The agent's time as the formulas take it."""
    spent = totals.state_s
    return WorkTime(
        signed_in_s=totals.signed_in_s,
        paused_s=spent.get(AgentState.PAUSED, 0.0),
        talk_s=spent.get(AgentState.TALKING, 0.0),
        wrap_up_s=spent.get(AgentState.WRAP_UP, 0.0),
    )


def _paces(found: list[Agent], totals: Totals) -> dict[int, float]:
    """Calls per staffed hour of everybody who was there to take calls."""
    staffed = {a.id: work_time(totals[a.id]).staffed_s for a in found if a.id in totals}
    return {i: totals[i].calls * HOUR_S / seconds for i, seconds in staffed.items() if seconds > 0}


def _row(agent: Agent, totals: AgentTotals, pace: float | None, mean: float) -> tuple[Any, ...]:
    time = work_time(totals)
    return (
        *(agent.login, agent.name, totals.calls, time.talk_s),
        *(time.wrap_up_s, time.paused_s, time.signed_in_s),
        *(utilisation(time), occupancy(time)),
        average_handling_s(time.talk_s, time.wrap_up_s, totals.calls),
        pace,
        pace / mean - 1 if pace is not None and mean else None,
        totals.missed,
    )
