"""Callbacks for the daemon: claimed with their ladders, and each end of a wait is written once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ccdialer.core.commands import RecordMiss, ReserveTasks
from ccdialer.core.events import TasksReserved
from ccdialer.core.task import PRIORITIES, Step, Task
from ccdialer.storage.agents import groups_of
from ccdialer.storage.attempts import ToWall
from ccdialer.storage.database import Database
from ccdialer.storage.locks import alive
from ccdialer.storage.tasks import Claim, claimed_by

SIGNED_IN_ELSEWHERE = """
    SELECT agent_id, node FROM agent_session WHERE state <> 'offline' AND node <> ?"""

GIVE_AWAY = """
    UPDATE task SET state = 'waiting', node = NULL
    WHERE campaign_id = ? AND state = 'reserved' AND node = ? AND owner_id {in_ids}
    RETURNING id"""

NEXT_DUE = """
    SELECT due_at FROM task
    WHERE campaign_id = ? AND state = 'waiting' AND priority = ? AND due_at > ?
    ORDER BY due_at, id LIMIT 1"""

# A ladder belongs to its due time: a task that is due anew begins it anew, whoever moved it.
LADDERS = """
    SELECT task.id, priority, due_at, owner_id, owner_group, leave_until,
        CASE WHEN step_due_at = due_at THEN step END, step_at
    FROM task LEFT JOIN agent ON agent.id = owner_id WHERE task.id {in_ids}"""

STEP_DOWN = """
    UPDATE task SET step = ?, step_at = ?, step_due_at = due_at
    WHERE id = ? AND state = 'reserved' AND node = ?
        AND (step_due_at IS NULL OR step_due_at <> due_at OR step = ?)
    RETURNING due_at"""

JOURNAL = """
    INSERT INTO journal (at, kind, state, reason, agent_id, task_id, campaign_id, node, detail)
    VALUES (?, 'callback', ?, ?, ?, ?, ?, ?, ?)"""

MISSES = {Step.OWNER: "owner_missed", Step.GROUP: "group_missed"}
"""The journal's word for the end of each wait."""


def claim_callbacks(
    database: Database, command: ReserveTasks, now: int, node: str, to_wall: ToWall
) -> TasksReserved:
    """Reserve the callbacks due at `now` (epoch ms), none whose owner is signed in at another node;
    what an owner has taken along to another node is given away."""
    with database.transaction():
        away = _signed_in_elsewhere(database, node)
        gone = _give_away(database, command.campaign_id, node, away)
        claim = Claim(command.campaign_id, command.count, now, node, away)
        tasks = with_ladders(database, claimed_by(database, claim), to_wall)
        next_due = _next_due(database, command.campaign_id, now)
    return TasksReserved(
        command.campaign_id,
        tuple(tasks),
        command.count,
        None if next_due is None else to_core(next_due, to_wall),
        gone,
    )


def to_core(instant: int, to_wall: ToWall) -> float:
    """Epoch ms as an instant of core time."""
    return (instant - to_wall(0.0)) / 1000


def _signed_in_elsewhere(database: Database, node: str) -> tuple[int, ...]:
    rows = database.rows(SIGNED_IN_ELSEWHERE, (node,))
    at_work = alive(database, {other for _, other in rows}) if rows else set()
    return tuple(sorted(agent_id for agent_id, other in rows if other in at_work))


def _give_away(
    database: Database, campaign_id: int, node: str, agent_ids: Sequence[int]
) -> tuple[int, ...]:
    if not agent_ids:
        return ()
    rows = database.rows(GIVE_AWAY, (campaign_id, node, database.keys(agent_ids)))
    return tuple(task_id for (task_id,) in rows)


def _next_due(database: Database, campaign_id: int, now: int) -> int | None:
    found = [database.row(NEXT_DUE, (campaign_id, priority, now)) for priority in PRIORITIES]
    return min((row[0] for row in found if row is not None), default=None)


def with_ladders(database: Database, tasks: Iterable[Task], to_wall: ToWall) -> list[Task]:
    """The tasks with their owners, and where their ladders stand."""
    tasks = list(tasks)
    if not tasks:
        return []
    rows = database.rows(LADDERS, (database.keys(task.id for task in tasks),))
    owners = {row[3] for row in rows if row[3] is not None}
    groups = groups_of(database, owners) if owners else {}
    known = {row[0]: _ladder(row, groups, to_wall) for row in rows}
    return [replace(task, **known[task.id]) for task in tasks]


def _ladder(
    row: tuple[Any, ...], groups: dict[int, frozenset[str]], to_wall: ToWall
) -> dict[str, Any]:
    _, priority, due_at, owner_id, owner_group, leave_until, step, step_at = row
    of_owner = groups.get(owner_id, frozenset())
    ladder: dict[str, Any] = {
        "priority": priority,
        "due_at": to_core(due_at, to_wall),
        "owner_id": owner_id,
        "groups": of_owner if owner_group is None else frozenset({owner_group}),
        "owner_leave_until": None if leave_until is None else to_core(leave_until, to_wall),
    }
    if step is not None:
        ladder |= {"step": Step(step), "step_at": to_core(step_at, to_wall)}
    return ladder


def record_misses(
    database: Database, commands: Sequence[RecordMiss], node: str, to_wall: ToWall
) -> None:
    """Write each end of a wait with the step that follows: in one transaction, and once, however
    often it is told."""
    with database.transaction():
        for c in commands:
            step = (c.next_step, to_wall(c.at), c.task_id, node, c.step)
            for (due_at,) in database.rows(STEP_DOWN, step):
                detail = json.dumps({"step": c.step, "next": c.next_step, "due_at": due_at})
                told = (to_wall(c.at), MISSES[c.step], c.reason)
                of = (c.agent_id, c.task_id, c.campaign_id)
                database.run(JOURNAL, (*told, *of, node, detail))
