"""What has come after a call that is told of later than it ended: a talk, or another lost call."""

from __future__ import annotations

from ccdialer.storage.database import Database

CALLED_AND_TALKED = """
    SELECT 1 FROM task_number JOIN campaign ON campaign.id = task_number.campaign_id
        JOIN attempt ON attempt.task_id = task_number.task_id
    WHERE e164 = ? AND project_id = ? AND joined_at > ? LIMIT 1"""

# Somebody who is no agent here may have had him: that is a talk, too.
CAME_AND_TALKED = """
    SELECT 1 FROM inbound_call
    WHERE number = ? AND project_id = ? AND joined_at > ? LIMIT 1"""

CAME_AND_LOST = """
    SELECT 1 FROM inbound_call
    WHERE number = ? AND project_id = ? AND task_id IS NOT NULL AND ended_at > ? LIMIT 1"""


def has_talked_since(database: Database, number: str, project_id: int, at: int) -> bool:
    """Whether a talk with the number (E.164), out or in, began after `at` (epoch ms)."""
    values = (number, project_id, at)
    return any(database.row(sql, values) for sql in (CAME_AND_TALKED, CALLED_AND_TALKED))


def was_lost_since(database: Database, number: str, project_id: int, at: int) -> bool:
    """Whether a callback has come of a call of the number that ended after `at` (epoch ms)."""
    return database.row(CAME_AND_LOST, (number, project_id, at)) is not None
