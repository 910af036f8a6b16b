"""Writes what happens to callers: queued, joined, and closed with what that means for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.commands import CloseInbound, JoinInbound, OpenInbound
from ccdialer.core.events import CallerFound
from ccdialer.core.queue import MET_NOBODY, Caller, Fate
from ccdialer.core.routing import WAITED_FOR
from ccdialer.core.stored import RecordingState
from ccdialer.core.target import Target, TargetKind
from ccdialer.storage.attempts import ToWall
from ccdialer.storage.campaigns import settings_from_json
from ccdialer.storage.database import Database
from ccdialer.storage.duplicates import of_callers
from ccdialer.storage.holds import withdraw
from ccdialer.storage.lost import CalledBack, Missed, call_back
from ccdialer.storage.reached import Reached, close_callbacks
from ccdialer.storage.recordings import Row, recordings_of
from ccdialer.storage.settings import from_json
from ccdialer.storage.since import was_lost_since
from ccdialer.storage.write_back import promise_inbound, promise_starts

SOMEBODY = WAITED_FOR | {TargetKind.EXTENSION}
"""Who is sent on to these may yet meet somebody: whoever has him then tells what became of him."""

# A script may have begun the row, and a queue before this one may have sent him on to it. That one
# ended before he came here, so that a batch which is carried out again opens nothing.
OPEN = """
    INSERT INTO inbound_call (id, node, leg_id, number, caller_name, did, project_id, ad_channel,
        client_id, client_name, stage, pipeline, owner_id, card_status, target_kind, target,
        reason, trace, waits, campaign_id, arrived_at, queued_at, fate_reason)
    VALUES (?, ?, ?, ?, ?, ?, (SELECT project_id FROM campaign WHERE id = ?), '', '', '', '', '',
        ?, '', '', '', '', '', ?, ?, ?, ?, '')
    ON CONFLICT (id) DO UPDATE SET
        node = excluded.node, leg_id = excluded.leg_id,
        number = CASE inbound_call.number WHEN '' THEN excluded.number
            ELSE inbound_call.number END,
        caller_name = CASE inbound_call.caller_name WHEN '' THEN excluded.caller_name
            ELSE inbound_call.caller_name END,
        did = CASE inbound_call.did WHEN '' THEN excluded.did ELSE inbound_call.did END,
        project_id = COALESCE(inbound_call.project_id, excluded.project_id),
        owner_id = COALESCE(excluded.owner_id, inbound_call.owner_id),
        waits = excluded.waits,
        campaign_id = excluded.campaign_id, queued_at = excluded.queued_at,
        ended_at = NULL, fate = NULL, fate_reason = ''
    WHERE inbound_call.ended_at IS NULL
        OR (inbound_call.fate IN ('sent_on', 'lost')
            AND excluded.queued_at > inbound_call.ended_at)"""

JOIN = """
    UPDATE inbound_call SET agent_id = ?, agent_leg_id = ?, joined_at = ?
    WHERE id = ? AND ended_at IS NULL"""

CLOSING = """
    SELECT id, number,
        COALESCE(project_id, (SELECT project_id FROM campaign WHERE campaign.id = campaign_id)),
        campaign_id, queued_at, joined_at, task_id,
        CASE target_kind WHEN 'queue' THEN target ELSE '' END
    FROM inbound_call WHERE id {in_ids} AND ended_at IS NULL ORDER BY id {for_update}"""

CLOSE = """
    UPDATE inbound_call SET ended_at = ?, fate = ?, fate_reason = ?,
        queued_at = COALESCE(queued_at, ?), joined_at = COALESCE(joined_at, ?),
        agent_id = COALESCE(?, agent_id)
    WHERE id = ?"""

CAME_OF_IT = "UPDATE inbound_call SET task_id = ?, fate_reason = ? WHERE id = ?"

QUEUES = "SELECT id, name, settings FROM campaign WHERE id {in_ids}"

KNOWN = ("call_id", "leg_id", "number", "name", "did", "owner_id")
FOUND = """
    SELECT inbound_call.id, leg_id, number, caller_name, did, owner_id, campaign_id, queued_at,
        joined_at, agent_id, agent_leg_id, waits, campaign.settings
    FROM inbound_call JOIN campaign ON campaign.id = campaign_id
    WHERE node = ? AND ended_at IS NULL AND queued_at IS NOT NULL
    ORDER BY queued_at, inbound_call.id"""


def open_inbound(
    database: Database, commands: Sequence[OpenInbound], node: str, to_wall: ToWall
) -> None:
    """Keep who waits in a queue; the row may have been begun by whoever routed him."""
    rows = []
    for c in commands:
        who, at = c.caller, to_wall(c.at)
        known = (who.call_id, node, who.leg_id, who.number, who.name, who.did)
        rows.append((*known, c.campaign_id, who.owner_id, _waits(who), c.campaign_id, at, at))
    database.run_many(OPEN, rows)


def _waits(caller: Caller) -> str:
    terms = {
        "owner_wait_s": caller.owner_wait_s,
        "groups": sorted(caller.groups),
        "priority": caller.priority,
        "may_be_called": caller.may_be_called,
        "news": caller.news,
    }
    return json.dumps(terms, ensure_ascii=False)


def join_inbound(database: Database, commands: Sequence[JoinInbound], to_wall: ToWall) -> None:
    """Keep who talks with whom, so that a restart can adopt the call."""
    rows = [(c.agent_id, c.agent_leg_id, to_wall(c.at), c.call_id) for c in commands]
    with database.transaction():
        database.run_many(JOIN, rows)
        begun = max((to_wall(c.at) for c in commands), default=0)
        promise_starts(database, [c.call_id for c in commands], begun)


# --- how it ends --------------------------------------------------------------------------------


class _Row(NamedTuple):
    """A caller's row before it is closed."""

    id: str
    number: str
    project_id: int | None
    campaign_id: int | None
    queued_at: int | None
    joined_at: int | None
    task_id: int | None  # the callback that came of it before: he was sent on since
    queue: str  # its name, of one that is the site's own


class _Queue(NamedTuple):
    name: str
    settings: CampaignSettings


TOLD_WHY_NOT = "not called back: "
"""What the reason says, before why, of a caller who met nobody and of whom no callback was made."""

NO_QUEUE = _Queue("", CampaignSettings())
NO_PROJECT = "its number is of no project"


class Ending(NamedTuple):
    """How a caller's call ended. Instants in epoch ms."""

    call_id: str
    fate: Fate
    ended_at: int
    queued_at: int | None = None
    joined_at: int | None = None
    agent_id: int | None = None
    reason: str = ""
    sent_to: Target | None = None
    keeps_place_from: int | None = None
    told_at: int | None = None  # if that is later than its end; something may have come after it


_Queues = dict[int, _Queue]
_Closing = tuple[_Row, Ending]


def close_inbound(
    database: Database, commands: Sequence[CloseInbound], to_wall: ToWall
) -> list[int]:
    """Write what became of callers, and do what it means; the callbacks that came of it. What is
    closed already stays as it is."""
    return close_calls(database, [_ending(c, to_wall) for c in commands])


def _ending(c: CloseInbound, to_wall: ToWall) -> Ending:
    def wall(instant: float | None) -> int | None:
        return None if instant is None else to_wall(instant)

    return Ending(
        *(c.call_id, c.fate, to_wall(c.ended_at), to_wall(c.queued_at), wall(c.joined_at)),
        *(c.agent_id, c.reason, c.sent_to, wall(c.keeps_place_from)),
    )


def close_calls(database: Database, endings: Iterable[Ending]) -> list[int]:
    """The same of any inbound calls: who talked is not called back any more, who met nobody is
    (SPEC E3, E8). One transaction."""
    once = {ending.call_id: ending for ending in reversed(list(endings))}
    with database.transaction():
        rows = [_Row(*row) for row in database.rows(CLOSING, (database.keys(once),))]
        closing = [(row, _seen(row, once[row.id])) for row in rows]
        database.run_many(CLOSE, [_closed(ending) for _, ending in closing])
        made = _settle(database, closing)
        _tell_outside(database, closing)
    return made


def _settle(database: Database, closing: Sequence[_Closing]) -> list[int]:
    """In the order in which they ended: who was lost and then talked is not called back."""
    queues = _queues(database, {row.campaign_id for row, _ in closing if row.campaign_id})
    made = []
    for row, ending in sorted(closing, key=lambda pair: pair[1].ended_at):
        if ending.fate is Fate.ANSWERED:
            _reached(database, row, ending)
        elif row.task_id is None and is_lost(ending):
            queue = queues.get(row.campaign_id or 0, NO_QUEUE)
            made += _call_lost_back(database, row, ending, queue)
    return made


def _tell_outside(database: Database, closing: Sequence[_Closing]) -> None:
    """Of a call that goes on to another queue that queue will tell."""
    over = [
        (row.id, ending.ended_at) for row, ending in closing if not _is_sent_to(WAITED_FOR, ending)
    ]
    if over:
        promise_inbound(database, [i for i, _ in over], max(at for _, at in over))


def _seen(row: _Row, ending: Ending) -> Ending:
    """Who talked was not lost, though nobody saw the end of his talk."""
    joined_at = row.joined_at if ending.joined_at is None else ending.joined_at
    talked = joined_at is not None and ending.fate in MET_NOBODY
    return ending._replace(joined_at=joined_at, fate=Fate.ANSWERED if talked else ending.fate)


def _closed(ending: Ending) -> tuple[object, ...]:
    return (
        *(ending.ended_at, ending.fate, ending.reason, ending.queued_at, ending.joined_at),
        *(ending.agent_id, ending.call_id),
    )


def _reached(database: Database, row: _Row, ending: Ending) -> None:
    """Who has talked with us is not called back for what he was to be called for: his callbacks
    are done, and other tasks as far as their campaigns mind (SPEC E8, D9). One who was lost after
    that talk is."""
    if not row.number or row.project_id is None:
        return
    if ending.told_at and was_lost_since(database, row.number, row.project_id, ending.ended_at):
        return
    talk = Reached(row.id, row.number, row.project_id, ending.ended_at, "inbound call")
    close_callbacks(database, [talk])
    withdraw(database, of_callers(database, [talk]), talk.at)


def _call_lost_back(database: Database, row: _Row, ending: Ending, queue: _Queue) -> list[int]:
    """The task of the callback of one who met nobody, or who has asked for it; none: it is said
    why."""
    task_id, why_not = _call_back(database, row, ending, queue)
    told = f"{TOLD_WHY_NOT}{why_not}" if why_not else ""
    reason = "; ".join(each for each in (ending.reason, told) if each)
    database.run(CAME_OF_IT, (task_id, reason, row.id))
    return [] if task_id is None else [task_id]


def _queues(database: Database, ids: Iterable[int]) -> _Queues:
    rows = database.rows(QUEUES, (database.keys(sorted(ids)),)) if ids else []
    return {i: _Queue(name, _settings(settings)) for i, name, settings in rows}


@lru_cache(maxsize=256)
def _settings(settings: str) -> CampaignSettings:
    return settings_from_json(settings)


def is_lost(ending: Ending) -> bool:
    """Whether a caller whose call ended so is to be called back."""
    if ending.fate is Fate.SENT_ON:
        return not _is_sent_to(SOMEBODY, ending)
    return ending.fate in MET_NOBODY or ending.fate is Fate.CALLBACK


def _is_sent_to(kinds: frozenset[TargetKind], ending: Ending) -> bool:
    return ending.sent_to is not None and ending.sent_to.kind in kinds


def _call_back(database: Database, row: _Row, ending: Ending, queue: _Queue) -> CalledBack:
    if row.project_id is None:
        return CalledBack(None, NO_PROJECT)
    queued_at = row.queued_at if ending.queued_at is None else ending.queued_at
    missed = Missed(
        call_id=row.id,
        number=row.number,
        project_id=row.project_id,
        at=ending.ended_at,
        fate=ending.fate,
        waited_s=None if queued_at is None else (ending.ended_at - queued_at) / 1000,
        queue=queue.name or row.queue,
        settings=queue.settings.queue,
        priority=queue.settings.priority,
        keeps_place_from=ending.keeps_place_from,
        reason=ending.reason,
        told_at=ending.told_at,
    )
    return call_back(database, missed)


# --- at start -----------------------------------------------------------------------------------


def callers_of(database: Database, node: str) -> list[CallerFound]:
    """Callers whom `node` left in a queue or in a talk, who came first first; instants in epoch
    seconds."""
    rows = database.rows(FOUND, (node,))
    recordings = recordings_of(database, [row[0] for row in rows])
    return [_found(row, recordings.get(row[0], [])) for row in rows]


def _found(row: tuple[Any, ...], parts: list[Row]) -> CallerFound:
    campaign_id, *rest = row[len(KNOWN) :]
    queued_at, joined_at, agent_id, agent_leg_id, waits, settings = rest
    known = dict(zip(KNOWN, row, strict=False))
    known["owner_wait_s"] = _settings(settings).queue.owner_first_s
    return CallerFound(
        campaign_id=campaign_id,
        caller=from_json(Caller, waits, **known),
        queued_at=queued_at / 1000,
        joined_at=None if joined_at is None else joined_at / 1000,
        agent_id=agent_id,
        agent_leg_id=agent_leg_id,
        recordings=len(parts),
        is_recorded=any(part["state"] == RecordingState.RUNNING for part in parts),
    )
