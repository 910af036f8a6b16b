"""Writes the results that agents give, and does to the task what they mean when its call ends."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ccdialer.core.commands import RecordResult
from ccdialer.core.result import Result
from ccdialer.storage.attempts import ToWall
from ccdialer.storage.campaigns import campaign_by_id, reopen
from ccdialer.storage.database import Database
from ccdialer.storage.dnc import DncList, Listing, put_on_list
from ccdialer.storage.duplicates import of_reached
from ccdialer.storage.holds import withdraw
from ccdialer.storage.queueing import place_in_queue
from ccdialer.storage.write_back import promise_notes

HISTORY_MOST = 20  # latest entries that an agent is shown (SPEC B7)

# A replay finds what it has to say, and moves nothing.
RECORD = """
    INSERT INTO result (attempt_id, task_id, campaign_id, agent_id, at, result, kind, reason,
        comment, callback_places, callback_at, is_promised, is_settled)
    SELECT id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
    FROM (SELECT id FROM attempt UNION ALL SELECT id FROM inbound_call) AS call WHERE id = ?
    ON CONFLICT (attempt_id) DO UPDATE SET
        agent_id = excluded.agent_id, at = excluded.at, result = excluded.result,
        kind = excluded.kind, reason = excluded.reason, comment = excluded.comment,
        callback_places = excluded.callback_places, callback_at = excluded.callback_at,
        is_promised = excluded.is_promised, is_settled = excluded.is_settled
    WHERE (result.at, result.result, result.kind, result.reason, result.comment)
        <> (excluded.at, excluded.result, excluded.kind, excluded.reason, excluded.comment)"""

# Before the result is kept, for the same reason.
JOURNAL = """
    INSERT INTO journal
        (at, kind, state, reason, agent_id, campaign_id, task_id, detail, attempt_id)
    SELECT ?, 'result', ?, ?, ?, ?, ?, ?, id
    FROM (SELECT id FROM attempt UNION ALL SELECT id FROM inbound_call) AS call WHERE id = ?
        AND NOT EXISTS (SELECT 1 FROM result WHERE attempt_id = call.id
            AND (at, result, kind, reason, comment) = (?, ?, ?, ?, ?))"""

# Of calls that are over, and of the last call of its task only: a later one has its own result.
UNSETTLED = """
    SELECT result.attempt_id, result.task_id, result.campaign_id, result.agent_id, result.at,
        result.result, result.reason, result.callback_places, result.callback_at,
        result.is_promised
    FROM result JOIN attempt ON attempt.id = result.attempt_id
    WHERE result.attempt_id {in_ids} AND NOT result.is_settled AND attempt.ended_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM attempt AS later WHERE later.task_id = result.task_id
            AND (later.opened_at, later.id) > (attempt.opened_at, attempt.id))
    ORDER BY result.at, result.attempt_id"""

FINISH = """
    UPDATE task SET state = 'done', node = NULL, reason = '', changed_at = ?
    WHERE id = ? AND state IN ('waiting', 'reserved', 'failed')"""

CALL_BACK = """
    UPDATE task SET state = 'waiting', node = NULL, reason = '', held_by = '', asked_at = 0,
        due_at = ?, changed_at = ?
    WHERE id = ? AND state IN ('waiting', 'reserved', 'done', 'failed')"""

NUMBERS = "SELECT e164 FROM task_number WHERE task_id = ? ORDER BY position"

OPTED_OUT = "agent"
"""The source of what agents put on do-not-call lists."""

PIN = "UPDATE task SET owner_id = ?, owner_group = NULL WHERE id = ?"

SETTLED = "UPDATE result SET is_settled = ? WHERE attempt_id = ?"

HISTORY = """
    SELECT result.at, result, kind, result.reason, comment, agent.login AS agent,
        campaign.name AS campaign, COALESCE(attempt.number, inbound_call.number)
    FROM result LEFT JOIN attempt ON attempt.id = attempt_id
        LEFT JOIN inbound_call ON inbound_call.id = attempt_id
        JOIN campaign ON campaign.id = result.campaign_id
        LEFT JOIN agent ON agent.id = result.agent_id
    WHERE result <> 'callback'
        AND campaign.project_id = (SELECT project_id FROM task
            JOIN campaign ON campaign.id = campaign_id WHERE task.id = ?)
        AND result.attempt_id IN (
            SELECT attempt_id FROM result WHERE task_id IN (SELECT task_id FROM task_number
                WHERE e164 IN (SELECT e164 FROM task_number WHERE task_id = ?))
            UNION ALL
            SELECT id FROM inbound_call
                WHERE number IN (SELECT e164 FROM task_number WHERE task_id = ?))
    ORDER BY result.at DESC, attempt_id LIMIT ?"""

RESULT_OF_TASK = """
    SELECT result, kind, reason, comment, at FROM result WHERE task_id = ?
    ORDER BY at DESC, attempt_id LIMIT 1"""


def record_results(
    database: Database, commands: Sequence[RecordResult], to_wall: ToWall
) -> list[int]:
    """Keep each result with its call, in place of an earlier one, and every word of it in the
    journal; then do what it means for its task, if the call is over. Of a call that is not there
    nothing is kept. Returns the ids of the assignments that were done and are open again by it."""
    with database.transaction():
        database.run_many(JOURNAL, [_journal_row(c, to_wall) for c in commands])
        database.run_many(RECORD, [_row(c, to_wall) for c in commands])
        promise_notes(database, commands, to_wall)
        return settle_results(database, [c.attempt_id for c in commands])


def _row(c: RecordResult, to_wall: ToWall) -> tuple[object, ...]:
    said = c.given
    return (
        *(c.task_id, c.campaign_id, c.agent_id, to_wall(c.at)),
        *(said.result, said.kind, said.reason, said.comment),
        *(c.callback_places, None if c.callback_at is None else to_wall(c.callback_at)),
        *(c.is_promised, False, c.attempt_id),
    )


def _journal_row(c: RecordResult, to_wall: ToWall) -> tuple[object, ...]:
    detail = json.dumps({"comment": c.given.comment} if c.given.comment else {})
    at, said = to_wall(c.at), c.given
    who = (c.agent_id, c.campaign_id, c.task_id)
    words = (at, said.result, said.kind, said.reason, said.comment)
    return (at, said.result, said.kind or said.reason, *who, detail, c.attempt_id, *words)


@dataclass(frozen=True, slots=True)
class _Due:
    """A result that is to be done to its task."""

    attempt_id: str
    task_id: int
    campaign_id: int
    agent_id: int
    at: int
    result: str
    reason: str
    callback_places: int | None
    callback_at: int | None
    is_promised: bool


def settle_results(database: Database, attempt_ids: Iterable[str]) -> list[int]:
    """Do to the tasks what the results of these attempts mean, where that is still to be done.

    A success or refusal finishes the task, and closes what its person is called for elsewhere, as
    far as campaigns mind (SPEC D9), and who asks not to be called is on his project's list from
    then on (SPEC F7); a callback makes it due again; a withdrawn task stays so. Asked
    when an attempt is closed, and when a result comes after that. Returns the ids of the
    assignments that were done and are open again.
    """
    opened = []
    for row in database.rows(UNSETTLED, (database.keys(attempt_ids),)):
        due = _Due(*row)
        if due.result == Result.CALLBACK:
            opened += _call_back(database, due)
        elif database.run(FINISH, (due.at, due.task_id)):
            withdraw(database, of_reached(database, [due.task_id]), due.at)
        _heed(database, due)
        database.run(SETTLED, (True, due.attempt_id))
    return opened


def _heed(database: Database, due: _Due) -> None:
    campaign = campaign_by_id(database, due.campaign_id)
    if due.result == Result.REFUSAL and due.reason in campaign.settings.opt_out_reasons:
        numbers = [number for (number,) in database.rows(NUMBERS, (due.task_id,))]
        on = DncList(campaign.project_id, OPTED_OUT)
        put_on_list(database, on, [Listing(number, due.reason) for number in numbers], due.at)


def _call_back(database: Database, due: _Due) -> list[int]:
    due_at = due.at if due.callback_at is None else due.callback_at
    moved = database.run(CALL_BACK, (due_at, due.at, due.task_id))
    if moved and due.is_promised:
        database.run(PIN, (due.agent_id, due.task_id))
    if moved and due.callback_places is not None:
        place_in_queue(database, due.task_id, due.callback_places, due.at)
    return [due.campaign_id] if moved and reopen(database, due.campaign_id, due.at) else []


def history_of_task(database: Database, task_id: int) -> list[dict[str, Any]]:
    """The client's history: what agents of the same project noted of him, whichever task it was,
    and of his calls to us, the latest first. Callbacks are no part of it (SPEC B10)."""
    rows = database.rows(HISTORY, (task_id, task_id, task_id, HISTORY_MOST))
    keys = ("at", "result", "kind", "reason", "comment", "agent", "campaign", "number")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def result_of_task(database: Database, task_id: int) -> dict[str, Any] | None:
    """The last result that was given to a task."""
    row = database.row(RESULT_OF_TASK, (task_id,))
    keys = ("result", "kind", "reason", "comment", "at")
    return None if row is None else dict(zip(keys, row, strict=True))
