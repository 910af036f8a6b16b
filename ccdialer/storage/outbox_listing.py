"""What a person sees of the outbox, and what he decides about what is parked in it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from ccdialer.core.notice import ParcelState
from ccdialer.errors import NotFound
from ccdialer.storage.database import Database

COLUMNS = (
    *("id", "connector", "kind", "subject", "state", "tries", "faults", "made_at", "due_at"),
    *("settled_at", "last_error", "reference", "key", "payload"),
)

LIST = f"SELECT {', '.join(COLUMNS)} FROM outbox"

FIGURES = """
    SELECT connector, COALESCE(SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN state = 'sending' THEN 1 ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN state = 'parked' THEN 1 ELSE 0 END), 0),
        MIN(CASE WHEN state <> 'parked' THEN made_at END)
    FROM outbox WHERE state IN ('waiting', 'sending', 'parked')
    GROUP BY connector ORDER BY connector"""

# Behind what was promised later of the same client: what it tells is older, and its own time.
RETRY = """
    UPDATE outbox SET state = 'waiting', due_at = ?, made_at = ?, faults = 0, settled_at = NULL
    WHERE id {in_ids} AND state IN ('parked', 'dropped') RETURNING id"""
HASTEN = "UPDATE outbox SET due_at = ? WHERE id {in_ids} AND state = 'waiting' RETURNING id"
DROP = """
    UPDATE outbox SET state = 'dropped', settled_at = ?
    WHERE id {in_ids} AND state IN ('parked', 'waiting') RETURNING id"""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OutboxFilter:
    """Which rows; None: any. `after` is the id of the last row of the page before."""

    states: Collection[ParcelState] | None = None
    connector: str | None = None
    number: str | None = None  # E.164
    after: int = 0


@dataclass(frozen=True, slots=True)
class Backlog:
    """What of a connector is still to be delivered; `oldest_at` in epoch ms."""

    connector: str
    waiting: int
    sending: int
    parked: int
    oldest_at: int | None


def list_outbox(database: Database, wanted: OutboxFilter, limit: int) -> list[Row]:
    """Rows in the order in which they were promised."""
    sql, params = f"{LIST} WHERE id > ?", [wanted.after]
    conditions: Sequence[tuple[str, Any]] = (
        ("state {in_ids}", wanted.states and database.keys(wanted.states)),
        ("connector = ?", wanted.connector),
        ("subject = ?", wanted.number),
    )
    for condition, value in conditions:
        if value is not None:
            sql, params = f"{sql} AND {condition}", [*params, value]
    return [_row(row) for row in database.rows(f"{sql} ORDER BY id LIMIT ?", [*params, limit])]


def show_parcel(database: Database, parcel_id: int) -> Row:
    """One row. Raises NotFound."""
    row = database.row(f"{LIST} WHERE id = ?", (parcel_id,))
    if row is None:
        raise NotFound(f"there is no notice {parcel_id} in the outbox; ccdialer outbox list")
    return _row(row)


def _row(row: Sequence[Any]) -> Row:
    found = dict(zip(COLUMNS, row, strict=True))
    return found | {"payload": json.loads(found["payload"])}


def backlogs(database: Database) -> list[Backlog]:
    """Of each connector that has one, by name."""
    return [Backlog(*row) for row in database.rows(FIGURES)]


def retry_parcels(database: Database, ids: Collection[int], now: int) -> list[int]:
    """What is parked, dropped or waits for its time goes out again at once; the ids of those."""
    keys = database.keys(ids)
    with database.transaction():
        again = database.rows(RETRY, (now, now, keys))
        again += database.rows(HASTEN, (now, keys))
    return sorted({parcel_id for (parcel_id,) in again})


def drop_parcels(database: Database, ids: Collection[int], now: int) -> list[int]:
    """What is parked or waits is not delivered any more; the ids of those."""
    return sorted(parcel_id for (parcel_id,) in database.rows(DROP, (now, database.keys(ids))))
