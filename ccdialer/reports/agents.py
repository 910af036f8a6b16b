"""What agents did with their time, and how evenly calls were spread over them (SPEC A3)."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean
from typing import Any

from ccdialer.core.agent import Agent
from ccdialer.core.metrics import average_handling_s, occupancy, spread, utilisation
from ccdialer.core.project import Project
from ccdialer.reports.span import Span
from ccdialer.reports.spread import Pace, of_project, paces_of, talk_spread, work_time
from ccdialer.reports.table import Table, columns
from ccdialer.storage import AgentTotals, Database, agent_totals, list_agents
from ccdialer.storage.projects import all_projects

COLUMNS = columns(
    *("login|agent", "name", "calls||count", "talk_s|talk|seconds"),
    *("wrap_up_s|wrap-up|seconds", "paused_s|pause|seconds", "signed_in_s|signed in|seconds"),
    *("utilisation||rate", "occupancy||rate", "aht_s|AHT|seconds"),
    "calls_per_hour|calls per hour|decimal",
    "deviation||rate",
    "missed|owner misses|count",
)


def agents(database: Database, span: Span, only: frozenset[int] | None = None) -> Table:
    """A row for every agent, or for those whose ids are in `only`.

    `deviation` is how far his calls per staffed hour are from the mean of all who worked; under
    the table stands the spread, over all of them and in each project of several: the standard
    deviation over the mean, of calls and of talk per staffed hour.
    """
    totals = agent_totals(database, span.since, span.until)
    found = [a for a in list_agents(database) if only is None or a.id in only]
    paces = {i: pace for i, pace in paces_of(totals).items() if i in {a.id for a in found}}
    mean = fmean(pace.calls_per_hour for pace in paces.values()) if paces else 0.0
    rows = [_row(a, totals.get(a.id, AgentTotals(a.id)), paces.get(a.id), mean) for a in found]
    note = "\n".join(_sentences(found, paces, all_projects(database)))
    return Table("agents", COLUMNS, rows, note)


def _sentences(
    found: list[Agent], paces: dict[int, Pace], projects: list[Project]
) -> Iterator[str]:
    if paces:
        yield _sentence("", list(paces.values()))
    there = [(project, of_project(project, found, paces)) for project in projects]
    if sum(1 for _, of_it in there if of_it) > 1:
        yield from (_sentence(f" in {project.name}", of_it) for project, of_it in there if of_it)


def _sentence(where: str, paces: list[Pace]) -> str:
    calls = spread([pace.calls_per_hour for pace in paces])
    told = f"spread of calls per hour{where} over {len(paces)} agents: {calls:.1%}"
    return f"{told}; of talk: {talk_spread(paces):.1%}"


def _row(agent: Agent, totals: AgentTotals, pace: Pace | None, mean: float) -> tuple[Any, ...]:
    time = work_time(totals)
    return (
        *(agent.login, agent.name, totals.calls, time.talk_s),
        *(time.wrap_up_s, time.paused_s, time.signed_in_s),
        *(utilisation(time), occupancy(time)),
        average_handling_s(time.talk_s, time.wrap_up_s, totals.calls),
        pace.calls_per_hour if pace else None,
        pace.calls_per_hour / mean - 1 if pace and mean else None,
        totals.missed,
    )
