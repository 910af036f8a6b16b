"""Whoever is on the line with us is not dialed: he waits in a queue, or talks already (SPEC E8)."""

from __future__ import annotations

from collections.abc import Sequence

from ccdialer.storage.database import Database
from ccdialer.storage.holds import Candidate, Hold

ON_THE_LINE = "on_the_line"

LOOK_AGAIN_MS = 60_000
"""Nobody knows when he will hang up: he is asked about again after this."""

LINGERS_MS = 30_000
"""Who was told that he will be called back, or was sent on, hears it to its end."""

ROUTED_MS = 600_000
"""A call that never came to a queue of ours may have ended unseen: it counts for so long."""

LONGEST_MS = 4 * 3600 * 1000
"""And one that was left behind by a daemon which never came back, for so long."""

CALLERS = """
    SELECT task_number.task_id, inbound_call.id, joined_at, ended_at FROM task_number
    JOIN inbound_call ON inbound_call.number = e164
    WHERE task_number.task_id {in_ids} AND arrived_at > ?
        AND (ended_at IS NULL AND (queued_at IS NOT NULL OR arrived_at > ?)
            OR ended_at > ? AND fate IN ('callback', 'sent_on'))
    ORDER BY arrived_at"""


def check(database: Database, candidates: Sequence[Candidate]) -> dict[int, Hold]:
    """The tasks whose client calls us now, from whichever of his numbers."""
    if not candidates:
        return {}
    at = max(c.at for c in candidates)
    ids = database.keys({c.task_id for c in candidates})
    since = (at - LONGEST_MS, at - ROUTED_MS, at - LINGERS_MS)
    return {
        task_id: _hold(call_id, joined_at is not None, ended_at, at)
        for task_id, call_id, joined_at, ended_at in database.rows(CALLERS, (ids, *since))
    }


def _hold(call_id: str, talks: bool, ended_at: int | None, at: int) -> Hold:
    """Who has just asked to be called back keeps his place: his task is put back as it is."""
    if ended_at is not None:
        reason = f"the client has called us just now: inbound call {call_id}"
        return Hold(ON_THE_LINE, reason, at, at + LINGERS_MS, ends_by=ended_at + LINGERS_MS)
    what = "talks with us" if talks else "is calling us"
    reason = f"the client {what}: inbound call {call_id}"
    return Hold(ON_THE_LINE, reason, at + LOOK_AGAIN_MS, ends_by=0)
