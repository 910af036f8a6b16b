"""Copies a database to a file while others work on it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ccdialer.errors import StorageUnavailable
from ccdialer.storage.database import SQLITE, Database

PAGES_PER_STEP = 4096  # 16 MiB between chances for writers


def backup(database: Database, path: Path) -> Path:
    """Write a consistent copy to `path`, which must not exist; returns it.

    SQLite: a database file, by the online backup API. PostgreSQL: pg_dump's custom format.
    Raises StorageUnavailable if it cannot be written; nothing is left at `path` then.
    """
    if path.exists():
        raise StorageUnavailable(f"{path} exists already; name another file for the backup")
    if not path.parent.is_dir():
        raise StorageUnavailable(f"{path}: its folder does not exist; create it")
    part = path.with_name(path.name + ".part")
    try:
        (_copy_sqlite if database.dialect == SQLITE else _dump_postgresql)(database, part)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _copy_sqlite(database: Database, part: Path) -> None:
    try:
        # A connection of its own, so that it sees neither our cursors nor our transaction.
        with (
            closing(sqlite3.connect(f"file:{database.path}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(part)) as target,
        ):
            source.backup(target, pages=PAGES_PER_STEP)
    except sqlite3.Error as error:
        raise StorageUnavailable(f"{part}: the backup failed: {error}") from error
    with part.open("rb") as file:
        os.fsync(file.fileno())


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """The address for a command line, which everybody on the machine can read, and the
    environment with its password."""
    parts = urlsplit(url)
    if not parts.password:
        return url, dict(os.environ)
    user, host = parts.netloc.rpartition("@")[::2]
    address = parts._replace(netloc=f"{user.partition(':')[0]}@{host}").geturl()
    return address, {**os.environ, "PGPASSWORD": unquote(parts.password)}


def _dump_postgresql(database: Database, part: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise StorageUnavailable(
            "pg_dump is not installed here; apt install postgresql-client, or run it on the server"
        )
    address, secret = _without_password(database.url)
    command = [program, "--format=custom", f"--file={part}", f"--dbname={address}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=secret)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise StorageUnavailable(f"pg_dump could not copy {database.shown}: {lines[-1]}")
