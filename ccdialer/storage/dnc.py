"""Do-not-call lists: numbers come on and off them, and the tasks that they end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ccdialer.storage.database import Database
from ccdialer.storage.holds import withdraw
from ccdialer.storage.journal import Entry, note
from ccdialer.storage.refusals import DNC, SITE, holds_of

KNOWN = """
    SELECT e164, reason, until_at FROM do_not_call
    WHERE e164 {in_ids} AND project_id = ? AND source = ?"""

# A number is once on a list from each source, so that the list of a state may be replaced by its
# next edition while what a client asked for stays.
PUT = """
    INSERT INTO do_not_call (e164, project_id, source, reason, since_at, until_at, seen_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (e164, project_id, source) DO UPDATE SET
        reason = excluded.reason, until_at = excluded.until_at, seen_at = excluded.seen_at"""

# The lock comes last before the commit and the entries before the lock: an attempt that is being
# opened meanwhile has locked its task. Either it is committed before these entries are, or it
# waits for them, and its check sees them.
OPEN_TASKS = """
    SELECT id, state, due_at FROM task
    WHERE id IN (SELECT task_id FROM task_number WHERE e164 {in_ids})
        AND state IN ('waiting', 'reserved', 'active') ORDER BY id {for_update}"""

TAKE_OFF = "DELETE FROM do_not_call WHERE e164 {in_ids} AND project_id = ? RETURNING e164, source"

UNSEEN = """
    SELECT e164, seen_at FROM do_not_call
    WHERE project_id = ? AND source = ? AND e164 > ? ORDER BY e164 LIMIT ?"""

DROP = "DELETE FROM do_not_call WHERE e164 {in_ids} AND project_id = ? AND source = ?"

LISTINGS = """
    SELECT e164, project_id, project.name, source, reason, since_at, until_at
    FROM do_not_call LEFT JOIN project ON project.id = project_id"""

PAGE = 1000


@dataclass(frozen=True, slots=True)
class DncList:
    """Which list, and who says so: `project_id` of a project, or SITE."""

    project_id: int = SITE
    source: str = ""


class Listing(NamedTuple):
    """A number that comes on a list."""

    e164: str
    reason: str = ""
    until_at: int | None = None  # epoch ms, without it; None: for good


@dataclass(frozen=True, slots=True)
class Listed:
    """What became of numbers: those that were not on the list from that source before, and the
    tasks that were ended."""

    new: frozenset[str]
    ended: tuple[int, ...]


def put_on_list(
    database: Database, on: DncList, listings: Sequence[Listing], now: int, is_seen: bool = False
) -> Listed:
    """Put numbers on a list, and end the open tasks that have no other number, in one transaction.

    From its commit on no attempt is opened for them. Live calls go on. `is_seen` marks the numbers
    that are there already as named again, for `drop_unseen`. Give some 2,000 at a time: a live
    daemon waits for each transaction. `now` is epoch ms.
    """
    each = {listing.e164: listing for listing in listings}
    numbers = database.keys(each)
    with database.transaction():
        known = {
            e164: Listing(e164, reason, until_at)
            for e164, reason, until_at in database.rows(KNOWN, (numbers, on.project_id, on.source))
        }
        rows = [
            (e164, on.project_id, on.source, listing.reason, now, listing.until_at, now)
            for e164, listing in sorted(each.items())  # two imports lock them in one order
            if is_seen or known.get(e164) != listing
        ]
        database.run_many(PUT, rows)
        ended = _end_tasks(database, numbers, now)
    return Listed(frozenset(each.keys() - known.keys()), ended)


def _end_tasks(database: Database, numbers: Any, now: int) -> tuple[int, ...]:
    """End or put off the open tasks that have none but listed numbers; which."""
    rows = database.rows(OPEN_TASKS, (numbers,))
    due = {task_id: due_at for task_id, state, due_at in rows if state != "active"}
    held = holds_of(database, list(due), now)
    later = {i: hold for i, hold in held.items() if hold.until is None or hold.until > due[i]}
    withdraw(database, later, now)
    return tuple(sorted(later))


def note_listing(
    database: Database, state: str, on: DncList, now: int, detail: dict[str, Any]
) -> None:
    """Tell the journal that a list has changed: `added`, `removed`, `imported`."""
    place = {"project_id": on.project_id, "source": on.source}
    note(database, Entry(now, DNC, state, detail=place | detail))


def take_off_list(database: Database, project_id: int, numbers: Iterable[str], now: int) -> int:
    """Take numbers off a list, whatever source named them; how many were on it. Tasks that were
    ended stay so."""
    with database.transaction():
        rows = database.rows(TAKE_OFF, (database.keys(numbers), project_id))
        for e164, source in sorted(rows):
            note_listing(database, "removed", DncList(project_id, source), now, {"e164": e164})
    return len({e164 for e164, _ in rows})


def drop_unseen(
    database: Database, on: DncList, before: int, after: str, size: int = PAGE
) -> tuple[int, str]:
    """Of a page of the source's numbers, the first after `after`, take those off the list that were
    named last before `before` (epoch ms); how many, and the page's last number or nothing."""
    with database.transaction():
        rows = database.rows(UNSEEN, (on.project_id, on.source, after, size))
        gone = [e164 for e164, seen_at in rows if seen_at < before]
        if gone:
            database.run(DROP, (database.keys(gone), on.project_id, on.source))
    return len(gone), rows[-1][0] if len(rows) == size else ""


# --- looking ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DncFilter:
    """Which entries; None: any. `after` is (e164, project_id, source) of the last row before."""

    project_id: int | None = None
    source: str | None = None
    e164: str | None = None
    after: tuple[str, int, str] = ("", 0, "")
    limit: int = PAGE


def list_dnc(database: Database, wanted: DncFilter) -> list[dict[str, Any]]:
    """Entries by number, those too that do not hold any more. `project` None: the site's list."""
    words = ["(e164, project_id, source) > (?, ?, ?)"]
    equal = {"project_id": wanted.project_id, "source": wanted.source, "e164": wanted.e164}
    asked = {key: value for key, value in equal.items() if value is not None}
    words += [f"{key} = ?" for key in asked]
    sql = f"{LISTINGS} WHERE {' AND '.join(words)} ORDER BY e164, project_id, source LIMIT ?"
    rows = database.rows(sql, (*wanted.after, *asked.values(), wanted.limit))
    keys = ("e164", "project_id", "project", "source", "reason", "since_at", "until_at")
    return [dict(zip(keys, row, strict=True)) for row in rows]
