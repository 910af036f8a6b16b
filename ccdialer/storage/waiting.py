"""Looks at what waits to be dialed, by the index that claims use."""

from __future__ import annotations

from ccdialer.core.task import PRIORITIES
from ccdialer.storage.database import Database

FIRST_DUE = """
    SELECT due_at FROM task WHERE campaign_id = ? AND state = 'waiting' AND priority = ?
    ORDER BY due_at, asked_at, id LIMIT 1"""

# No more than `limit` rows of the index are read: who asks wants "many", not the exact figure.
AHEAD = """
    SELECT COUNT(*) FROM (
        SELECT 1 FROM task
        WHERE campaign_id = ? AND state = 'waiting' AND priority = ? AND due_at < ? LIMIT ?) AS t"""


def next_due(database: Database, campaign_id: int) -> int | None:
    """When the next waiting task of the campaign is due, epoch ms; None: nothing waits."""
    found = [database.row(FIRST_DUE, (campaign_id, priority)) for priority in PRIORITIES]
    return min((row[0] for row in found if row is not None), default=None)


def count_ahead(
    database: Database, campaign_id: int, place: tuple[int, int], now: int, limit: int
) -> int:
    """How many due tasks are dialed before one at `place` (its priority and due_at), at most
    `limit`. Instants in epoch ms."""
    priority, due_at = place
    ahead = 0
    for each in reversed(PRIORITIES):
        if each < priority or ahead >= limit:
            break
        before = due_at if each == priority else now + 1
        row = database.row(AHEAD, (campaign_id, each, before, limit - ahead))
        ahead += row[0] if row else 0
    return ahead
