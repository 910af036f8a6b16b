"""Reads tasks as the core takes them: their numbers worth dialing, and their attempts so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ccdialer.core.disposition import Disposition
from ccdialer.core.task import Task, Try
from ccdialer.storage.database import Database

FIELDS = "task.id, task.campaign_id, task.attempts, task.created_at, task.next_number, task.zone"
"""What `tasks_of` wants of a row of `task`."""
WIDTH = FIELDS.count(",") + 1

NUMBERS = """
    SELECT task_id, e164 FROM task_number
    WHERE task_id {in_ids} AND NOT bad ORDER BY task_id, position"""

# What was never dialed says nothing of the client, nor of the route to him.
PAST = """
    SELECT task_id, disposition, counts FROM attempt
    WHERE task_id {in_ids} AND ended_at IS NOT NULL AND (counts OR dialed_at IS NOT NULL)
    ORDER BY task_id, opened_at, id"""


def tasks_of(database: Database, rows: Sequence[Sequence[Any]]) -> list[Task]:
    """The tasks of rows that begin with FIELDS, in order. One that has no number left that is worth
    dialing has none here."""
    ids = [row[0] for row in rows]
    numbers, past = _numbers(database, ids), _past(database, ids)
    return [
        Task(
            *(task_id, campaign_id, numbers.get(task_id, ()), attempts, past.get(task_id, ())),
            created_at=created_at / 1000,
            zone=zone,
            prefers=prefers or "",
        )
        for task_id, campaign_id, attempts, created_at, prefers, zone, *_ in rows
    ]


def _numbers(database: Database, task_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    numbers: dict[int, tuple[str, ...]] = {}
    for task_id, e164 in database.rows(NUMBERS, (database.keys(task_ids),)) if task_ids else ():
        numbers[task_id] = (*numbers.get(task_id, ()), e164)
    return numbers


def _past(database: Database, task_ids: Sequence[int]) -> dict[int, tuple[Try, ...]]:
    past: dict[int, tuple[Try, ...]] = {}
    rows = database.rows(PAST, (database.keys(task_ids),)) if task_ids else ()
    for task_id, disposition, counts in rows:
        one = Try(Disposition(disposition), bool(counts))
        past[task_id] = (*past.get(task_id, ()), one)
    return past
