"""Which clients are to be called: a row for every task."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from ccdialer.reports.table import Table, columns, listed
from ccdialer.storage import Database, TaskFilter, list_campaigns, list_tasks

COLUMNS = columns(
    "id|task|count",
    "campaign",
    "state",
    "priority||count",
    "due_at|due|instant",
    "attempts||count",
    "owner",
    "numbers",
    "external_id",
    "details",
    "reason",
)


def tasks(database: Database, wanted: TaskFilter) -> Table:
    """At most `wanted.limit` tasks by id (0: all), read page by page as the rows are taken."""
    names = {campaign.id: campaign.name for campaign in list_campaigns(database)}
    return Table("tasks", COLUMNS, (row(task, names) for task in pages(database, wanted)))


def pages(database: Database, wanted: TaskFilter) -> Iterator[dict[str, Any]]:
    """The same tasks as storage tells them."""
    return listed(partial(list_tasks, database), wanted, lambda found: found["id"])


def row(task: dict[str, Any], names: dict[int, str]) -> tuple[Any, ...]:
    """A stored task as the columns have it; `names` of the campaigns by id."""
    return (
        *(
            task["id"],
            names[task["campaign_id"]],
            str(task["state"]),
            task["priority"],
            task["due_at"],
        ),
        *(task["attempts"], owner(task), numbers(task)),
        *(task["external_id"], details(task), task["reason"]),
    )


def owner(task: dict[str, Any]) -> str:
    """The agent whom it is pinned to, or the group."""
    group = task["owner_group"]
    return str(task["owner"] or (f"group {group}" if group else ""))


def numbers(task: dict[str, Any]) -> str:
    """Its numbers in order; what does not exist is marked."""
    return ", ".join(n["e164"] + (" (bad)" if n["bad"] else "") for n in task["numbers"])


def details(task: dict[str, Any]) -> str:
    """`name=Anna, city=Omsk`."""
    return ", ".join(f"{key}={value}" for key, value in json.loads(task["details"]).items())
