"""Claims due tasks for a daemon's hopper, gives them back, withdraws them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ccdialer.core.task import MOVES, PRIORITIES, Task, TaskMove, next_number
from ccdialer.storage.database import POSTGRESQL, Database
from ccdialer.storage.holds import SOMEBODY, Candidate, hold_back
from ccdialer.storage.permission import CLAIM_CHECKS, holds
from ccdialer.storage.reading import FIELDS, WIDTH, tasks_of
from ccdialer.storage.refusals import sift

NO_NUMBER = "no number left that can be dialed"

CLAIM_SQLITE = """
    SELECT id FROM task
    WHERE campaign_id = ? AND state = 'waiting' AND priority = ? AND due_at <= ? {and_ours}
    ORDER BY due_at, asked_at, id LIMIT ?"""

# One probe of the index per priority; rows that another node holds are stepped over. The limit is
# written into the text, because PostgreSQL plans an unknown limit for a tenth of the table.
CLAIM_POSTGRESQL = f"""
    UPDATE task SET state = 'reserved', node = ?, changed_at = ?
    WHERE id = ANY(ARRAY(
        SELECT due.id FROM generate_series(9, 0, -1) AS place (priority)
        CROSS JOIN LATERAL (
            SELECT id FROM task
            WHERE campaign_id = ? AND state = 'waiting' AND task.priority = place.priority
                AND due_at <= ? {{and_ours}}
            ORDER BY due_at, asked_at, id LIMIT {{limit}} FOR UPDATE SKIP LOCKED
        ) AS due LIMIT {{limit}}))
    RETURNING {FIELDS}, priority, due_at, asked_at"""

RESERVE_SQLITE = f"""
    UPDATE task SET state = 'reserved', node = ?, changed_at = ? WHERE id {{in_ids}}
    RETURNING {FIELDS}, priority, due_at, asked_at"""

AND_OURS = "AND (owner_id IS NULL OR NOT owner_id {in_ids})"

FAIL = """
    UPDATE task SET state = 'failed', node = NULL, reason = ?, changed_at = ? WHERE id {in_ids}"""

RELEASE = """
    UPDATE task SET state = 'waiting', node = NULL
    WHERE id {in_ids} AND state = 'reserved' AND node = ?"""

RELEASE_ALL = """
    UPDATE task SET state = 'waiting', node = NULL WHERE state = 'reserved' AND node = ?"""

CANCELLABLE = tuple(state for state, move in MOVES if move is TaskMove.CANCEL)

CANCEL = f"""
    UPDATE task SET state = 'cancelled', reason = ?, changed_at = ?
    WHERE id {{in_ids}} AND state IN ({", ".join(f"'{state}'" for state in CANCELLABLE)})
    RETURNING id, campaign_id"""

LOOK_MOST = 1000
"""A claim reads no more tasks than this: those that a rule holds back are put where they may be
dialed, and the next claim goes on behind them."""

LOOK_LEAST = 250
"""Behind tasks that are held back, so many are looked at together."""

_Claimed = tuple[Any, ...]  # FIELDS, priority, due_at, asked_at


@dataclass(frozen=True, slots=True)
class Claim:
    """Up to `count` tasks of the campaign that are due at `now` (epoch ms), for `node`."""

    campaign_id: int
    count: int
    now: int
    node: str
    not_of: tuple[int, ...] = ()  # agents whose callbacks are left alone

    def narrowed(self, database: Database, sql: str) -> tuple[str, tuple[Any, ...]]:
        """The SQL with what narrows it in place of {and_ours}, and that one's parameters."""
        if not self.not_of:
            return sql.replace("{and_ours}", ""), ()
        return sql.replace("{and_ours}", AND_OURS), (database.keys(self.not_of),)


def claim_tasks(
    database: Database, campaign_id: int, count: int, now: int, node: str
) -> tuple[Task, ...]:
    """Reserve up to `count` tasks due at `now` (epoch ms) for `node`: highest priority first, then
    the longest due. No task is ever given to two nodes, and none that a rule holds back to any."""
    return claimed_by(database, Claim(campaign_id, count, now, node))


def claimed_by(database: Database, wanted: Claim) -> tuple[Task, ...]:
    """The tasks of a claim, reserved; whoever has no number left fails, and whoever may not be
    called now is put where he may be."""
    claim = _claim_postgresql if database.dialect == POSTGRESQL else _claim_sqlite
    ready: list[Task] = []
    looked, look = 0, wanted.count
    with database.transaction():
        while len(ready) < wanted.count and looked < LOOK_MOST:
            claimed = claim(database, replace(wanted, count=look))
            ready += _dialable(database, wanted.campaign_id, claimed, wanted.now)
            looked += look
            if len(claimed) < look:
                break
            look = max(wanted.count - len(ready), LOOK_LEAST)
        surplus = ready[wanted.count :]
        release_tasks(database, [task.id for task in surplus], wanted.node)
    return tuple(ready[: wanted.count])


def _dialable(
    database: Database, campaign_id: int, claimed: list[_Claimed], now: int
) -> Iterator[Task]:
    """The claimed tasks in the order they are dialed; what cannot be dialed now is put away."""
    claimed.sort(key=_turn)
    found = tasks_of(database, claimed)
    fail_numberless(database, [task.id for task in found if not task.numbers], now)
    numbers = sift(database, campaign_id, {t.id: t.numbers for t in found if t.numbers}, now)
    tasks = [replace(t, numbers=numbers[t.id]) for t in found if t.id in numbers]
    candidates = [
        Candidate(t.id, campaign_id, next_number(t), now, held_agent_id=SOMEBODY) for t in tasks
    ]
    held = holds(database, candidates, CLAIM_CHECKS)
    hold_back(database, held, now)
    return (task for task in tasks if task.id not in held)


def _turn(row: _Claimed) -> tuple[int, ...]:
    priority, due_at, asked_at = row[WIDTH:]
    return (-priority, due_at, asked_at, row[0])


def _claim_sqlite(database: Database, wanted: Claim) -> list[_Claimed]:
    sql, ours = wanted.narrowed(database, CLAIM_SQLITE)
    ids: list[int] = []
    for priority in reversed(PRIORITIES):
        left = wanted.count - len(ids)
        found = database.rows(sql, (wanted.campaign_id, priority, wanted.now, *ours, left))
        ids += [task_id for (task_id,) in found]
        if len(ids) >= wanted.count:
            break
    if not ids:
        return []
    return database.rows(RESERVE_SQLITE, (wanted.node, wanted.now, database.keys(ids)))


def _claim_postgresql(database: Database, wanted: Claim) -> list[_Claimed]:
    sql, ours = wanted.narrowed(database, CLAIM_POSTGRESQL)
    sql = sql.replace("{limit}", str(int(wanted.count)))
    return database.rows(sql, (wanted.node, wanted.now, wanted.campaign_id, wanted.now, *ours))


def fail_numberless(database: Database, task_ids: Sequence[int], now: int) -> None:
    """End tasks that have no number left."""
    if task_ids:
        database.run(FAIL, (NO_NUMBER, now, database.keys(task_ids)))


def release_tasks(database: Database, task_ids: Collection[int], node: str) -> int:
    """Give tasks in `node`'s hopper back, due as before; how many there were."""
    if not task_ids:
        return 0
    with database.transaction():
        return database.run(RELEASE, (database.keys(task_ids), node))


def release_reserved(database: Database, node: str) -> int:
    """At start: give back whatever an earlier run of `node` had in its hopper; how many."""
    with database.transaction():
        return database.run(RELEASE_ALL, (node,))


def cancel_tasks(database: Database, task_ids: Iterable[int], reason: str, now: int) -> list[int]:
    """Withdraw tasks that are not settled yet; the ids of those that were. A live call goes on."""
    with database.transaction():
        rows = database.rows(CANCEL, (reason, now, database.keys(task_ids)))
        database.run_many(
            "INSERT INTO journal (at, kind, state, reason, task_id, campaign_id, detail)"
            " VALUES (?, 'task', 'cancelled', ?, ?, ?, '{}')",
            [(now, reason, task_id, campaign_id) for task_id, campaign_id in rows],
        )
    return sorted(task_id for task_id, _ in rows)
