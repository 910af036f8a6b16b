"""Writes what happens to attempts: opened before the originate, joined, closed with their task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ccdialer.core.attempt import LEG_PREFIX
from ccdialer.core.commands import CloseAttempt, OpenAttempt, RecordAbandoned, RecordJoin
from ccdialer.core.events import AttemptOpened, AttemptRefused
from ccdialer.core.task import MOVES, TaskMove, TaskState
from ccdialer.storage.database import Database
from ccdialer.storage.holds import Candidate, Hold, hold_back, wait_s_of
from ccdialer.storage.holds import ToWall as ToWall
from ccdialer.storage.legs import close_legs, insert_legs
from ccdialer.storage.limits import lock_persons
from ccdialer.storage.permission import holds
from ccdialer.storage.reached import close_reached
from ccdialer.storage.settling import settle
from ccdialer.storage.write_back import promise_calls, promise_starts

LIVE_NUMBER_PAUSE_MS = 300_000
"""A task whose number is on a live call elsewhere is due again after this."""

LIVE_NUMBER = "its number is on a live call"

# What a rule has held back was promised for when it had been due.
TASKS_FOR_OPENING = """
    SELECT id, state, node, CASE asked_at WHEN 0 THEN due_at ELSE asked_at END, owner_id,
        owner_group
    FROM task WHERE id {in_ids} ORDER BY id {for_update}"""

INSERT_ATTEMPT = """
    INSERT INTO attempt
        (id, task_id, campaign_id, number, node, opened_at, counts, held_agent_id, note, due_at,
            owner_id, owner_group)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?) ON CONFLICT DO NOTHING"""

LIVE_ATTEMPTS = "SELECT id FROM attempt WHERE id {in_ids} AND ended_at IS NULL"

INSERT_LEG = """
    INSERT INTO leg (id, attempt_id, role, opened_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"""

ACTIVATE = """
    UPDATE task SET state = 'active', reason = '', held_by = '', asked_at = 0
    WHERE id {in_ids}"""

PUT_BACK = """
    UPDATE task SET state = 'waiting', node = NULL, reason = ?, held_by = '', asked_at = 0,
        due_at = ?, changed_at = ?
    WHERE id = ?"""

JOIN_ATTEMPT = """
    UPDATE attempt SET agent_id = ?, agent_leg_id = ?, answered_at = ?, joined_at = ?
    WHERE id = ? AND ended_at IS NULL"""

# Both look at the attempt before it is closed: a replay finds it closed and changes nothing.
MARK_BAD = """
    UPDATE task_number SET bad = ?
    WHERE task_id = ? AND e164 = (SELECT number FROM attempt WHERE id = ? AND ended_at IS NULL)"""

MOVE_TASK = """
    UPDATE task SET
        state = CASE state WHEN 'active' THEN ? ELSE state END,
        due_at = CASE state WHEN 'active' THEN COALESCE(?, due_at) ELSE due_at END,
        reason = CASE state WHEN 'active' THEN ? ELSE reason END,
        next_number = COALESCE(?, next_number),
        attempts = attempts + ?, node = NULL, changed_at = ?
    WHERE id = ? AND EXISTS (SELECT 1 FROM attempt WHERE attempt.id = ? AND ended_at IS NULL)"""

ABANDON_ATTEMPT = """
    UPDATE attempt SET answered_at = ?, abandoned_at = ? WHERE id = ? AND ended_at IS NULL"""

# Of an attempt that a daemon left behind nobody knows more than what was kept of it.
CLOSE_ATTEMPT = """
    UPDATE attempt SET
        ended_at = ?, cause = ?, sip_code = ?, counts = ?, note = ?,
        disposition =
            CASE WHEN ? = 'lost' AND abandoned_at IS NOT NULL THEN 'abandoned' ELSE ? END,
        dialed_at = COALESCE(?, dialed_at), ringing_at = COALESCE(?, ringing_at),
        answered_at = COALESCE(?, answered_at), joined_at = COALESCE(?, joined_at),
        agent_id = COALESCE(?, agent_id)
    WHERE id = ? AND ended_at IS NULL"""


def open_attempts(
    database: Database, commands: Sequence[OpenAttempt], node: str, to_wall: ToWall
) -> list[AttemptOpened | AttemptRefused]:
    """Commit attempts and their clients' legs; an answer for each, in order.

    Refused: the task is not in this node's hopper any more; or a rule holds it back, or the number
    is on a live call, then the task waits or ends. A replay of what was committed is answered as
    the first time.
    """
    with database.transaction():
        tasks = _tasks_for_opening(database, commands)
        ours = [c for c in commands if tasks.get(c.task_id, GONE).is_of(node)]
        held = _held(database, ours, to_wall)
        ours = [c for c in ours if c.task_id not in held]
        rows = [_new_row(c, tasks[c.task_id], to_wall) for c in ours]
        database.run_many(INSERT_ATTEMPT, rows)
        attempt_ids = database.keys(c.attempt_id for c in commands)
        live = {attempt_id for (attempt_id,) in database.rows(LIVE_ATTEMPTS, (attempt_ids,))}
        _activate(database, [c for c in ours if c.attempt_id in live], to_wall)
        _put_back(database, [c for c in ours if c.attempt_id not in live], to_wall)
    return [
        AttemptOpened(c.attempt_id)
        if c.attempt_id in live
        else _refusal(c, tasks, node, held, to_wall)
        for c in commands
    ]


def _new_row(c: OpenAttempt, task: _Opening, to_wall: ToWall) -> tuple[object, ...]:
    return (
        *(c.attempt_id, c.task_id, c.campaign_id, c.number, task.node, to_wall(c.at), False),
        *(c.held_agent_id, task.due_at, task.owner_id, task.owner_group),
    )


class _Opening(NamedTuple):
    """A task that is to be dialed, as it stands."""

    state: str
    node: str | None
    due_at: int
    owner_id: int | None
    owner_group: str | None

    def is_of(self, node: str) -> bool:
        """Whether it is in that node's hopper."""
        return (self.state, self.node) == (TaskState.RESERVED, node)


GONE = _Opening("gone", None, 0, None, None)

_Tasks = dict[int, _Opening]


def _tasks_for_opening(database: Database, commands: Sequence[OpenAttempt]) -> _Tasks:
    ids = database.keys(c.task_id for c in commands)
    return {task_id: _Opening(*rest) for task_id, *rest in database.rows(TASKS_FOR_OPENING, (ids,))}


def _candidate(c: OpenAttempt, to_wall: ToWall) -> Candidate:
    place = (c.task_id, c.campaign_id, c.number, to_wall(c.at))
    return Candidate(*place, c.held_agent_id, c.route)


def _held(database: Database, commands: Sequence[OpenAttempt], to_wall: ToWall) -> dict[int, Hold]:
    """Those that a rule holds back, put where they belong."""
    if not commands:
        return {}
    lock_persons(database, [c.task_id for c in commands])
    held = holds(database, [_candidate(c, to_wall) for c in commands])
    hold_back(database, held, max(to_wall(c.at) for c in commands))
    return held


def _activate(database: Database, commands: Sequence[OpenAttempt], to_wall: ToWall) -> None:
    if commands:
        insert_legs(database, commands, to_wall)
        database.run(ACTIVATE, (database.keys(c.task_id for c in commands),))


def _put_back(database: Database, commands: Sequence[OpenAttempt], to_wall: ToWall) -> None:
    rows = []
    for command in commands:
        at = to_wall(command.at)
        rows.append((LIVE_NUMBER, at + LIVE_NUMBER_PAUSE_MS, at, command.task_id))
    database.run_many(PUT_BACK, rows)


def _refusal(
    command: OpenAttempt, tasks: _Tasks, node: str, held: Mapping[int, Hold], to_wall: ToWall
) -> AttemptRefused:
    task = tasks.get(command.task_id, GONE)
    hold = held.get(command.task_id)
    if hold is not None:
        wait_s = wait_s_of(hold, to_wall(command.at))
        return AttemptRefused(command.attempt_id, hold.reason, hold.rule, wait_s)
    if task.is_of(node):
        return AttemptRefused(command.attempt_id, LIVE_NUMBER)
    where = f" at node {task.node}" if task.node not in (None, node) else ""
    reason = f"the task is {task.state}{where}"
    return AttemptRefused(command.attempt_id, reason)


def record_joins(database: Database, commands: Sequence[RecordJoin], to_wall: ToWall) -> None:
    """Keep who talks with whom, so that a restart can adopt the call."""
    rows = [
        (c.agent_id, c.agent_leg_id, to_wall(c.answered_at), to_wall(c.joined_at), c.attempt_id)
        for c in commands
    ]
    # A kept-up agent's leg belongs to his session and serves many attempts; it is no attempt's leg.
    legs = [
        (c.agent_leg_id, c.attempt_id, "agent", to_wall(c.joined_at))
        for c in commands
        if c.agent_leg_id.startswith(LEG_PREFIX + c.attempt_id)
    ]
    with database.transaction():
        database.run_many(JOIN_ATTEMPT, rows)
        database.run_many(INSERT_LEG, legs)
        ids = [c.attempt_id for c in commands]
        promise_starts(database, ids, max((to_wall(c.joined_at) for c in commands), default=0))


def record_abandoned(
    database: Database, commands: Sequence[RecordAbandoned], to_wall: ToWall
) -> None:
    """Keep who met no agent, before he has heard that we are sorry."""
    rows = [(to_wall(c.answered_at), to_wall(c.at), c.attempt_id) for c in commands]
    database.run_many(ABANDON_ATTEMPT, rows)


def close_attempts(database: Database, commands: Sequence[CloseAttempt], to_wall: ToWall) -> None:
    """Write outcomes and move the tasks; what is closed already stays as it is.

    A task that was cancelled meanwhile stays cancelled, but its attempt counts.
    """
    once = {c.attempt_id: c for c in reversed(commands)}  # the first word is the one that counts
    closing = [c for c in reversed(once.values())]
    bad = [(True, c.task_id, c.attempt_id) for c in closing if c.bad_number]
    with database.transaction():
        database.run_many(MARK_BAD, bad)
        database.run_many(MOVE_TASK, [_task_row(c, to_wall) for c in closing])
        close_reached(database, closing, to_wall)
        close_legs(database, closing, to_wall)
        database.run_many(CLOSE_ATTEMPT, [_attempt_row(c, to_wall) for c in closing])
        settle(database, closing, to_wall)
        ids = [c.attempt_id for c in closing]
        promise_calls(database, ids, max((to_wall(c.ended_at) for c in closing), default=0))


def _task_row(command: CloseAttempt, to_wall: ToWall) -> tuple[object, ...]:
    state = MOVES[TaskState.ACTIVE, command.task_move]
    # What was not dialed is due as before, and a callback's ladder goes on (SPEC E4).
    is_released = command.task_move is TaskMove.RELEASE and command.retry_after_s == 0.0
    due_at = None if is_released else to_wall(command.ended_at + command.retry_after_s)
    ended_at = to_wall(command.ended_at)
    return (
        *(state, due_at, command.reason, command.next_number, int(command.counts)),
        *(ended_at, command.task_id, command.attempt_id),
    )


def _attempt_row(c: CloseAttempt, to_wall: ToWall) -> tuple[object, ...]:
    instants = (c.dialed_at, c.ringing_at, c.answered_at, c.joined_at)
    return (
        *(to_wall(c.ended_at), c.cause, c.sip_code, c.counts, c.note),
        *(c.disposition, c.disposition),
        *(None if at is None else to_wall(at) for at in instants),
        *(c.agent_id, c.attempt_id),
    )
