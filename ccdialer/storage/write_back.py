"""Promises outside systems what they are told of calls, in the transaction that writes the call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from ccdialer.core.commands import RecordResult
from ccdialer.core.notice import Direction, Notice, NoticeKind
from ccdialer.core.queue import MET_NOBODY, Fate
from ccdialer.storage.database import Database
from ccdialer.storage.outbox import Promise, promise

MISSED = MET_NOBODY | {Fate.CALLBACK}
"""Fates of callers who are to be called back."""

# Of what was never dialed nobody is told.
ATTEMPTS = """
    SELECT attempt.id, number,
        COALESCE((SELECT caller_id FROM leg WHERE leg.attempt_id = attempt.id AND role = 'client'
            ORDER BY leg.opened_at DESC LIMIT 1), ''),
        project.name, campaign.name, COALESCE(login, ''), COALESCE(phone, ''),
        COALESCE(dialed_at, attempt.opened_at), joined_at,
        ended_at, COALESCE(disposition, ''), note, COALESCE(result.result, ''),
        COALESCE(NULLIF(result.kind, ''), result.reason, ''), COALESCE(result.comment, ''),
        COALESCE((SELECT recording.name || '.' || format FROM recording
            WHERE recording.attempt_id = attempt.id AND recording.state NOT IN ('failed', 'deleted')
            ORDER BY begun_at DESC LIMIT 1), ''),
        '', attempt.task_id, COALESCE(external_id, '')
    FROM attempt JOIN campaign ON campaign.id = attempt.campaign_id
        JOIN project ON project.id = campaign.project_id
        JOIN task ON task.id = attempt.task_id
        LEFT JOIN agent ON agent.id = attempt.agent_id
        LEFT JOIN result ON result.attempt_id = attempt.id
    WHERE attempt.id {in_ids} AND COALESCE(dialed_at, attempt.joined_at) IS NOT NULL
    ORDER BY attempt.opened_at, attempt.id"""

INBOUND = """
    SELECT inbound_call.id, number, did, COALESCE(project.name, ''), COALESCE(campaign.name, ''),
        COALESCE(login, ''), COALESCE(phone, ''), arrived_at, joined_at, ended_at,
        COALESCE(fate, ''), fate_reason, COALESCE(result.result, ''),
        COALESCE(NULLIF(result.kind, ''), result.reason, ''), COALESCE(result.comment, ''),
        COALESCE((SELECT recording.name || '.' || format FROM recording
            WHERE recording.attempt_id = inbound_call.id
                AND recording.state NOT IN ('failed', 'deleted')
            ORDER BY begun_at DESC LIMIT 1), ''),
        client_id, inbound_call.task_id, ''
    FROM inbound_call LEFT JOIN campaign ON campaign.id = inbound_call.campaign_id
        LEFT JOIN project ON project.id = COALESCE(inbound_call.project_id, campaign.project_id)
        LEFT JOIN agent ON agent.id = inbound_call.agent_id
        LEFT JOIN result ON result.attempt_id = inbound_call.id
    WHERE inbound_call.id {in_ids}
    ORDER BY arrived_at, inbound_call.id"""

OUT, IN = Direction.OUTBOUND, Direction.INBOUND
TABLES = ((ATTEMPTS, OUT), (INBOUND, IN))


def promise_calls(database: Database, attempt_ids: Collection[str], at: int) -> None:
    """Of attempts that have just been closed; `at` in epoch ms, as everywhere here."""
    _promise(database, [(ATTEMPTS, OUT)], attempt_ids, at, lambda notice: NoticeKind.CALLS)


def promise_inbound(database: Database, call_ids: Collection[str], at: int) -> None:
    """Of calls that came in and have just been closed."""
    _promise(database, [(INBOUND, IN)], call_ids, at, _of_fate)


def _of_fate(notice: Notice) -> NoticeKind:
    return NoticeKind.MISSED if notice.result in MISSED else NoticeKind.CALLS


def promise_starts(database: Database, call_ids: Collection[str], at: int) -> None:
    """Of talks that have just begun, of either direction."""
    _promise(database, TABLES, call_ids, at, lambda notice: NoticeKind.STARTED)


def promise_notes(
    database: Database, commands: Sequence[RecordResult], to_wall: Callable[[float], int]
) -> None:
    """Of results that agents have just given. Another result to the same call is another note."""
    last = {c.attempt_id: c for c in commands}  # the words that were kept
    for c in last.values() if database.wishes else ():
        at = to_wall(c.at)
        for notice in _notices(database, TABLES, [c.attempt_id]):
            promise(database, _wished(database, notice, NoticeKind.NOTES, at, f"/{at}"))


def _promise(
    database: Database,
    tables: Iterable[tuple[str, Direction]],
    call_ids: Collection[str],
    at: int,
    kind_of: Callable[[Notice], NoticeKind],
) -> None:
    if not database.wishes or not call_ids:
        return
    notices = list(_notices(database, tables, call_ids))
    promises = [p for n in notices for p in _wished(database, n, kind_of(n), at)]
    promise(database, promises)


def _notices(
    database: Database, tables: Iterable[tuple[str, Direction]], call_ids: Collection[str]
) -> Iterator[Notice]:
    keys = database.keys(call_ids)
    for sql, direction in tables:
        for call_id, *rest in database.rows(sql, (keys,)):
            yield Notice(NoticeKind.CALLS, call_id, direction, *rest)


def _wished(
    database: Database, notice: Notice, kind: NoticeKind, at: int, again: str = ""
) -> list[Promise]:
    notice = replace(notice, kind=kind)
    return [
        Promise(
            wish.connector,
            key_of(wish.connector, kind, notice.call_id) + again,
            notice.number or notice.call_id,
            notice,
            at,
        )
        for wish in database.wishes
        if wish.covers(kind, notice.project)
    ]


def key_of(connector: str, kind: NoticeKind, call_id: str) -> str:
    """Under which a notice is promised, once."""
    return f"{connector}/{kind}/{call_id}"
