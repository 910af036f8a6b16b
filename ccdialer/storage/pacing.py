"""What pacing keeps: each campaign's memory, and the journal of its decisions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ccdialer.core.commands import RecordLearned, RecordPace
from ccdialer.core.pacing.policy import Memory
from ccdialer.storage.attempts import ToWall
from ccdialer.storage.database import Database
from ccdialer.storage.models import Campaign, PacingJournal
from ccdialer.storage.paging import within

SAVE = """
    INSERT INTO pacing_memory (campaign_id, learned_at, memory) VALUES (?, ?, ?)
    ON CONFLICT (campaign_id) DO UPDATE SET
        learned_at = excluded.learned_at, memory = excluded.memory"""

NOTE = """
    INSERT INTO pacing_journal (campaign_id, at, placed, decisions, idle, waiting, in_flight,
        risk, allowed, reason)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


@dataclass(frozen=True, slots=True)
class PaceFilter:
    """Which rows to list; None: any. Instants in epoch ms, `since` within, `until` without.
    `after` is (at, id) of the last row of the page before."""

    campaign_id: int | None = None
    since: int | None = None
    until: int | None = None
    after: tuple[int, int] | None = None
    limit: int = 1000


def save_memories(database: Database, learned: Sequence[RecordLearned], to_wall: ToWall) -> None:
    """Keep what pacing has learned, in place of what it had learned before."""
    rows = [(c.campaign_id, to_wall(c.at), json.dumps(c.memory)) for c in learned]
    database.run_many(SAVE, rows)


def memory_of(database: Database, campaign_id: int) -> Memory | None:
    """What was kept; None if there is nothing, or nothing that can be read."""
    row = database.row("SELECT memory FROM pacing_memory WHERE campaign_id = ?", (campaign_id,))
    try:
        found = json.loads(row[0]) if row else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def record_paces(database: Database, paces: Sequence[RecordPace], to_wall: ToWall) -> None:
    """Add rows to the journal."""
    rows = [
        (
            *(c.campaign_id, to_wall(c.at), c.placed, c.decisions, c.idle, c.waiting),
            *(c.in_flight, c.risk, c.allowed, c.reason),
        )
        for c in paces
    ]
    database.run_many(NOTE, rows)


def prune_paces(database: Database, before: int) -> int:
    """Take rows older than that (epoch ms) out of the journal; how many."""
    return database.run("DELETE FROM pacing_journal WHERE at < ?", (before,))


def list_paces(database: Database, wanted: PaceFilter) -> list[dict[str, Any]]:
    """Rows of the journal in order, with the campaign's name."""
    wanted_id = wanted.campaign_id
    of_campaign = [] if wanted_id is None else [PacingJournal.campaign_id == wanted_id]
    query = (
        PacingJournal.select(PacingJournal, Campaign.name.alias("campaign"))
        .join(Campaign, on=(Campaign.id == PacingJournal.campaign_id))
        .where(*of_campaign, *within(PacingJournal.at, PacingJournal.id, wanted))
        .order_by(PacingJournal.at, PacingJournal.id)
        .limit(wanted.limit)
    )
    return database.select(query)
