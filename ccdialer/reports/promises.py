"""How callbacks were kept: by owner, in time or late, missed, and what is overdue (SPEC E6)."""

from __future__ import annotations

from typing import Any

from ccdialer.core.campaign import Campaign
from ccdialer.core.metrics import share
from ccdialer.reports.span import Span
from ccdialer.reports.table import Table, columns
from ccdialer.storage import Database, list_agents
from ccdialer.storage.promises import PromiseFilter, Promises, promises

GRACE_S = 60.0
"""A callback that is dialed within a minute of its time is in time to whoever waits for it."""

COLUMNS = columns(
    "owner",
    "group",
    "dialed||count",
    "in_time|in time|count",
    "late||count",
    "in_time_rate|in time|rate",
    "by_owner|by its owner|count",
    "reached||count",
    "mean_late_s|mean delay|seconds",
    "most_late_s|longest delay|seconds",
    "missed|owner misses|count",
    "overdue||count",
)
NOTE = "in time: dialed within a minute of the promised time"


def promises_table(database: Database, span: Span, only: Campaign | None = None) -> Table:
    """A row for each agent, each group, and callbacks for anyone; delays are from the promised
    time to the dial."""
    wanted = PromiseFilter(span.since, span.until, GRACE_S, only.id if only else None)
    logins = {agent.id: agent.login for agent in list_agents(database)}
    rows = [_row(one, logins) for one in promises(database, wanted)]
    return Table("callbacks", COLUMNS, rows, NOTE if rows else "")


def _row(one: Promises, logins: dict[int, str]) -> tuple[Any, ...]:
    is_anyones = one.owner_id is None and one.owner_group is None
    owner = "anyone" if is_anyones else logins.get(one.owner_id or 0, "")
    return (
        *(owner, one.owner_group or "", one.dialed, one.in_time, one.dialed - one.in_time),
        *(share(one.in_time, one.dialed) if one.dialed else None, one.by_owner, one.reached),
        *(one.late_s / one.dialed if one.dialed else None, one.most_late_s or None),
        *(one.missed, one.overdue),
    )
