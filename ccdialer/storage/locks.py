"""Locks that die with their holder: one daemon per node name, one migration at a time."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ccdialer.errors import StorageUnavailable
from ccdialer.storage.database import SQLITE, Database, connect, give_to_owner_of_folder


class NodeTaken(StorageUnavailable):
    """Another daemon has this name on this database."""


class NodeLock:
    """A held lock; ask `held` from time to time: PostgreSQL may have been restarted under it."""

    def __init__(self, held: Callable[[], bool], release: Callable[[], None]) -> None:
        self.held = held
        self.release = release

    def __enter__(self) -> NodeLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def lock_node(database: Database, node: str) -> NodeLock:
    """Be the one daemon of this name on this database, until `release()` or the process's death.

    Raises NodeTaken when another process is, StorageUnavailable when nobody can tell.
    """
    lock = _take(database, f"node {node}", wait=False)
    if lock is None:
        raise NodeTaken(
            f'another daemon already runs as node "{node}" on {database.shown}; '
            "stop it, or give this one another node name in config.yaml"
        )
    return lock


@contextmanager
def migration_lock(database: Database) -> Iterator[None]:
    """Wait until no other process migrates this database, and keep others waiting."""
    lock = _take(database, "migration", wait=True)
    assert lock is not None
    with lock:
        yield


def alive(database: Database, nodes: Iterable[str]) -> set[str]:
    """Which of the nodes have a daemon at work on this database. SQLite tells nobody who holds a
    lock: there all of them count as alive."""
    if database.dialect == SQLITE:
        return set(nodes)
    held = set(database.rows(HELD))
    return {node for node in nodes if _halves(f"node {node}") in held}


HELD = "SELECT classid::bigint, objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"


def _key(what: str) -> int:
    return int.from_bytes(hashlib.sha256(f"ccdialer {what}".encode()).digest()[:8], signed=True)


def _halves(what: str) -> tuple[int, int]:
    """As pg_locks shows a key of 64 bits."""
    key = _key(what) & (1 << 64) - 1
    return key >> 32, key & 0xFFFFFFFF


def _take(database: Database, what: str, wait: bool) -> NodeLock | None:
    if database.dialect == SQLITE:
        assert database.path is not None
        return _lock_file(lock_path(database.path, what), wait)
    return _lock_session(database.url, what, wait)


def lock_path(path: Path, what: str) -> Path:
    """The file beside a SQLite database that carries the lock."""
    return path.with_name(f"{path.name}.{re.sub(r'[^A-Za-z0-9-]', '_', what)}.lock")


def _lock_file(path: Path, wait: bool) -> NodeLock | None:
    give_to_owner_of_folder(path)
    # Not inherited by children: the kernel lets go at the death of this process alone.
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    os.truncate(file, 0)
    os.write(file, f"{os.getpid()}\n".encode())
    return NodeLock(held=lambda: True, release=lambda: os.close(file))


def _lock_session(url: str, what: str, wait: bool) -> NodeLock | None:
    session = connect(url)  # its own: a session lock lives as long as its connection
    key = _key(what)
    try:
        session.run("SET lock_timeout = 0")
        function = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
        row = session.row(f"SELECT {function}(?)", (key,))
    except BaseException:
        session.close()
        raise
    if not wait and row != (True,):
        session.close()
        return None
    connection = session.engine.connection()

    def release() -> None:
        """The server notices the end of a connection only a moment later."""
        with suppress(Exception):  # the session and its lock are gone already
            connection.execute("SELECT pg_advisory_unlock_all()")
        session.close()

    return NodeLock(held=lambda: _answers(connection), release=release)


def _answers(connection: object) -> bool:
    try:
        connection.execute("SELECT 1")  # type: ignore[attr-defined]
    except Exception:  # whatever it says: the session and its lock are gone
        return False
    return True
