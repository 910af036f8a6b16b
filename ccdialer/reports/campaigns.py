"""How campaigns do: tasks by state, attempts by result, abandonment, waits, handling times."""

from __future__ import annotations

from typing import Any

from ccdialer.core.campaign import Campaign
from ccdialer.core.disposition import Disposition
from ccdialer.core.metrics import abandonment_rate, average_handling_s, contact_rate
from ccdialer.core.task import OPEN_STATES, TaskState
from ccdialer.reports.span import Span
from ccdialer.reports.table import Table, columns
from ccdialer.storage import (
    CampaignTotals,
    Database,
    campaign_totals,
    count_tasks,
    list_campaigns,
    list_projects,
)
from ccdialer.storage.wrap_up import wrap_up_s

COLUMNS = columns(
    *("project", "campaign", "state"),
    *(f"-tasks_{state}||count" for state in TaskState),
    "-tasks||count",
    "tasks_left|tasks left|count",
    "attempts||count",
    "live_answers|live|count",
    "*results",
    *(f"-{disposition}||count" for disposition in Disposition),
    "abandonment_rate|abandonment|rate",
    "contact_rate|contact rate|rate",
    "mean_wait_s|mean wait s|decimal",
    "talk_s|talk|seconds",
    "-wrap_up_s||seconds",
    "aht_s|AHT|seconds",
    "attempts_per_contact|attempts per contact|decimal",
)


def campaigns(database: Database, span: Span, only: Campaign | None = None) -> Table:
    """A row for every campaign, or for one. Tasks are as they are now; all else is of the closed
    attempts that were opened in the span."""
    found = [only] if only else list_campaigns(database)
    projects, tasks = list_projects(database), count_tasks(database)
    totals = campaign_totals(database, span.since, span.until)
    wrap_up = wrap_up_s(database, span.since, span.until)
    rows = [
        (
            *(projects[c.project_id], c.name, str(c.state)),
            *_tasks(tasks.get(c.id, {})),
            *_calls(totals.get(c.id, CampaignTotals(c.id)), wrap_up.get(c.id, 0.0)),
        )
        for c in found
    ]
    return Table("campaigns", COLUMNS, rows)


def _tasks(by_state: dict[TaskState, int]) -> tuple[int, ...]:
    counts = [by_state.get(state, 0) for state in TaskState]
    left = sum(by_state.get(state, 0) for state in OPEN_STATES)
    return (*counts, sum(counts), left)


def _calls(totals: CampaignTotals, wrap_up: float) -> tuple[Any, ...]:
    by = {disposition: totals.by_disposition.get(disposition, 0) for disposition in Disposition}
    talked, abandoned = by[Disposition.TALKED], by[Disposition.ABANDONED]
    return (
        *(totals.attempts, talked + abandoned, results(by), *by.values()),
        abandonment_rate(talked, abandoned),
        contact_rate(talked + abandoned, totals.attempts),
        totals.wait_s / totals.joined if totals.joined else None,
        *(totals.talk_s, wrap_up, average_handling_s(totals.talk_s, wrap_up, totals.joined)),
        totals.attempts / talked if talked else None,
    )


def results(by_disposition: dict[Disposition, int]) -> str:
    """The results there were, most frequent first: `talked 120, busy 31`."""
    found = sorted(by_disposition.items(), key=lambda item: -item[1])
    return ", ".join(f"{disposition} {count}" for disposition, count in found if count)
