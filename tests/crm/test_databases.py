"""A foreign database is only read, by bound parameters, and left when it takes too long."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pymysql
import pytest

from ccdialer.crm.databases import ENGINES, MOST_ROWS, Mysql, Postgresql, Sqlite
from ccdialer.crm.fault import CrmFault
from tests import postgres
from tests.crm import mariadb

Engine = Sqlite | Postgresql | Mysql

BINDS = {"number": "+79161234567", "digits": "79161234567", "national": "9161234567"}
SLOW = {
    Sqlite: "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1e12)"
    " SELECT COUNT(*) AS name FROM n WHERE CAST(x AS TEXT) <> :number",
    Postgresql: "SELECT pg_sleep(60), :number AS name",
    Mysql: "SELECT SLEEP(60), :number AS name",
}
HOSTILE = ("' OR 1=1 --", '"; DROP TABLE person; --', "%s", ":number", "\0", "${X}", "x" * 65536)


def soon(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds


STATEMENTS = (
    "CREATE TABLE person (phone VARCHAR(99), name TEXT)",
    "INSERT INTO person VALUES ('79161234567', 'Anna 100%')",
)


@pytest.fixture(scope="session")
def mysql_url() -> Iterator[str]:
    """One MariaDB for the whole run, with the table."""
    reason = mariadb.missing()
    if reason is not None:
        pytest.skip(reason)
    with mariadb.running_server() as url:
        place = urlsplit(url)
        made = pymysql.connect(
            host=place.hostname, port=place.port or 0, database="erp", autocommit=True
        )
        with made, made.cursor() as cursor:
            for statement in STATEMENTS:
                cursor.execute(statement)
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres), "mysql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of each kind with a table `person`, as another program made it."""
    url = {"sqlite": _sqlite, "postgresql": _postgresql, "mysql": _mysql}[request.param](
        request, tmp_path
    )
    made = ENGINES[request.param](url)
    yield made
    made.close()


def _sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    with closing(sqlite3.connect(tmp_path / "erp.db")) as made, made:
        for statement in STATEMENTS:
            made.execute(statement)
    return f"sqlite:///{tmp_path}/erp.db"


def _postgresql(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url = postgres.fresh_database(request.getfixturevalue("postgresql_cluster"))
    with psycopg.connect(url, autocommit=True) as made:
        for statement in STATEMENTS:
            made.execute(statement)  # type: ignore[call-overload]
    return url


def _mysql(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(request.getfixturevalue("mysql_url"))


def test_rows_by_name(engine: Engine) -> None:
    query = "SELECT name, '5%' AS share FROM person WHERE phone = :digits AND phone <> :number"
    assert engine.rows(query, BINDS, soon()) == [{"name": "Anna 100%", "share": "5%"}]
    assert engine.rows(query, BINDS | {"digits": "1"}, soon()) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_the_number_is_it_is_only_compared(engine: Engine, text: str) -> None:
    query = "SELECT name FROM person WHERE phone = :number"
    assert outcome(engine, query, BINDS | {"number": text}) in ([], "crm_database")
    count = "SELECT COUNT(*) AS count FROM person WHERE phone <> :number"
    assert engine.rows(count, BINDS, soon()) == [{"count": 1}]


def outcome(engine: Engine, query: str, binds: dict[str, str]) -> object:
    """The rows; or the fault, as PostgreSQL has no texts with NUL."""
    try:
        return engine.rows(query, binds, soon())
    except CrmFault as fault:
        return fault.reason


def test_nothing_is_written(engine: Engine) -> None:
    for statement in ("DELETE FROM person", "INSERT INTO person VALUES (:number, 'x')"):
        with pytest.raises(CrmFault) as caught:
            engine.rows(
                f"{statement} {'WHERE phone <> :number' * ('DEL' in statement)}", BINDS, soon()
            )
        assert caught.value.reason == "crm_database"
    assert engine.rows("SELECT COUNT(*) AS count FROM person", BINDS, soon()) == [{"count": 1}]


def test_a_slow_query_is_ended(engine: Engine) -> None:
    with pytest.raises(CrmFault) as caught:
        engine.rows(SLOW[type(engine)], BINDS, soon(0.3))
    assert caught.value.reason == "crm_timeout"
    assert engine.rows("SELECT name FROM person", BINDS, soon())[0]["name"] == "Anna 100%"


def test_no_more_rows_than_a_card_has_room_for(engine: Engine) -> None:
    many = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000)"
        " SELECT x FROM n"
    )
    assert len(engine.rows(many, BINDS, soon())) == MOST_ROWS


def test_a_server_that_is_not_there() -> None:
    for engine in (
        Mysql("mysql://u:p@127.0.0.1:1/db"),
        Postgresql("postgresql://u:p@127.0.0.1:1/db"),
        Sqlite("sqlite:////nowhere/x.db"),
    ):
        with pytest.raises(CrmFault) as caught:
            engine.rows("SELECT 1", BINDS, soon())
        assert caught.value.reason == "crm_database"
        assert "p@" not in str(caught.value)
        engine.close()


@pytest.mark.postgres
def test_a_server_that_is_frozen_is_left(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """It ends no statement of its own any more, and its machine takes every byte."""
    engine = Postgresql(_postgresql(request, tmp_path))
    ((row),) = engine.rows("SELECT pg_backend_pid() AS pid", BINDS, soon())
    os.kill(row["pid"], signal.SIGSTOP)
    try:
        with pytest.raises(CrmFault) as caught:
            engine.rows("SELECT name FROM person", BINDS, soon(0.2))
    finally:
        os.kill(row["pid"], signal.SIGCONT)
    assert caught.value.reason == "crm_timeout"
    assert engine.rows("SELECT name FROM person", BINDS, soon())[0]["name"] == "Anna 100%"
    engine.close()
