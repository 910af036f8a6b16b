"""Closes calls that ended between two who look after them, the dialplan and a queue: who is lost is
called back."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Sequence

from ccdialer.core.campaign import Campaign, CampaignState, Mode
from ccdialer.core.commands import LoseCaller
from ccdialer.core.queue import Fate
from ccdialer.core.queue_names import Place, queue_meant
from ccdialer.core.target import TargetKind, target_of
from ccdialer.storage.attempts import ToWall
from ccdialer.storage.campaigns import list_campaigns, list_projects, mode_words
from ccdialer.storage.database import Database
from ccdialer.storage.inbound import Ending, close_calls

DAY_MS = 86_400_000
UNSEEN = "nobody saw the end of his call"
ON_THE_WAY = "he was sent on, and did not get there"

SENT_ON = """
    SELECT id, leg_id, campaign_id FROM inbound_call
    WHERE node = ? AND arrived_at BETWEEN ? AND ? AND ended_at <= ? AND fate = 'sent_on'
        AND campaign_id IS NOT NULL AND task_id IS NULL
    ORDER BY arrived_at, id"""

# Where a later queue has him, or somebody has told what became of him, it is known better.
OPEN_AGAIN = """
    UPDATE inbound_call SET ended_at = NULL, fate = NULL
    WHERE id = ? AND fate = 'sent_on' AND ended_at <= ? RETURNING id"""

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
    more: who had been routed to where callers come into our hands, or sent on to another queue, and
    hung up before that queue knew him, is lost, and called back. The callbacks that came of it.
    Instants in epoch ms."""
    at_work = (CampaignState.ACTIVE, f"%{mode_words(Mode.INBOUND)}%")
    known = (now - EVIDENCE_MS, now, Fate.LOST)
    untold = database.rows(UNTOLD, (*known, node, now - DAY_MS, before, *at_work))
    gone = [call_id for call_id, leg_id in untold if leg_id not in living]
    endings = [Ending(i, Fate.LOST, now, reason=UNSEEN) for i in gone]
    sent_on = database.rows(SENT_ON, (node, now - DAY_MS, before, before))
    lost = [(i, campaign_id) for i, leg_id, campaign_id in sent_on if leg_id not in living]
    return close_calls(database, endings) + _lose(database, _never_came(database, lost, now))


def _never_came(database: Database, sent_on: Sequence[tuple[str, int]], now: int) -> list[Ending]:
    """Who was sent on to another queue of ours, which would have told of him."""
    campaigns = {c.id: c for c in list_campaigns(database)} if sent_on else {}
    places = _places(database, campaigns.values()) if sent_on else {}
    known = {place for i, place in places.items() if campaigns[i].state is CampaignState.ACTIVE}
    return [
        Ending(call_id, Fate.LOST, now, reason=ON_THE_WAY)
        for call_id, campaign_id in sent_on
        if campaign_id in places and _leads_to(campaigns[campaign_id], places[campaign_id], known)
    ]


def _places(database: Database, campaigns: Iterable[Campaign]) -> dict[int, Place]:
    projects = list_projects(database)
    queues = (c for c in campaigns if c.settings.mode is Mode.INBOUND)
    return {c.id: (projects[c.project_id], c.name) for c in queues}


def _leads_to(queue: Campaign, place: Place, known: Collection[Place]) -> bool:
    target = target_of(queue.settings.queue.overflow)
    if target is None or target.kind is not TargetKind.QUEUE:
        return False
    return queue_meant(target.name, place[0], known) is not None


def lose_callers(database: Database, commands: Sequence[LoseCaller], to_wall: ToWall) -> list[int]:
    """Who had hung up before the dialplan had him again has left the queue, like all who met nobody
    there. The callbacks that came of it."""
    endings = [Ending(c.call_id, Fate.LEFT, to_wall(c.at), reason=ON_THE_WAY) for c in commands]
    return _lose(database, endings)


def _lose(database: Database, endings: Iterable[Ending]) -> list[int]:
    """What is known better stays."""
    asked = [(ending, (ending.call_id, ending.ended_at)) for ending in endings]
    return close_calls(database, [end for end, of in asked if database.rows(OPEN_AGAIN, of)])
