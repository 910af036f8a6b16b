"""Closes calls that were routed and ended while nobody looked: who is lost is called back."""

from __future__ import annotations

from collections.abc import Container

from ccdialer.core.campaign import CampaignState, Mode
from ccdialer.core.queue import Fate
from ccdialer.storage.campaigns import mode_words
from ccdialer.storage.database import Database
from ccdialer.storage.inbound import Ending, close_calls

DAY_MS = 86_400_000
UNSEEN = "nobody saw the end of his call"

# Who waits in a queue has a row that says so, and is believed there until Asterisk has been asked.
# A site whose projects have no queue at work may have its calls routed and tell nothing more.
UNTOLD = """
    SELECT id, leg_id FROM inbound_call
    WHERE node = ? AND ended_at IS NULL AND queued_at IS NULL AND arrived_at BETWEEN ? AND ?
        AND EXISTS (SELECT 1 FROM campaign WHERE campaign.project_id = inbound_call.project_id
            AND state = ? AND settings LIKE ?)
    ORDER BY arrived_at, id"""


def close_forgotten(
    database: Database, node: str, living: Container[str], before: int, now: int
) -> list[int]:
    """Close the node's calls of the last day that came before `before` and have no channel any
    more: who had been routed, and hung up before a queue knew him, is lost, and called back. The
    callbacks that came of it. Instants in epoch ms."""
    queues = f"%{mode_words(Mode.INBOUND)}%"
    values = (node, now - DAY_MS, before, CampaignState.ACTIVE, queues)
    untold = database.rows(UNTOLD, values)
    gone = [call_id for call_id, leg_id in untold if leg_id not in living]
    return close_calls(database, [Ending(i, Fate.LOST, now, reason=UNSEEN) for i in gone])
