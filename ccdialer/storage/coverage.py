"""Numbers that wait and that no enabled trunk has a price for: nobody would be called there."""

from __future__ import annotations

from ccdialer.core.task import TaskState
from ccdialer.storage.database import Database

LONGEST_PREFIX = 15
STARTS = ", ".join(f"substr(e164, 2, {length})" for length in range(1, LONGEST_PREFIX + 1))

# By the index of prefixes: a list of a million numbers is looked through within seconds.
UNPRICED = f"""
    SELECT substr(e164, 1, 5), COUNT(*) FROM task_number JOIN task ON task.id = task_id
    WHERE task.campaign_id = ? AND task.state = ? AND NOT bad AND NOT EXISTS (
        SELECT 1 FROM trunk_rate JOIN trunk ON trunk.id = trunk_id
        WHERE trunk.enabled AND prefix IN ({STARTS}))
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"""


def unpriced(database: Database, campaign_id: int, limit: int = 3) -> list[tuple[str, int]]:
    """First digits of a campaign's waiting numbers without a price, and how many begin so."""
    values = (campaign_id, TaskState.WAITING, limit)
    return [(str(start), int(count)) for start, count in database.rows(UNPRICED, values)]
