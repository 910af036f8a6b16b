"""Brings a database to the schema of this code, one numbered step at a time, and refuses others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playhouse.migrations import Runner

from ccdialer.errors import StorageUnavailable
from ccdialer.storage.copying import backup
from ccdialer.storage.database import HOME, SQLITE, Database, connect
from ccdialer.storage.locks import migration_lock

STEPS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Status:
    """Names of the schema's steps: done, still to do, and done by a newer ccdialer."""

    applied: tuple[str, ...]
    pending: tuple[str, ...]
    unknown: tuple[str, ...]


def status(database: Database, steps: Path = STEPS) -> Status:
    """Which steps the database has and lacks."""
    with database._told():
        rows = Runner(database.engine, str(steps)).status()
    return Status(
        applied=tuple(row.name for row in rows if row.applied),
        pending=tuple(row.name for row in rows if not row.applied),
        unknown=tuple(row.name for row in rows if row.path is None),
    )


def migrate(database: Database, steps: Path = STEPS) -> list[str]:
    """Carry out the pending steps, each in a transaction of its own; their names.

    A second process waits and then finds nothing to do. A SQLite database that holds tables is
    copied beside itself first. Raises StorageUnavailable if a newer ccdialer was here.
    """
    with migration_lock(database):
        before = status(database, steps)
        _refuse_newer(database, before)
        if not before.pending:
            return []
        if before.applied and database.dialect == SQLITE:
            backup(database, _copy_path(database, before))
        with database._told():
            return list(Runner(database.engine, str(steps)).up())


def check(database: Database, steps: Path = STEPS) -> None:
    """Raise StorageUnavailable unless the schema is exactly this code's."""
    found = status(database, steps)
    _refuse_newer(database, found)
    if found.pending:
        raise StorageUnavailable(
            f"{database.shown} lacks {len(found.pending)} schema step(s) "
            f"({', '.join(found.pending)}); run: ccdialer db migrate"
        )


def open_database(url: str, home: str = HOME) -> Database:
    """Connect for work: as `connect`, and the schema is checked. `home` is the site's country."""
    database = connect(url)
    database.home = home
    try:
        check(database)
    except BaseException:
        database.close()
        raise
    return database


def _refuse_newer(database: Database, found: Status) -> None:
    if found.unknown:
        raise StorageUnavailable(
            f"{database.shown} was migrated by a newer ccdialer ({', '.join(found.unknown)}); "
            "install that version, or restore a backup"
        )


def _copy_path(database: Database, before: Status) -> Path:
    assert database.path is not None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    return database.path.with_name(f"{database.path.name}.{before.applied[-1]}.{stamp}.bak")
