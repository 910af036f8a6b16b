"""Opens the database of a site, SQLite or PostgreSQL, and says plainly what is wrong with it."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

import peewee

from ccdialer.core.notice import Wish
from ccdialer.errors import ConfigError, StorageUnavailable

driver_errors: Any = vars(peewee)["__exception_wrapper__"]
"""Turns the drivers' exceptions into Peewee's, where a cursor is used without Peewee's execute."""

psycopg: Any = vars(peewee)["psycopg"]

BUSY_TIMEOUT_S = 5.0
"""How long one statement waits for another writer before StorageBusy is raised."""

# The server asks after us too: a host that vanished lets go of its node lock after 10 + 3 x 5 s.
# To compile a report's statement takes twice as long as to run it for a million calls.
PG_OPTIONS = (
    f"-c lock_timeout={int(BUSY_TIMEOUT_S * 1000)} -c tcp_keepalives_idle=10"
    " -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c jit=off"
)

HOME = "RU"
"""ISO 3166 code of the site's country, until `open_database` is told another."""

SQLITE, POSTGRESQL = "sqlite", "postgresql"

PRAGMAS = {
    "journal_mode": "wal",
    "foreign_keys": 1,
    # An import writes all over the index of numbers: 64 MiB instead of 2 keep most of it at hand,
    # and a checkpoint every 16 MiB instead of 4 writes a page once that changed many times.
    "cache_size": -65536,
    "wal_autocheckpoint": 4000,
}

LOWER = "lower_of_all"
"""SQLite's own LOWER knows the letters of English only."""

# What the SQL of this room says differently on the two engines. A list of keys is one parameter on
# both, so that a statement's text never depends on the number of its rows and stays prepared.
WORDS = {
    SQLITE: {
        "in_ids": "IN (SELECT value FROM json_each(?))",
        "for_update": "",
        "skip_locked": "",
        "lower": LOWER,
        "place": "instr",
    },
    POSTGRESQL: {
        "in_ids": "= ANY(?)",
        "lower": "LOWER",
        "place": "strpos",
        "for_update": "FOR UPDATE",
        "skip_locked": "FOR UPDATE SKIP LOCKED",
    },
}

# SQLSTATEs after which the same transaction may simply be tried again (PostgreSQL appendix A).
PASSING_CLASSES = ("08", "40", "53", "55", "57")


# Errors of the database, not of what was asked; a file that is none gives the plain DatabaseError.
TROUBLES = (peewee.OperationalError, peewee.InterfaceError, peewee.DatabaseError)


READONLY = (
    "may not be written by this account: type the command as the account of the daemon "
    "(sudo -u ccdialer ccdialer ...), to which the file and its folder must belong"
)


class StorageBusy(StorageUnavailable):
    """The database is locked or away for the moment: carry out the same batch again, unchanged."""


class Database:
    """One site's database; may be used by several threads, each has its own connection.

    SQL is written with `?` for parameters and `{in_ids}`, `{for_update}`, `{lower}`, `{place}`
    for what differs.
    """

    def __init__(self, engine: Any, dialect: str, url: str, path: Path | None) -> None:
        self.engine = engine
        self.dialect = dialect
        self.url = url
        self.path = path  # of the SQLite file
        self.home = HOME  # country of the site
        self.wishes: tuple[Wish, ...] = ()  # what outside systems are to be told
        self._translated: dict[str, str] = {}
        self._opened: list[Any] = []
        self._opening = threading.Lock()
        # Seen from here, not by thread: psycopg and Python 3.13 warn of connections left open.
        open_one = engine._connect
        engine._connect = partial(self._open_one, open_one)

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open_one(self, open_one: Any) -> Any:
        connection = open_one()
        with self._opening:
            self._opened.append(connection)
        return connection

    @property
    def shown(self) -> str:
        """The database's address without its password."""
        if self.path is not None:
            return str(self.path)
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()

    def keys(self, values: Iterable[Any]) -> Any:
        """The parameter for `{in_ids}`."""
        return json.dumps(list(values)) if self.dialect == SQLITE else list(values)

    def text(self, sql: str) -> str:
        """`sql` in the words of this engine."""
        known = self._translated.get(sql)
        if known is None:
            known = sql
            for word, meaning in WORDS[self.dialect].items():
                known = known.replace("{%s}" % word, meaning)  # noqa: UP031
            if self.dialect == POSTGRESQL:
                known = known.replace("?", "%s")
            self._translated[sql] = known
        return known

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._told():
            return list(self.engine.execute_sql(self.text(sql), params).fetchall())

    def row(self, sql: str, params: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a query."""
        with self._told():
            found: tuple[Any, ...] | None = self.engine.execute_sql(
                self.text(sql), params
            ).fetchone()
        return found

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Carry out one statement; how many rows it touched."""
        with self._told():
            return int(self.engine.execute_sql(self.text(sql), params).rowcount)

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Carry out one statement for many rows of parameters."""
        if rows:
            with self._told(), driver_errors:
                self.engine.cursor().executemany(self.text(sql), rows)

    def select(self, query: Any) -> list[dict[str, Any]]:
        """All rows of a Peewee query, by name."""
        with self._told():
            return list(query.dicts().execute(self.engine))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; within another transaction a part of that one."""
        if self.engine.in_transaction():
            yield
            return
        try:
            with self._told(), self.engine.atomic():
                yield
        finally:
            self._drop_broken()

    def savepoint(self) -> AbstractContextManager[object]:
        """Within a transaction: what fails in here is undone alone."""
        point: AbstractContextManager[object] = self.engine.savepoint()
        return point

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (peewee.DatabaseError, peewee.InterfaceError) as error:
            if type(error) not in TROUBLES:
                raise  # a broken constraint, a slip in our SQL
            self._explain(error)

    def _explain(self, error: Exception) -> NoReturn:
        self._drop_broken()
        if self.dialect == POSTGRESQL:
            if _passes(error):
                raise StorageBusy(f"{self.shown}: {_first_line(error)}; trying again") from error
        elif "locked" in str(error) or "busy" in str(error):
            raise StorageBusy(f"{self.shown} is locked by another process") from error
        elif "readonly" in str(error):
            raise StorageUnavailable(f"{self.shown} {READONLY}") from error
        raise StorageUnavailable(f"{self.shown}: {_first_line(error)}") from error

    def _drop_broken(self) -> None:
        """Forget this thread's connection if the server is gone: the next use opens another."""
        connection = self.engine._state.conn
        if self.dialect == SQLITE or connection is None or self.engine.in_transaction():
            return  # in a transaction its outermost block must end first
        if connection.broken:
            with suppress(Exception):
                connection.close()
            self.engine.dispose()

    def close(self) -> None:
        """Close the connections of all threads; none of them may be at work any more."""
        with self._opening:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self.engine.dispose()


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _passes(error: Exception) -> bool:
    cause = error.__cause__ or error.__context__ or error
    state = getattr(cause, "sqlstate", None) or getattr(error, "sqlstate", None)
    return state is None or state.startswith(PASSING_CLASSES)


def connect(url: str) -> Database:
    """Open `sqlite:///file`, `sqlite:////absolute/file` or `postgresql://user:password@host:port/name`.

    Raises ConfigError for another address and StorageUnavailable if it cannot be opened.
    `sqlite:///file?synchronous=full` also survives a power cut, for an fsync per commit: the
    shipped `normal` survives every death of the process, but the last seconds before a power cut
    may be lost, and with them the knowledge of who was dialed in them.
    """
    scheme = urlsplit(url).scheme
    if scheme == SQLITE:
        database = _sqlite(url)
    elif scheme in (POSTGRESQL, "postgres"):
        database = _postgresql(url.replace("postgres://", "postgresql://", 1))
    else:
        raise ConfigError(
            [
                f'storage: "{scheme}:" is not a database; write sqlite:////file or '
                "postgresql://user:password@host:5432/name"
            ]
        )
    try:
        _reach(database)
    except BaseException:
        database.close()
        raise
    return database


def _reach(database: Database) -> None:
    """Open the first connection. Two that switch the same new file to WAL refuse each other
    without waiting, so here we wait ourselves."""
    give_up_at = time.monotonic() + (BUSY_TIMEOUT_S if database.dialect == SQLITE else 0.0)
    while True:
        try:
            database.row("SELECT 1")
            return
        except StorageBusy:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.01)


def _sqlite(url: str) -> Database:
    parts = urlsplit(url)
    path = Path(parts.path[1:])
    if parts.netloc or not path.name:
        raise ConfigError(
            [f"storage: {url} names no file; write sqlite:///file or sqlite:////absolute/file"]
        )
    if not path.parent.is_dir():
        raise StorageUnavailable(f"{path}: its folder {path.parent} does not exist; create it")
    synchronous = parse_qs(parts.query).get("synchronous", ["normal"])[0]
    if synchronous not in ("normal", "full"):
        raise ConfigError([f'storage: synchronous is "{synchronous}"; write normal or full'])
    give_to_owner_of_folder(path)
    pragmas = PRAGMAS | {"synchronous": synchronous}
    engine = peewee.SqliteDatabase(
        str(path.absolute()),
        pragmas=pragmas,
        lock_type="IMMEDIATE",
        timeout=BUSY_TIMEOUT_S,
        check_same_thread=False,  # close() closes the connections of ended threads too
        cached_statements=256,
    )
    engine.register_function(str.lower, LOWER, 1)
    return Database(engine, SQLITE, url, path.absolute())


def give_to_owner_of_folder(path: Path) -> None:
    """Make a file that is not there yet, if we are root: the daemon, who is not, could not write
    what root had made in its folder by the first command that was typed."""
    if os.geteuid() != 0:
        return
    with suppress(OSError):  # it is there already, or who opens it says what is wrong
        path.touch(0o644, exist_ok=False)
        folder = path.parent.stat()
        os.chown(path, folder.st_uid, folder.st_gid)


def _postgresql(url: str) -> Database:
    if psycopg is None:
        raise StorageUnavailable(
            f"{urlsplit(url).scheme}: the driver is missing; pip install 'ccdialer[postgresql]'"
        )
    engine = peewee.PostgresqlDatabase(
        url,
        prefer_psycopg3=True,
        connect_timeout=5,
        application_name="ccdialer",
        options=PG_OPTIONS,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
    )
    return Database(engine, POSTGRESQL, url, None)
