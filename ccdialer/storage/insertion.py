"""Puts new tasks into a campaign, many at a time, and finds the ones it has already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import peewee

from ccdialer.storage.campaigns import reopen
from ccdialer.storage.database import POSTGRESQL, Database, driver_errors
from ccdialer.storage.holds import withdraw
from ccdialer.storage.new_ids import new_ids
from ccdialer.storage.refusals import holds_of

TASK_COLUMNS = (
    "id, campaign_id, state, priority, due_at, attempts, external_id, details, reason,"
    " created_at, changed_at, owner_id, owner_group, zone"
)
NUMBER_COLUMNS = "task_id, position, campaign_id, e164, original, bad"

INSERT_TASK = f"""
    INSERT INTO task ({TASK_COLUMNS})
    VALUES (?, ?, 'waiting', ?, ?, 0, ?, ?, '', ?, ?, ?, ?, ?)"""
INSERT_NUMBER = f"INSERT INTO task_number ({NUMBER_COLUMNS}) VALUES (?, ?, ?, ?, ?, 0)"

COPY_TASK = f"COPY task ({TASK_COLUMNS}) FROM STDIN"
COPY_NUMBER = f"COPY task_number ({NUMBER_COLUMNS}) FROM STDIN"

KNOWN_NUMBERS = "SELECT e164, task_id FROM task_number WHERE e164 {in_ids} AND campaign_id = ?"
KNOWN_EXTERNAL = "SELECT external_id, id FROM task WHERE external_id {in_ids} AND campaign_id = ?"

LISTED = """
    SELECT DISTINCT task_id FROM task_number JOIN do_not_call ON do_not_call.e164 = task_number.e164
    WHERE task_id {in_ids}"""


class TaskRow(NamedTuple):
    """A task to be made."""

    numbers: Sequence[tuple[str, str]]  # E.164 and its original spelling, in order of preference
    due_at: int  # epoch ms
    priority: int = 5  # 0..9, 9 first
    external_id: str | None = None
    details: str = "{}"  # JSON object
    owner_id: int | None = None  # the agent whom a callback is pinned to
    owner_group: str | None = None  # or the group
    zone: str = ""  # IANA name; empty: not known


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that was not inserted: the campaign has this number, or this external id, already."""

    what: str  # "number" or "external id"
    value: str
    task_id: int | None  # who has it; None: an earlier row of the same call


def insert_tasks(
    database: Database, campaign_id: int, rows: Sequence[TaskRow], now: int
) -> list[Duplicate | None]:
    """Insert the rows in one transaction; for each None, or what it is a duplicate of.

    Giving the same rows again inserts nothing. Give 5,000 to 10,000 rows at a time: a live
    daemon waits for each transaction. `now` is epoch ms.
    """
    with database.transaction():
        if not _repeats_within(rows) and _insert_all(database, campaign_id, rows, now):
            if rows:
                reopen(database, campaign_id, now)
            return [None] * len(rows)
        verdicts = _verdicts(database, campaign_id, rows)
        new = [_each_once(r) for r, verdict in zip(rows, verdicts, strict=True) if verdict is None]
        if not _insert_all(database, campaign_id, new, now):
            # PostgreSQL: another import put one of them in since we looked; it is seen now.
            return insert_tasks(database, campaign_id, rows, now)
        if new:
            reopen(database, campaign_id, now)
    return verdicts


def _repeats_within(rows: Sequence[TaskRow]) -> bool:
    numbers = [e164 for row in rows for e164, _ in row.numbers]
    external = [row.external_id for row in rows if row.external_id is not None]
    return len(set(numbers)) < len(numbers) or len(set(external)) < len(external)


def _each_once(row: TaskRow) -> TaskRow:
    first: dict[str, str] = {}
    for e164, original in row.numbers:
        first.setdefault(e164, original)
    return row._replace(numbers=list(first.items()))


def _insert_all(database: Database, campaign_id: int, rows: Sequence[TaskRow], now: int) -> bool:
    """Insert everything, trusting the unique indexes to object: a fresh list needs no look-up."""
    if not rows:
        return True
    first_ids = new_ids(database, "task", len(rows))
    tasks = [
        (
            *(task_id, campaign_id, row.priority, row.due_at, row.external_id, row.details),
            *(now, now, row.owner_id, row.owner_group, row.zone),
        )
        for task_id, row in zip(first_ids, rows, strict=True)
    ]
    numbers = [
        (task_id, position, campaign_id, e164, original)
        for task_id, row in zip(first_ids, rows, strict=True)
        for position, (e164, original) in enumerate(row.numbers)
    ]
    try:
        with database.savepoint():
            (_copy if database.dialect == POSTGRESQL else _insert)(database, tasks, numbers)
    except peewee.IntegrityError:
        return False
    _end_listed(database, first_ids, now)
    return True


def _end_listed(database: Database, task_ids: Sequence[int], now: int) -> None:
    """Of new tasks, those that nobody may call: they are kept, and say why."""
    listed = [i for (i,) in database.rows(LISTED, (database.keys(task_ids),))]
    withdraw(database, holds_of(database, listed, now), now)


def _insert(
    database: Database, tasks: Sequence[tuple[Any, ...]], numbers: Sequence[tuple[Any, ...]]
) -> None:
    database.run_many(INSERT_TASK, tasks)
    database.run_many(INSERT_NUMBER, numbers)


def _copy(
    database: Database, tasks: Sequence[tuple[Any, ...]], numbers: Sequence[tuple[Any, ...]]
) -> None:
    cursor = database.engine.cursor()
    with driver_errors:
        with cursor.copy(COPY_TASK) as copy:
            for task_id, campaign_id, priority, due_at, external_id, details, *at in tasks:
                claim = (campaign_id, "waiting", priority, due_at)
                copy.write_row((task_id, *claim, 0, external_id, details, "", *at))
        with cursor.copy(COPY_NUMBER) as copy:
            for number in numbers:
                copy.write_row((*number, False))


def _verdicts(
    database: Database, campaign_id: int, rows: Sequence[TaskRow]
) -> list[Duplicate | None]:
    e164s = database.keys(e164 for row in rows for e164, _ in row.numbers)
    external = database.keys(row.external_id for row in rows if row.external_id is not None)
    numbers: dict[str, int | None] = dict(database.rows(KNOWN_NUMBERS, (e164s, campaign_id)))
    ids: dict[str, int | None] = dict(database.rows(KNOWN_EXTERNAL, (external, campaign_id)))
    verdicts = []
    for row in rows:
        verdict = _duplicate(row, numbers, ids)
        verdicts.append(verdict)
        if verdict is None:
            numbers.update((e164, None) for e164, _ in row.numbers)
            if row.external_id is not None:
                ids[row.external_id] = None
    return verdicts


def _duplicate(
    row: TaskRow, numbers: dict[str, int | None], ids: dict[str, int | None]
) -> Duplicate | None:
    if row.external_id is not None and row.external_id in ids:
        return Duplicate("external id", row.external_id, ids[row.external_id])
    for e164, _ in row.numbers:
        if e164 in numbers:
            return Duplicate("number", e164, numbers[e164])
    return None
