"""Calls whose queue is Asterisk's own, or that no daemon was there for: the site's dialplan tells
who talked, and who was lost; at the end of the call, or later."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_OID, uuid5

from ccdialer.core.queue import Fate
from ccdialer.storage.database import Database
from ccdialer.storage.inbound import Ending, close_calls

BEGIN = """
    INSERT INTO inbound_call (id, node, leg_id, number, caller_name, did, project_id, ad_channel,
        client_id, client_name, stage, pipeline, card_status, target_kind, target, reason, trace,
        campaign_id, arrived_at, queued_at, fate_reason)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '', '', '', '', ?, ?, '', '', ?, ?, ?, '')
    ON CONFLICT (id) DO UPDATE SET
        project_id = COALESCE(inbound_call.project_id, excluded.project_id),
        campaign_id = COALESCE(inbound_call.campaign_id, excluded.campaign_id),
        queued_at = COALESCE(inbound_call.queued_at, excluded.queued_at)
    WHERE inbound_call.ended_at IS NULL"""

TALK = """
    UPDATE inbound_call SET joined_at = ?, agent_id = ? WHERE id = ? AND ended_at IS NULL
        AND joined_at IS NULL"""

# Routed by a daemon that answered too late, so that the dialplan does not know the call's id.
OF_LEG = """
    SELECT id FROM inbound_call WHERE node = ? AND leg_id = ? AND arrived_at BETWEEN ? AND ?
    ORDER BY arrived_at LIMIT 1"""
EARLIER_MS = 60_000  # its clock and ours may differ

# He had left a queue of ours for the site's own, and it is told now what became of him there.
GO_ON = """
    UPDATE inbound_call SET ended_at = NULL, fate = NULL
    WHERE id = ? AND fate = 'sent_on' AND ended_at <= ?"""


@dataclass(frozen=True, slots=True)
class SiteCall:
    """A call as the dialplan tells of it. Instants in epoch ms."""

    node: str
    leg_id: str  # Asterisk's channel: its unique id
    number: str  # E.164; empty: hidden
    project_id: int | None
    arrived_at: int  # or the first instant that is known of it
    call_id: str = ""  # CCD_CALL, where a script has routed it
    campaign_id: int | None = None  # of a queue in ccdialer by the same name, for its settings
    queue: str = ""  # app_queue's name
    name: str = ""
    did: str = ""
    ad_channel: str = ""
    told_at: int | None = None  # when it is told later than at its end, which nobody heard of then


def call_of_channel(node: str, leg_id: str) -> str:
    """The call's id where no script has given it one: always the same for one channel."""
    return uuid5(NAMESPACE_OID, f"{node}/{leg_id}").hex


def talked(
    database: Database,
    call: SiteCall,
    agent_id: int | None,
    joined_at: int,
    ended_at: int | None = None,
) -> str:
    """An agent has the caller (None: somebody who is no agent here); told with its end, or before
    it: then `lost_call` at the hang-up ends it as answered. Told again, it changes nothing.
    Returns the call's id."""
    with database.transaction():
        call_id = _id_of(database, call)
        _begin(database, call, call_id, joined_at)
        database.run(TALK, (joined_at, agent_id, call_id))
        if ended_at is not None:
            ending = Ending(call_id, Fate.ANSWERED, ended_at, None, joined_at, agent_id)
            close_calls(database, [ending._replace(told_at=call.told_at)])
    return call_id


def lost_call(
    database: Database,
    call: SiteCall,
    now: int,
    fate: Fate = Fate.LEFT,
    reason: str = "",
) -> int | None:
    """The call is over (told at every hang-up), or will meet nobody; the callback's task, if one
    came of it. Who has talked is not lost. `fate` CALLBACK: he asked for it, and keeps his place.
    Told again, it changes nothing, and returns the same."""
    since = call.arrived_at if fate is Fate.CALLBACK else None
    with database.transaction():
        call_id = _id_of(database, call)
        _begin(database, call, call_id, now)
        ending = Ending(call_id, fate, now, reason=reason, keeps_place_from=since)
        close_calls(database, [ending._replace(told_at=call.told_at)])
        row = database.row("SELECT task_id FROM inbound_call WHERE id = ?", (call_id,))
    return None if row is None else row[0]


def _id_of(database: Database, call: SiteCall) -> str:
    """As its route has named it, or by its channel."""
    if not call.call_id and call.told_at is not None:
        since = call.arrived_at - EARLIER_MS
        routed = database.row(OF_LEG, (call.node, call.leg_id, since, call.told_at))
        if routed is not None:
            return str(routed[0])
    return call.call_id or call_of_channel(call.node, call.leg_id)


def _begin(database: Database, call: SiteCall, call_id: str, at: int) -> None:
    """The call's row, open; unless it is closed for good."""
    database.run(GO_ON, (call_id, at))
    who = (call_id, call.node, call.leg_id, call.number, call.name, call.did, call.project_id)
    where = (call.ad_channel, "queue" if call.queue else "", call.queue, call.campaign_id)
    queued_at = call.arrived_at if call.queue or call.campaign_id is not None else None
    database.run(BEGIN, (*who, *where, call.arrived_at, queued_at))
