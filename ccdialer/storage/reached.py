"""Closes callbacks of clients who were reached otherwise, with the talk that reached them (E8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ccdialer.core.campaign import Mode
from ccdialer.core.commands import CloseAttempt
from ccdialer.core.disposition import Disposition
from ccdialer.storage.campaigns import mode_words
from ccdialer.storage.database import Database

TALKS = """
    SELECT attempt.id, number, project_id FROM attempt JOIN campaign ON campaign.id = campaign_id
    WHERE attempt.id {in_ids} AND ended_at IS NULL"""

# Of the same project: what another one talks about with a client is none of its business.
REACHED = """
    UPDATE task SET state = 'done', node = NULL, reason = ?, changed_at = ?
    WHERE state IN ('waiting', 'reserved') AND id <> ?
        AND id IN (SELECT task_id FROM task_number WHERE e164 = ?)
        AND campaign_id IN (SELECT id FROM campaign WHERE project_id = ? AND settings LIKE ?)
    RETURNING id, campaign_id"""

JOURNAL = """
    INSERT INTO journal (at, kind, state, reason, task_id, campaign_id, attempt_id, detail)
    VALUES (?, 'callback', 'reached', ?, ?, ?, ?, '{}')"""

CALLBACK_MODE = mode_words(Mode.CALLBACK)
STICKY = f"%{CALLBACK_MODE}%"


class Reached(NamedTuple):
    """A talk that is over, and whom it was with. `at` in epoch ms."""

    call_id: str  # of the attempt, or of the inbound call
    number: str  # E.164
    project_id: int
    at: int
    by: str  # attempt, inbound call
    task_id: int = 0  # whose talk it was: that one is not closed by it


def close_reached(
    database: Database, commands: Sequence[CloseAttempt], to_wall: Callable[[float], int]
) -> None:
    """For each talk that ends: the other callbacks which wait for that number are done. In the
    transaction that closes the attempts, and before they are closed: a replay changes nothing."""
    talked = [c for c in commands if c.disposition is Disposition.TALKED]
    if not talked:
        return
    rows = database.rows(TALKS, (database.keys(c.attempt_id for c in talked),))
    known = {attempt_id: (number, project_id) for attempt_id, number, project_id in rows}
    close_callbacks(
        database,
        (
            Reached(c.attempt_id, *known[c.attempt_id], to_wall(c.ended_at), "attempt", c.task_id)
            for c in talked
            if c.attempt_id in known
        ),
    )


def close_callbacks(database: Database, talks: Iterable[Reached]) -> None:
    """The callbacks that wait for the numbers of these talks, in their projects, are done."""
    for talk in talks:
        if not talk.number:
            continue
        reason = f"reached by {talk.by} {talk.call_id}"
        whose = (talk.task_id, talk.number, talk.project_id, STICKY)
        rows = [
            (talk.at, reason, task_id, campaign_id, talk.call_id)
            for task_id, campaign_id in database.rows(REACHED, (reason, talk.at, *whose))
        ]
        database.run_many(JOURNAL, rows)
