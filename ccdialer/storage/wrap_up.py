"""Sums the agents' wrap-up time by the campaign whose call it followed."""

from __future__ import annotations

from ccdialer.storage.database import Database

# A state lasts until the agent's next one; the last known one until the end of the interval.
WRAP_UP = """
    SELECT campaign_id, SUM(COALESCE(ends_at, ?) - at) FROM (
        SELECT campaign_id, state, at,
            LEAD(at) OVER (PARTITION BY agent_id ORDER BY at, id) AS ends_at
        FROM journal
        WHERE kind = 'agent' AND agent_id IS NOT NULL AND at >= ? AND at < ?
    ) AS spans
    WHERE state = 'wrap_up' AND campaign_id IS NOT NULL GROUP BY campaign_id"""


def wrap_up_s(database: Database, since: int, until: int) -> dict[int, float]:
    """Seconds of wrap-up that began from `since` to before `until` (epoch ms), by campaign id."""
    rows = database.rows(WRAP_UP, (until, since, until))
    return {campaign_id: int(spent) / 1000 for campaign_id, spent in rows}
