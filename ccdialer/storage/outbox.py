"""The outbox: what outside systems are to be told, promised with the fact and delivered later."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from ccdialer.core.notice import Direction, Notice, NoticeKind, Parcel, ParcelState
from ccdialer.storage.database import Database

# A replay finds what it would promise.
PROMISE = """
    INSERT INTO outbox (key, kind, connector, subject, payload, state, made_at, due_at, tries,
        faults, reference, last_error)
    VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?, 0, 0, '', '') ON CONFLICT DO NOTHING"""

# Looked for without a lock: most looks find nothing, and the writing thread is not to wait.
IS_DUE = "SELECT 1 FROM outbox WHERE connector = ? AND state = 'waiting' AND due_at <= ? LIMIT 1"

# PostgreSQL could run a subquery with a limit more than once; a materialized one it cannot.
CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT id FROM outbox AS first
        WHERE connector = ? AND state = 'waiting' AND due_at <= ? AND NOT EXISTS (
            SELECT 1 FROM outbox AS earlier
            WHERE earlier.connector = first.connector AND earlier.subject = first.subject
                AND earlier.id < first.id AND earlier.state IN ('waiting', 'sending'))
        ORDER BY due_at, id LIMIT ? {skip_locked})
    UPDATE outbox SET state = 'sending', tries = tries + 1, node = ?, leased_until = ?
    WHERE id IN (SELECT id FROM due)
    RETURNING id, key, connector, payload, tries, faults, reference, made_at"""

# Only by who has it still: his lease may be over, and another one at work.
MOVE = """
    UPDATE outbox SET state = ?, due_at = COALESCE(?, due_at), last_error = ?, settled_at = ?,
        faults = faults + ?, reference = CASE ? WHEN '' THEN reference ELSE ? END,
        node = NULL, leased_until = NULL
    WHERE id = ? AND state = 'sending' AND tries = ?"""

UNREAD = """
    UPDATE outbox SET state = 'parked', settled_at = ?, node = NULL, leased_until = NULL,
        last_error = 'what is to be told cannot be read'
    WHERE id = ? AND state = 'sending' AND tries = ?"""

KEEP = "UPDATE outbox SET reference = ? WHERE id = ? AND state = 'sending' AND tries = ?"

UNTRIED = """
    UPDATE outbox SET state = 'waiting', tries = tries - 1, node = NULL, leased_until = NULL
    WHERE id = ? AND state = 'sending' AND tries = ?"""

FORSAKEN = """
    UPDATE outbox SET state = 'waiting', faults = faults + 1, node = NULL, leased_until = NULL
    WHERE state = 'sending' AND (node = ? OR leased_until < ?)"""
EXPIRED = """
    UPDATE outbox SET state = 'parked', settled_at = ?,
        last_error = CASE last_error WHEN '' THEN ? ELSE ? || ': ' || last_error END
    WHERE state = 'waiting' AND made_at < ?"""
PRUNE = "DELETE FROM outbox WHERE settled_at < ? AND state IN ('done', 'dropped')"
PRUNE_PARKED = "DELETE FROM outbox WHERE settled_at < ? AND state = 'parked'"

FIELDS = tuple(field.name for field in fields(Notice))

REFERENCE = "SELECT reference FROM outbox WHERE key = ?"


class Promise(NamedTuple):
    """One notice for one connector, as it is written down. `at` in epoch ms."""

    connector: str
    key: str
    subject: str
    notice: Notice
    at: int


def promise(database: Database, promises: Sequence[Promise]) -> None:
    """Write them down, in the transaction of the fact they tell; what was promised stays so."""
    rows = [
        (p.key, p.notice.kind, p.connector, p.subject, to_payload(p.notice), p.at, p.at)
        for p in promises
    ]
    database.run_many(PROMISE, rows)


def to_payload(notice: Notice) -> str:
    """A notice as JSON; what has its default is left out."""
    told = {key: getattr(notice, key) for key in FIELDS}
    kept = {key: value for key, value in told.items() if value != "" and value is not None}
    return json.dumps(kept, ensure_ascii=False)


def notice_of(payload: str) -> Notice:
    """The notice of such a JSON, with the fields that are known here. Raises ValueError or
    KeyError."""
    told = {k: v for k, v in json.loads(payload).items() if k in FIELDS}
    kind, direction = NoticeKind(told.pop("kind")), Direction(told.pop("direction"))
    return Notice(kind, told.pop("call_id", ""), direction, told.pop("number", ""), **told)


# --- on its way ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Worker:
    """Who takes notices, and for how long he may have them, milliseconds."""

    node: str
    connector: str
    lease_ms: int = 120_000


def claim_parcels(database: Database, worker: Worker, count: int, now: int) -> list[Parcel]:
    """Take up to so many that are due, the first of each subject only, for this worker alone. What
    cannot be read, of another version's perhaps, is parked."""
    if database.row(IS_DUE, (worker.connector, now)) is None:
        return []
    mine = (worker.connector, now, count, worker.node, now + worker.lease_ms)
    with database.transaction():
        rows = sorted(database.rows(CLAIM, mine))
        parcels = [_parcel(*row) for row in rows]
        unread = [(row[0], row[4]) for row, parcel in zip(rows, parcels, strict=True) if not parcel]
        database.run_many(UNREAD, [(now, *each) for each in unread])
    return [parcel for parcel in parcels if parcel is not None]


def _parcel(*row: Any) -> Parcel | None:
    parcel_id, key, connector, payload, *rest = row
    try:
        notice = notice_of(payload)
    except (ValueError, KeyError, TypeError):
        return None
    return Parcel(parcel_id, key, connector, notice, *rest)


def keep_reference(database: Database, parcel: Parcel, reference: str) -> None:
    """What the other side calls it, before the rest is delivered."""
    database.run(KEEP, (reference, parcel.id, parcel.tries))


def reference_of(database: Database, key: str) -> str:
    """What the other side calls what was promised under that key; empty: nobody knows."""
    row = database.row(REFERENCE, (key,))
    return "" if row is None else str(row[0])


def settle_parcel(database: Database, parcel: Parcel, reference: str, note: str, now: int) -> bool:
    """It is delivered; False if it was somebody else's by then."""
    return _move(database, parcel, (ParcelState.DONE, None, note, now, 0), reference)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a try was in vain, and whether the notice itself is to blame."""

    error: str
    counts: bool


def put_off(database: Database, parcel: Parcel, due_at: int, why: Failure) -> bool:
    """It is to be tried again then."""
    return _move(database, parcel, (ParcelState.WAITING, due_at, why.error, None, int(why.counts)))


def park(database: Database, parcel: Parcel, error: str, now: int) -> bool:
    """It cannot be delivered; what comes after it goes on."""
    return _move(database, parcel, (ParcelState.PARKED, None, error, now, 0))


def _move(database: Database, parcel: Parcel, to: tuple[object, ...], reference: str = "") -> bool:
    return database.run(MOVE, (*to, reference, reference, parcel.id, parcel.tries)) > 0


def put_back(database: Database, parcels: Collection[Parcel]) -> None:
    """They were taken, and not tried."""
    database.run_many(UNTRIED, [(parcel.id, parcel.tries) for parcel in parcels])


# --- housekeeping -------------------------------------------------------------------------------


def take_back(database: Database, node: str, now: int) -> int:
    """What an earlier life of this node had taken, or another whose lease is over, waits again;
    whether it was delivered nobody knows, so it goes out again under its key. To be called at the
    node's start with its name, later without."""
    return database.run(FORSAKEN, (node, now))


def expire(database: Database, before: int, now: int) -> int:
    """Park what was promised before that instant and is not delivered."""
    told = "too old"
    return database.run(EXPIRED, (now, told, told, before))


def prune(database: Database, before: int, parked_before: int) -> int:
    """Forget what was delivered or dropped, or parked, before these instants."""
    return database.run(PRUNE, (before,)) + database.run(PRUNE_PARKED, (parked_before,))
