"""The emergency stop: one flag for the whole site, asked in the transaction that opens attempts."""

from __future__ import annotations

from ccdialer.storage.database import Database

STOP = """
    INSERT INTO standstill (id, since_at, reason) VALUES (1, ?, ?)
    ON CONFLICT (id) DO UPDATE SET reason = excluded.reason"""


def stop_all(database: Database, reason: str, now: int) -> None:
    """From the commit on no attempt is opened by any node; live talks go on. `now` is epoch ms."""
    with database.transaction():
        database.run(STOP, (now, reason))
        _note(database, "stopped", reason, now)


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


def _note(database: Database, state: str, reason: str, now: int) -> None:
    database.run(
        "INSERT INTO journal (at, kind, state, reason, detail) VALUES (?, 'site', ?, ?, '{}')",
        (now, state, reason),
    )
