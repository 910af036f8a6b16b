"""Callbacks for people: asked for, listed, moved to another time or agent, released to anyone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ccdialer.core.task import OPEN_STATES, Step, TaskState
from ccdialer.errors import Refused
from ccdialer.storage.database import Database
from ccdialer.storage.insertion import TaskRow, insert_tasks
from ccdialer.storage.listing import numbers_of
from ccdialer.storage.reached import STICKY


@dataclass(frozen=True, slots=True)
class Pin:
    """Whom a callback is for: an agent, or a group, or (neither) anyone."""

    owner_id: int | None = None
    owner_group: str | None = None


@dataclass(frozen=True, slots=True)
class CallbackFilter:
    """Which open callbacks; None: any. `due_before` is epoch ms."""

    campaign_id: int | None = None
    owner_id: int | None = None
    owner_group: str | None = None
    due_before: int | None = None


Row = dict[str, Any]
OF_NUMBER = """
    SELECT task.id, state FROM task_number JOIN task ON task.id = task_id
    WHERE e164 = ? AND task_number.campaign_id = ?"""

AGAIN = """
    UPDATE task SET state = 'waiting', node = NULL, reason = '', held_by = '', asked_at = 0,
        attempts = 0, next_number = ?, due_at = ?, priority = ?, owner_id = ?, owner_group = ?,
        details = ?, step = NULL, step_due_at = NULL, changed_at = ?
    WHERE id = ?"""

# Who a callback is for stands beside when: both may be given, or one of them.
MOVE = """
    UPDATE task SET state = 'waiting', node = NULL, held_by = '', asked_at = 0, due_at = ?,
        owner_id = ?, owner_group = ?, step = ?, step_at = ?, step_due_at = ?, changed_at = ?
    WHERE id = ? AND state IN ('waiting', 'reserved')
    RETURNING id, campaign_id"""

JOURNAL = """
    INSERT INTO journal (at, kind, state, reason, agent_id, task_id, campaign_id, detail)
    VALUES (?, 'callback', ?, ?, ?, ?, ?, ?)"""

LIST = """
    SELECT task.id, task.campaign_id, campaign.name AS campaign, task.state, priority, due_at,
        attempts, owner_id, owner_group, login AS owner, step, step_due_at, leave_until, details
    FROM task JOIN campaign ON campaign.id = task.campaign_id
        LEFT JOIN agent ON agent.id = owner_id
    WHERE task.state IN ('waiting', 'reserved', 'active') AND campaign.settings LIKE ?"""


def add_callback(
    database: Database, campaign_id: int, row: TaskRow, now: int, reason: str = ""
) -> int:
    """Ask for a callback; the task's id. A client whose task of this campaign is settled gets the
    same task anew, and is called at this number first; raises Refused if it is open. Instants in
    epoch ms."""
    ((e164, _), *_) = row.numbers
    with database.transaction():
        known = database.row(OF_NUMBER, (e164, campaign_id))
        if known is None:
            insert_tasks(database, campaign_id, [row], now)
            known = database.row(OF_NUMBER, (e164, campaign_id))
            assert known is not None
        elif TaskState(known[1]) in OPEN_STATES:
            raise Refused(
                f"task {known[0]} of this campaign has {e164} already and is {known[1]};"
                f" move it: ccdialer callback move {known[0]}"
            )
        else:
            when = (e164, row.due_at, row.priority)
            pin = (row.owner_id, row.owner_group)
            database.run(AGAIN, (*when, *pin, row.details, now, known[0]))
        asked = (now, "asked", reason, row.owner_id, known[0], campaign_id, "{}")
        database.run(JOURNAL, asked)
    return int(known[0])


def list_callbacks(
    database: Database, wanted: CallbackFilter, task_ids: Sequence[int] | None = None
) -> list[Row]:
    """Open callbacks, the longest due first, each with its `numbers`; of `task_ids` only, if they
    are given."""
    sql, params = LIST, [STICKY]
    if task_ids is not None:
        sql, params = f"{sql} AND task.id {{in_ids}}", [*params, database.keys(task_ids)]
    for condition, value in _conditions(wanted):
        if value is not None:
            sql, params = f"{sql} AND {condition}", [*params, value]
    found = database.rows(f"{sql} ORDER BY due_at, task.id", params)
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in found]
    numbers = numbers_of(database, [row["id"] for row in rows])
    return [row | {"numbers": numbers.get(row["id"], [])} for row in rows]


COLUMNS = (
    *("id", "campaign_id", "campaign", "state", "priority", "due_at", "attempts"),
    *("owner_id", "owner_group", "owner", "step", "step_due_at", "leave_until", "details"),
)


def _conditions(wanted: CallbackFilter) -> tuple[tuple[str, Any], ...]:
    return (
        ("task.campaign_id = ?", wanted.campaign_id),
        ("owner_id = ?", wanted.owner_id),
        ("owner_group = ?", wanted.owner_group),
        ("due_at < ?", wanted.due_before),
    )


def move_callbacks(
    database: Database, rows: Iterable[Row], due_at: int | None, pin: Pin | None, now: int
) -> list[int]:
    """Give listed callbacks another time, or another owner, or both; the ids of those that were
    not in a call. A new owner's wait begins now, if the callback is late already."""
    told = "released" if pin == Pin() else "moved"
    done = []
    with database.transaction():
        for row in rows:
            due = row["due_at"] if due_at is None else due_at
            to = Pin(row["owner_id"], row["owner_group"]) if pin is None else pin
            step = (None, None, None) if pin is None else (_first(to), max(due, now), due)
            moved = database.row(MOVE, (due, to.owner_id, to.owner_group, *step, now, row["id"]))
            if moved is not None:
                detail = json.dumps({"was_due_at": row["due_at"], "due_at": due})
                database.run(JOURNAL, (now, told, _was(row), to.owner_id, *moved, detail))
                done.append(int(row["id"]))
    return done


def _first(pin: Pin) -> Step:
    if pin.owner_id is not None:
        return Step.OWNER
    return Step.GROUP if pin.owner_group is not None else Step.ANYONE


def _was(row: Row) -> str:
    of = row["owner"] or (f"group {row['owner_group']}" if row["owner_group"] else "anyone")
    return f"was for {of}"
