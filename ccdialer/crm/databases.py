"""One read-only query to a foreign database: SQLite, PostgreSQL or MySQL, ended when it lasts.

The number only ever enters as a bind parameter.
"""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from ccdialer.crm.fault import CrmFault, too_late

MOST_ROWS = 100
STEPS = 10_000
"""SQLite looks at the clock after so many steps of its machine: some 1 ms."""

GRACE_S = 0.3
"""A server has so long to end a query itself."""

_BIND = re.compile(r"(?<![:\w]):(number|digits|national)\b")

Row = Mapping[str, Any]
Binds = Mapping[str, str]


class Sqlite:
    """A file, opened for reading only."""

    def __init__(self, url: str) -> None:
        self._path = urlsplit(url).path[1:]
        self._connection: sqlite3.Connection | None = None

    def rows(self, query: str, binds: Binds, until: float) -> list[Row]:
        """At most MOST_ROWS. Raises CrmFault."""
        try:
            connection = self._connection or self._open(until)
            connection.set_progress_handler(lambda: int(time.monotonic() > until), STEPS)
            cursor = connection.execute(query, dict(binds))
            return _named(cursor.description, cursor.fetchmany(MOST_ROWS))
        except sqlite3.Error as error:
            self.close()
            raise _fault(error, until) from error

    def _open(self, until: float) -> sqlite3.Connection:
        left_s = max(0.01, until - time.monotonic())
        self._connection = sqlite3.connect(
            f"file:{self._path}?mode=ro", uri=True, timeout=left_s, check_same_thread=False
        )
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Postgresql:
    """A server that itself ends what lasts too long, and refuses to write."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None

    def rows(self, query: str, binds: Binds, until: float) -> list[Row]:
        """At most MOST_ROWS. Raises CrmFault."""
        import psycopg

        try:
            connection = self._connection or self._open(psycopg, until)
            with _watched(connection.fileno(), until), connection.cursor() as cursor:
                cursor.execute(f"SET statement_timeout = {_left_ms(until)}")
                cursor.execute(_percent(query), dict(binds))
                return _named(cursor.description, cursor.fetchmany(MOST_ROWS))
        except psycopg.Error as error:
            self.close()
            raise _fault(error, until) from error

    def _open(self, psycopg: Any, until: float) -> Any:
        self._connection = psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=max(2, _left_ms(until) // 1000),  # libpq knows no less
            application_name="ccdialer",
            options="-c default_transaction_read_only=on",
            tcp_user_timeout=max(1000, _left_ms(until)),
        )
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
            self._connection = None


@contextmanager
def _watched(handle: int, until: float) -> Iterator[None]:
    """A server that ends nothing itself any more, as it is frozen or its machine is gone, is left a
    moment later: the socket is shut, which wakes whoever waits for it."""

    def shut() -> None:
        with suppress(OSError), socket.socket(fileno=os.dup(handle)) as line:
            line.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(max(0.0, until - time.monotonic()) + GRACE_S, shut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


class Mysql:
    """A server that itself ends what lasts too long, and refuses to write; a socket that is silent
    is left."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._connection: Any = None

    def rows(self, query: str, binds: Binds, until: float) -> list[Row]:
        """At most MOST_ROWS. Raises CrmFault."""
        import pymysql

        try:
            connection = self._connection or self._open(pymysql, until)
            connection._read_timeout = _left_ms(until) / 1000
            with connection.cursor() as cursor:
                cursor.execute(_limit(connection.get_server_info(), _left_ms(until)))
                cursor.execute(_percent(query), dict(binds))
                return _named(cursor.description, cursor.fetchmany(MOST_ROWS))
        except (pymysql.MySQLError, OSError) as error:
            self.close()
            raise _fault(error, until) from error

    def _open(self, pymysql: Any, until: float) -> Any:
        url, left_s = self._url, _left_ms(until) / 1000
        self._connection = pymysql.connect(
            host=url.hostname or "localhost",
            port=url.port or 3306,
            user=unquote(url.username or ""),
            password=unquote(url.password or ""),
            database=url.path[1:],
            autocommit=True,
            charset="utf8mb4",
            connect_timeout=max(1, round(left_s)),
            read_timeout=max(1, round(left_s)),
            write_timeout=max(1, round(left_s)),
            init_command="SET SESSION TRANSACTION READ ONLY",
        )
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
            self._connection = None


ENGINES: dict[str, Callable[[str], Sqlite | Postgresql | Mysql]] = {
    "sqlite": Sqlite,
    "postgresql": Postgresql,
    "mysql": Mysql,
}
DRIVERS = {"postgresql": "psycopg", "mysql": "pymysql"}


def _limit(server: str, left_ms: int) -> str:
    """The server ends what lasts longer; the two that speak this protocol call it differently."""
    if "MariaDB" in server:
        return f"SET SESSION max_statement_time = {left_ms / 1000}"
    return f"SET SESSION max_execution_time = {left_ms}"


def _left_ms(until: float) -> int:
    return max(1, round((until - time.monotonic()) * 1000))


def _percent(query: str) -> str:
    """`:number` as the drivers of servers write it."""
    return _BIND.sub(r"%(\1)s", query.replace("%", "%%"))


def _named(description: Any, rows: Any) -> list[Row]:
    if description is None:
        raise CrmFault("crm_bad_answer", "the query gives no rows: it must be a SELECT")
    names = [str(column[0]).lower() for column in description]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _fault(error: Exception, until: float) -> CrmFault:
    if time.monotonic() >= until or "interrupted" in str(error) or "timeout" in str(error):
        return too_late("the query lasts too long")
    return CrmFault("crm_database", (str(error).splitlines() or [type(error).__name__])[0])
