"""Looks at what waits to be dialed, by the index that claims use."""

from __future__ import annotations

from typing import NamedTuple

from ccdialer.core.task import PRIORITIES
from ccdialer.storage.database import Database

FIRST_DUE = """
    SELECT * FROM (
        SELECT due_at, CASE held_by WHEN '' THEN '' ELSE reason END FROM task
        WHERE campaign_id = ? AND state = 'waiting' AND priority = ?
        ORDER BY due_at, asked_at, id LIMIT 1) AS t"""
FIRST_OF_ALL = " UNION ALL ".join(FIRST_DUE for _ in PRIORITIES) + " ORDER BY 1 LIMIT 1"

# No more than `limit` rows of the index are read: who asks wants "many", not the exact figure.
AHEAD = """
    SELECT COUNT(*) FROM (
        SELECT 1 FROM task
        WHERE campaign_id = ? AND state = 'waiting' AND priority = ? AND due_at < ? LIMIT ?) AS t"""


class Next(NamedTuple):
    """The waiting task that is due first."""

    due_at: int  # epoch ms
    held: str  # what a rule said that put it off to then; empty: none did


def next_due(database: Database, campaign_id: int) -> Next | None:
    """The next one of the campaign; None: nothing waits."""
    values = [value for priority in PRIORITIES for value in (campaign_id, priority)]
    row = database.row(FIRST_OF_ALL, values)
    return None if row is None else Next(*row)


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
