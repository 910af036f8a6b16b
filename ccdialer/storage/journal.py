"""The event journal: what happened, in order, only ever added to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ccdialer.storage.database import Database
from ccdialer.storage.models import Journal


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `at` in epoch ms."""

    at: int
    kind: str  # campaign, task, import
    state: str
    reason: str = ""
    campaign_id: int | None = None
    task_id: int | None = None
    node: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def note(database: Database, entry: Entry) -> None:
    """Add an entry: an import that ended, a daemon that started."""
    database.run(
        "INSERT INTO journal (at, kind, state, reason, campaign_id, task_id, node, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(entry.at, entry.kind, entry.state, entry.reason, entry.campaign_id),
            *(entry.task_id, entry.node, json.dumps(dict(entry.detail))),
        ),
    )


def read_journal(
    database: Database, kind: str | None = None, after: int = 0, limit: int = 1000
) -> list[dict[str, Any]]:
    """Entries by id after `after`; `detail` is a dict."""
    conditions = [Journal.id > after]
    if kind is not None:
        conditions.append(Journal.kind == kind)
    query = Journal.select().where(*conditions).order_by(Journal.id).limit(limit)
    return [row | {"detail": json.loads(row["detail"])} for row in database.select(query)]
