"""The emergency stop: one flag for the whole site, asked in the transaction that opens attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ccdialer.storage.database import POSTGRESQL, Database, StorageBusy
from ccdialer.storage.holds import Candidate, Hold

STOP = """
    INSERT INTO standstill (id, since_at, reason) VALUES (1, ?, ?)
    ON CONFLICT (id) DO UPDATE SET reason = excluded.reason"""

TOLD = "SELECT reason FROM standstill"

ASKED = f"{TOLD} {{for_update}}"
"""Locks the table too, though there be no row, against whoever wants it for himself alone."""


def stop_all(database: Database, reason: str, now: int) -> None:
    """From the commit on no attempt is opened by any node; live talks go on. `now` is epoch ms."""
    with database.transaction():
        if database.dialect == POSTGRESQL:
            _wait_for_openings(database)
        database.run(STOP, (now, reason))
        _note(database, "stopped", reason, now)


def _wait_for_openings(database: Database) -> None:
    """Who has looked for the stop and has not committed yet goes first, and nobody looks until we
    have committed. Should he take longer than any statement waits, it is stopped all the same: the
    daemon whose attempt it is does not dial it once it has heard of the stop."""
    with suppress(StorageBusy), database.savepoint():
        database.run("LOCK TABLE standstill IN EXCLUSIVE MODE")


def resume_all(database: Database, now: int) -> bool:
    """Dialing may go on; False if nothing was stopped."""
    with database.transaction():
        was_stopped = database.run("DELETE FROM standstill") > 0
        if was_stopped:
            _note(database, "resumed", "", now)
    return was_stopped


def standstill_of(database: Database) -> tuple[int, str] | None:
    """Since when (epoch ms) and why nothing is dialed; None: dialing is free."""
    row = database.row("SELECT since_at, reason FROM standstill")
    return (int(row[0]), str(row[1])) if row else None


def check(database: Database, candidates: Sequence[Candidate]) -> Mapping[int, Hold]:
    """While it stands nobody is dialed, and all are due as before."""
    return _all(database.row(ASKED), candidates)


def foresee(database: Database, candidates: Sequence[Candidate]) -> Mapping[int, Hold]:
    """The same of those whom nobody is about to dial: nothing is locked."""
    return _all(database.row(TOLD), candidates)


def _all(stop: tuple[Any, ...] | None, candidates: Sequence[Candidate]) -> dict[int, Hold]:
    if stop is None:
        return {}
    reason = f"all is stopped: {stop[0]}" if stop[0] else "all is stopped"
    return {c.task_id: Hold("standstill", reason, c.at, ends_by=0) for c in candidates}


def _note(database: Database, state: str, reason: str, now: int) -> None:
    database.run(
        "INSERT INTO journal (at, kind, state, reason, detail) VALUES (?, 'site', ?, ?, '{}')",
        (now, state, reason),
    )
