"""Claims contacts of assignments for the agents who ask, one at a time, and takes them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ccdialer.core.commands import ReserveContact, SkipContact
from ccdialer.core.task import PRIORITIES, Task, next_number
from ccdialer.storage.database import Database
from ccdialer.storage.holds import Candidate, ToWall, hold_back
from ccdialer.storage.listing import show_task
from ccdialer.storage.permission import holds
from ccdialer.storage.reading import FIELDS, tasks_of
from ccdialer.storage.refusals import sift
from ccdialer.storage.results import history_of_task, result_of_task
from ccdialer.storage.tasks import fail_numberless

MOST_HELD = 100
"""So many contacts that may not be called now are stepped over for one request."""

# A contact is its owner's, who promised to call back, while he is on duty: he strands nobody.
NEXT = f"""
    SELECT {FIELDS} FROM task
    WHERE campaign_id = ? AND state = 'waiting' AND priority = ? AND due_at <= ?
        AND (owner_id IS NULL OR owner_id = ? OR NOT EXISTS (
            SELECT 1 FROM agent_session
            WHERE agent_session.agent_id = owner_id AND agent_session.state <> 'offline'))
    ORDER BY due_at, id LIMIT 1 {{skip_locked}}"""

RESERVE = "UPDATE task SET state = 'reserved', node = ?, changed_at = ? WHERE id = ?"

SKIP = """
    UPDATE task SET state = 'waiting', node = NULL, held_by = '', asked_at = 0, due_at = ?,
        changed_at = ?
    WHERE id = ? AND state = 'reserved' AND node = ?"""

JOURNAL = """
    INSERT INTO journal (at, kind, state, reason, agent_id, campaign_id, task_id, node, detail)
    VALUES (?, 'task', 'skipped', 'skipped by its agent', ?, ?, ?, ?, '{}')"""


def claim_contact(database: Database, wanted: ReserveContact, now: int, node: str) -> Task | None:
    """Reserve the next contact due at `now` (epoch ms) for the agent who asks: of the first of his
    campaigns that has one, by priority, then the longest due. Whom a rule holds back now is not
    offered, and waits or ends as that says."""
    with database.transaction():
        for campaign_id in wanted.campaign_ids:
            for _ in range(MOST_HELD):
                task = _next(database, campaign_id, wanted.agent_id, now)
                if task is None:
                    break
                contact = _to_be_called(database, task, wanted.agent_id, now)
                if contact is not None:
                    database.run(RESERVE, (node, now, contact.id))
                    return contact
    return None


def _next(database: Database, campaign_id: int, agent_id: int, now: int) -> Task | None:
    for priority in reversed(PRIORITIES):
        row = database.row(NEXT, (campaign_id, priority, now, agent_id))
        if row is not None:
            (task,) = tasks_of(database, [row])
            return task
    return None


def _to_be_called(database: Database, task: Task, agent_id: int, now: int) -> Task | None:
    """The contact with the numbers that may be called now; None: it is put where it belongs."""
    if not task.numbers:
        fail_numberless(database, [task.id], now)
        return None
    numbers = sift(database, task.campaign_id, {task.id: task.numbers}, now).get(task.id)
    if numbers is None:
        return None
    sifted = replace(task, numbers=numbers)
    candidate = Candidate(task.id, task.campaign_id, next_number(sifted), now, agent_id)
    held = holds(database, [candidate])
    hold_back(database, held, now)
    return None if held else sifted


def skip_contacts(
    database: Database, commands: Sequence[SkipContact], node: str, to_wall: ToWall
) -> None:
    """Put reserved contacts behind all that are due, with a line in the journal for each."""
    with database.transaction():
        for c in commands:
            at = to_wall(c.at)
            if database.run(SKIP, (at, at, c.task_id, node)):
                database.run(JOURNAL, (at, c.agent_id, c.campaign_id, c.task_id, node))


def show_contact(database: Database, task_id: int) -> dict[str, Any]:
    """What an agent reads of a contact: the task as `show_task` tells it, its last `result`, and
    the client's `history`. Raises NotFound."""
    return show_task(database, task_id) | {
        "result": result_of_task(database, task_id),
        "history": history_of_task(database, task_id),
    }
