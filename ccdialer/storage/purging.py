"""What is known of callers is deleted: all calls before an instant, or whatever names a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ccdialer.storage.database import Database

DAY_MS = 86_400_000
PAGE = 500
"""Calls deleted in one transaction: a live daemon waits for each."""

# A file whose call nobody knows would be a stranger to the care of recordings, and stay for ever.
CALLS = """
    SELECT arrived_at, id, EXISTS (SELECT 1 FROM recording WHERE attempt_id = inbound_call.id
            AND recording.state NOT IN ('failed', 'deleted'))
    FROM inbound_call WHERE arrived_at < ? AND (arrived_at, id) > (?, ?)
    ORDER BY arrived_at, id LIMIT ?"""

# What agents said of a call stands in the journal too, within a day of it.
UNSAY = """
    UPDATE journal SET detail = '{}' WHERE kind = 'result' AND attempt_id = ?
        AND agent_id IN (SELECT agent_id FROM result WHERE attempt_id = ?) AND at BETWEEN ? AND ?"""

DROP_RESULTS = "DELETE FROM result WHERE attempt_id {in_ids}"
DROP_CALLS = "DELETE FROM inbound_call WHERE id {in_ids}"

OF_NUMBER = """
    SELECT arrived_at, id FROM inbound_call
    WHERE number = ? AND (ended_at IS NOT NULL OR arrived_at < ?)
    ORDER BY arrived_at {for_update}"""

# It counts on in reports, as the call of one who hides his number.
UNNAME = """
    UPDATE inbound_call SET number = '', caller_name = '', client_id = '', client_name = '',
        trace = '', waits = '{}'
    WHERE id {in_ids}"""
UNCOMMENT = "UPDATE result SET comment = '' WHERE attempt_id {in_ids}"
DROP_CARDS = "DELETE FROM crm_card WHERE number = ? OR number LIKE ?"  # the second: by project
DROP_NOTICES = "DELETE FROM outbox WHERE subject = ? AND state <> 'sending'"

REMAINS = {
    "a call that goes on": "SELECT count(*) FROM inbound_call WHERE number = ?",
    "a notice on its way": "SELECT count(*) FROM outbox WHERE subject = ?",
    "tasks, with their attempts": "SELECT count(*) FROM task_number WHERE e164 = ?",
    "clients of the client base": "SELECT count(*) FROM client_number WHERE e164 = ?",
    "entries of do-not-call lists": "SELECT count(*) FROM do_not_call WHERE e164 = ?",
}


class Purged(NamedTuple):
    """A page of calls: how many are gone, how many stay for their recordings, and the last of it;
    None: there are no more."""

    gone: int
    kept: int
    last: tuple[int, str] | None


BEGINNING = (0, "")


def purge_calls(
    database: Database, before: int, after: tuple[int, str], is_dry: bool = False
) -> Purged:
    """Delete a page of the calls that came in before an instant (epoch ms, a day ago or more), with
    what agents said of them; `after` is the last call of the page before. Dry: only count."""
    with database.transaction():
        rows = database.rows(CALLS, (before, *after, PAGE))
        going = [(at, call_id) for at, call_id, is_recorded in rows if not is_recorded]
        if not is_dry:
            _unsay(database, going)
            keys = database.keys([call_id for _, call_id in going])
            for sql in (DROP_RESULTS, DROP_CALLS):
                database.run(sql, (keys,))
    last = (rows[-1][0], rows[-1][1]) if len(rows) == PAGE else None
    return Purged(len(going), len(rows) - len(going), last)


def _unsay(database: Database, calls: Sequence[tuple[int, str]]) -> None:
    database.run_many(UNSAY, [(i, i, at, at + DAY_MS) for at, i in calls])


def forget_number(database: Database, number: str, now: int) -> dict[str, int]:
    """Of a number (E.164): its calls lose it and all that tells who called, what CRMs said and what
    they are yet to be told is deleted; how many of each. `now` is epoch ms."""
    with database.transaction():
        calls = [(at, i) for at, i in database.rows(OF_NUMBER, (number, now - DAY_MS))]
        _unsay(database, calls)
        keys = database.keys([call_id for _, call_id in calls])
        for sql in (UNCOMMENT, UNNAME):
            database.run(sql, (keys,))
        cards = database.run(DROP_CARDS, (number, f"%/{number}"))
        notices = database.run(DROP_NOTICES, (number,))
    return {"calls": len(calls), "cards": cards, "notices": notices}


def remains_of(database: Database, number: str) -> dict[str, int]:
    """Where else the number stands, and how often; nothing that is none."""
    counts = {what: database.rows(sql, (number,))[0][0] for what, sql in REMAINS.items()}
    return {what: count for what, count in counts.items() if count}
