"""How evenly calls and talk were spread over the agents of each project (SPEC A3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.metrics import WorkTime, spread, utilisation
from ccdialer.core.project import Project
from ccdialer.reports.span import Span
from ccdialer.reports.table import Table, columns
from ccdialer.storage import AgentTotals, Database, agent_totals, list_agents
from ccdialer.storage.projects import all_projects

COLUMNS = columns(
    *("project", "distribution", "agents||count", "calls||count"),
    *("least|least calls per hour|decimal", "most|most calls per hour|decimal"),
    *("calls_spread|spread of calls|rate", "talk_spread|spread of talk|rate"),
)
HOUR_S = 3600.0
Totals = dict[int, AgentTotals]


@dataclass(frozen=True, slots=True)
class Pace:
    """What an agent had, by the time in which he could have been given calls."""

    calls: int
    calls_per_hour: float
    talk_rate: float  # share of that time


def spreads(database: Database, span: Span) -> Table:
    """A row for every project: how far its agents' calls, and their talk, are from each other, as
    standard deviation over mean, both by the hour in which they could be given calls. All of an
    agent's calls count, whichever project they were of: it is his day that is to be even."""
    paces = paces_of(agent_totals(database, span.since, span.until))
    found = list_agents(database)
    rows = [_row(project, of_project(project, found, paces)) for project in all_projects(database)]
    return Table("spread", COLUMNS, rows)


def of_project(project: Project, found: Iterable[Agent], paces: dict[int, Pace]) -> list[Pace]:
    """Of the project's agents, those who were there to take calls."""
    return [paces[a.id] for a in found if project.id in a.projects and a.id in paces]


def _row(project: Project, paces: Sequence[Pace]) -> tuple[Any, ...]:
    hourly = [pace.calls_per_hour for pace in paces]
    return (
        *(project.name, str(project.settings.distribution), len(paces)),
        sum(pace.calls for pace in paces),
        *((min(hourly), max(hourly)) if hourly else (None, None)),
        *(spread(hourly) if hourly else None, talk_spread(paces) if paces else None),
    )


def talk_spread(paces: Iterable[Pace]) -> float:
    return spread([pace.talk_rate for pace in paces])


def paces_of(totals: Totals) -> dict[int, Pace]:
    """By agent id; who was not there to take calls has no pace."""
    times = {agent_id: work_time(total) for agent_id, total in totals.items()}
    return {
        agent_id: Pace(
            totals[agent_id].calls,
            totals[agent_id].calls * HOUR_S / time.staffed_s,
            utilisation(time),
        )
        for agent_id, time in times.items()
        if time.staffed_s > 0
    }


def work_time(totals: AgentTotals) -> WorkTime:
    """The agent's time as the formulas take it."""
    spent = totals.state_s
    return WorkTime(
        signed_in_s=totals.signed_in_s,
        paused_s=spent.get(AgentState.PAUSED, 0.0),
        talk_s=spent.get(AgentState.TALKING, 0.0),
        wrap_up_s=spent.get(AgentState.WRAP_UP, 0.0),
    )
