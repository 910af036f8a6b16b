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

EVIDENCE_MS = 3 * DAY_MS
"""So far back it is looked whether calls of a number come to us; a weekend is shorter."""

# Who waits in a queue has a row that says so, and is believed there until Asterisk has been asked.
# A dialplan may only ask where calls belong, send them into queues of its own and tell nothing
# more: all its rows look like those of callers who hung up on the way. So a row counts only if
# others to the same number, sent to the same target, are known to come into our hands: they have
# waited in a queue (some of them without a route, which a killed daemon did not write down), or
# their end was told. What is closed here is no such knowledge.
UNTOLD = """
    WITH known AS MATERIALIZED (
        SELECT DISTINCT did, target_kind, target FROM inbound_call
        WHERE arrived_at BETWEEN ? AND ?
            AND (queued_at IS NOT NULL OR target_kind <> '' AND fate <> ?))
    SELECT id, leg_id FROM inbound_call
    WHERE node = ? AND ended_at IS NULL AND queued_at IS NULL AND arrived_at BETWEEN ? AND ?
        AND EXISTS (SELECT 1 FROM campaign WHERE campaign.project_id = inbound_call.project_id
            AND state = ? AND settings LIKE ?)
        AND EXISTS (SELECT 1 FROM known WHERE known.did = inbound_call.did
            AND (known.target_kind = '' OR known.target_kind = inbound_call.target_kind
                AND known.target = inbound_call.target))
    ORDER BY arrived_at, id"""


def close_forgotten(
    database: Database, node: str, living: Container[str], before: int, now: int
) -> list[int]:
    """Close the node's calls of the last day that came before `before` and have no channel any
    more: who had been routed to where callers come into our hands, and hung up before a queue knew
    him, is lost, and called back. The callbacks that came of it. Instants in epoch ms."""
    at_work = (CampaignState.ACTIVE, f"%{mode_words(Mode.INBOUND)}%")
    known = (now - EVIDENCE_MS, now, Fate.LOST)
    untold = database.rows(UNTOLD, (*known, node, now - DAY_MS, before, *at_work))
    gone = [call_id for call_id, leg_id in untold if leg_id not in living]
    return close_calls(database, [Ending(i, Fate.LOST, now, reason=UNSEEN) for i in gone])
