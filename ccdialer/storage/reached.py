"""Closes callbacks of clients who were reached otherwise, with the talk that reached them (E8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ccdialer.core.campaign import Mode
from ccdialer.core.commands import CloseAttempt
from ccdialer.core.disposition import Disposition
from ccdialer.storage.database import Database

# Of the same project: what another one talks about with a client is none of its business.
REACHED = """
    UPDATE task SET state = 'done', node = NULL, reason = ?, changed_at = ?
    WHERE state IN ('waiting', 'reserved') AND id <> ?
        AND id IN (SELECT task_id FROM task_number WHERE e164 =
            (SELECT number FROM attempt WHERE id = ? AND ended_at IS NULL))
        AND campaign_id IN (SELECT other.id FROM campaign AS other
            JOIN campaign ON campaign.project_id = other.project_id
            JOIN task AS mine ON mine.campaign_id = campaign.id
            WHERE mine.id = ? AND other.settings LIKE ?)
    RETURNING id, campaign_id"""

JOURNAL = """
    INSERT INTO journal (at, kind, state, reason, task_id, campaign_id, attempt_id, detail)
    VALUES (?, 'callback', 'reached', ?, ?, ?, ?, '{}')"""

STICKY = f'%"mode": "{Mode.CALLBACK}"%'
"""Settings of a callback campaign, as storage/settings.py writes them."""


def close_reached(
    database: Database, commands: Sequence[CloseAttempt], to_wall: Callable[[float], int]
) -> None:
    """For each talk that ends: the other callbacks which wait for that number are done. In the
    transaction that closes the attempts, and before they are closed: a replay changes nothing."""
    for c in commands:
        if c.disposition is not Disposition.TALKED:
            continue
        at, reason = to_wall(c.ended_at), f"reached by attempt {c.attempt_id}"
        wanted = (reason, at, c.task_id, c.attempt_id, c.task_id, STICKY)
        rows = [
            (at, reason, task_id, campaign_id, c.attempt_id)
            for task_id, campaign_id in database.rows(REACHED, wanted)
        ]
        database.run_many(JOURNAL, rows)
