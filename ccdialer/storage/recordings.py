"""Which talks were recorded under which names, and what has become of the files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, fn

from ccdialer.core.commands import NoteRecording, OpenRecording
from ccdialer.core.stored import RecordingState
from ccdialer.storage.attempts import ToWall
from ccdialer.storage.database import Database
from ccdialer.storage.models import Agent, Attempt, Campaign, InboundCall, Recording
from ccdialer.storage.paging import within

PAGE = 1000
Row = dict[str, Any]

NUMBER = fn.COALESCE(Attempt.number, InboundCall.number)
CAMPAIGN = fn.COALESCE(Attempt.campaign_id, InboundCall.campaign_id)
AGENT = fn.COALESCE(Attempt.agent_id, InboundCall.agent_id)

OPEN = """
    INSERT INTO recording (name, attempt_id, node, format, begun_at, state, reason)
    VALUES (?, ?, ?, ?, ?, 'asked', '') ON CONFLICT DO NOTHING"""

# What was deleted stays so, and what is complete is not begun again by a word that came late.
NOTE = """
    UPDATE recording SET state = ?, reason = ?, seconds = COALESCE(?, seconds),
        size = COALESCE(?, size)
    WHERE name = ? AND state <> 'deleted' AND NOT (state IN ('done', 'failed') AND ? = 'running')"""

# A recording is of an attempt or of a call that came in, whose ids are of one kind.
CALLS = """
    recording LEFT JOIN attempt ON attempt.id = attempt_id
        LEFT JOIN inbound_call ON inbound_call.id = attempt_id"""
ENDED_AT = "COALESCE(attempt.ended_at, inbound_call.ended_at)"

LIVE = f"""
    SELECT name FROM {CALLS} WHERE recording.node = ? AND name {{in_ids}} AND {ENDED_AT} IS NULL"""

UNFINISHED = f"""
    SELECT name, format, begun_at FROM {CALLS}
    WHERE recording.node = ? AND recording.state IN ('asked', 'running') AND {ENDED_AT} < ?
    ORDER BY begun_at LIMIT ?"""

OF_ATTEMPTS = """
    SELECT attempt_id, name, state, seconds, reason FROM recording
    WHERE attempt_id {in_ids} ORDER BY attempt_id, begun_at, name"""

KNOWN = "SELECT name, node, begun_at, state FROM recording WHERE name {in_ids}"

DELETE = """
    UPDATE recording SET state = 'deleted', reason = ?, deleted_at = ?
    WHERE name {in_ids} AND state <> 'deleted'
        AND attempt_id NOT IN (SELECT id FROM attempt WHERE ended_at IS NULL)
        AND attempt_id NOT IN (SELECT id FROM inbound_call
            WHERE ended_at IS NULL AND joined_at IS NOT NULL)"""


@dataclass(frozen=True, slots=True)
class RecordingFilter:
    """Which recordings to list; None: any. Instants in epoch ms, `since` within, `until` without.
    `after` is (begun_at, name) of the last row of the page before."""

    attempt_id: str | None = None
    campaign_id: int | None = None
    agent_id: int | None = None
    number: str | None = None  # E.164
    states: Sequence[RecordingState] = ()
    since: int | None = None
    until: int | None = None
    after: tuple[int, str] | None = None
    limit: int = PAGE


def open_recordings(
    database: Database, commands: Sequence[OpenRecording], node: str, to_wall: ToWall
) -> None:
    """Note that files of these names are about to be."""
    rows = [(c.name, c.attempt_id, node, c.format, to_wall(c.at)) for c in commands]
    database.run_many(OPEN, rows)


def note_recordings(database: Database, commands: Sequence[NoteRecording]) -> None:
    """Note what has become of them; names that are not known are no recordings of ours."""
    rows = [(c.state, c.reason, c.seconds, c.size, c.name, c.state) for c in commands]
    database.run_many(NOTE, rows)


def list_recordings(database: Database, wanted: RecordingFilter) -> list[Row]:
    """Recordings in the order they were begun, with the names of campaign and agent."""
    query = (
        Recording.select(
            Recording,
            Recording.attempt_id.alias("attempt"),
            *(NUMBER.alias("number"), Attempt.task, CAMPAIGN.alias("campaign_id")),
            fn.COALESCE(Attempt.ended_at, InboundCall.ended_at).alias("ended_at"),
            *(Campaign.name.alias("campaign"), Agent.login.alias("agent")),
        )
        .join(Attempt, JOIN.LEFT_OUTER, on=(Attempt.id == Recording.attempt_id))
        .join(InboundCall, JOIN.LEFT_OUTER, on=(InboundCall.id == Recording.attempt_id))
        .join(Campaign, JOIN.LEFT_OUTER, on=(Campaign.id == CAMPAIGN))
        .join(Agent, JOIN.LEFT_OUTER, on=(Agent.id == AGENT))
        .where(*_conditions(wanted))
        .order_by(Recording.begun_at, Recording.name)
        .limit(wanted.limit)
    )
    return database.select(query)


def _conditions(wanted: RecordingFilter) -> list[Any]:
    equal = (
        (Recording.attempt_id, wanted.attempt_id),
        (CAMPAIGN, wanted.campaign_id),
        (AGENT, wanted.agent_id),
        (NUMBER, wanted.number),
    )
    conditions = [field == value for field, value in equal if value is not None]
    if wanted.states:
        conditions.append(Recording.state.in_(list(wanted.states)))
    return conditions + within(Recording.begun_at, Recording.name, wanted)


def recordings_of(database: Database, attempt_ids: Iterable[str]) -> dict[str, list[Row]]:
    """The recordings of each attempt that has any, in order: name, state, seconds, reason."""
    rows = database.rows(OF_ATTEMPTS, (database.keys(attempt_ids),))
    found: dict[str, list[Row]] = {}
    for attempt_id, name, state, seconds, reason in rows:
        row = {"name": name, "state": state, "seconds": seconds, "reason": reason}
        found.setdefault(attempt_id, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What is known of a file by its name."""

    node: str
    begun_at: int
    state: RecordingState
    is_live: bool  # its call is not closed yet


def known_files(database: Database, node: str, names: Sequence[str]) -> dict[str, KnownFile]:
    """Those of the names that belong to an attempt."""
    keys = database.keys(names)
    live = {name for (name,) in database.rows(LIVE, (node, keys))}
    return {
        name: KnownFile(owner, begun_at, RecordingState(state), name in live)
        for name, owner, begun_at, state in database.rows(KNOWN, (keys,))
    }


def unfinished(database: Database, node: str, before: int, limit: int) -> list[tuple[str, str]]:
    """Name and format of recordings whose attempt was closed before that instant (epoch ms), and of
    whose end nobody has told: the daemon was away then."""
    rows = database.rows(UNFINISHED, (node, before, limit))
    return [(name, kind) for name, kind, _ in rows]


def mark_deleted(database: Database, names: Sequence[str], reason: str, now: int) -> list[str]:
    """Say of recordings that they are deleted, before their files are; the names of which that is
    so. A talk that goes on keeps its recording."""
    keys = database.keys(names)
    with database.transaction():
        database.run(DELETE, (reason, now, keys))
        rows = database.rows(KNOWN, (keys,))
    return [name for name, _, _, state in rows if state == RecordingState.DELETED]
