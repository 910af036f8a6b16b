"""A foreign database is only read, by bound parameters, and left when it takes too long."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from ccdialer.crm.databases import ENGINES, MOST_ROWS, Mysql, Postgresql, Sqlite
from ccdialer.crm.fault import CrmFault

BINDS = {"number": "+79161234567", "digits": "79161234567", "national": "9161234567"}
SLOW = {
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1e12)"
    " SELECT COUNT(*) AS name FROM n WHERE CAST(x AS TEXT) <> :number",
    "postgresql": "SELECT pg_sleep(60), :number AS name",
}
HOSTILE = ("' OR 1=1 --", '"; DROP TABLE person; --', "%s", ":number", "\0", "${X}", "x" * 65536)


def soon(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds


@pytest.fixture
def engine(database_url: str) -> Sqlite | Postgresql | Mysql:
    """A database with a table `person`, as another program made it."""
    scheme = database_url.partition(":")[0]
    statements = (
        "CREATE TABLE person (phone TEXT, name TEXT)",
        "INSERT INTO person VALUES ('79161234567', 'Anna 100%')",
    )
    if scheme == "sqlite":
        path = Path(database_url.removeprefix("sqlite:///"))
        with sqlite3.connect(path) as made:
            for statement in statements:
                made.execute(statement)
        made.close()
        return ENGINES[scheme](f"sqlite:////{path}".replace("/////", "////"))
    import psycopg

    with psycopg.connect(database_url, autocommit=True) as server:
        for statement in statements:
            server.execute(statement)  # type: ignore[call-overload]
    return ENGINES["postgresql"](database_url)


def test_rows_by_name(engine: Sqlite | Postgresql | Mysql) -> None:
    query = "SELECT name, '5%' AS share FROM person WHERE phone = :digits AND phone <> :number"
    assert engine.rows(query, BINDS, soon()) == [{"name": "Anna 100%", "share": "5%"}]
    assert engine.rows(query, BINDS | {"digits": "1"}, soon()) == []
    engine.close()


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_the_number_is_it_is_only_compared(
    engine: Sqlite | Postgresql | Mysql, text: str
) -> None:
    query = "SELECT name FROM person WHERE phone = :number"
    assert outcome(engine, query, BINDS | {"number": text}) in ([], "crm_database")
    count = "SELECT COUNT(*) AS count FROM person WHERE phone <> :number"
    assert engine.rows(count, BINDS, soon()) == [{"count": 1}]
    engine.close()


def outcome(engine: Sqlite | Postgresql | Mysql, query: str, binds: dict[str, str]) -> object:
    """The rows; or the fault, as PostgreSQL has no texts with NUL."""
    try:
        return engine.rows(query, binds, soon())
    except CrmFault as fault:
        return fault.reason


def test_nothing_is_written(engine: Sqlite | Postgresql | Mysql) -> None:
    for statement in ("DELETE FROM person", "INSERT INTO person VALUES (:number, 'x')"):
        with pytest.raises(CrmFault) as caught:
            engine.rows(
                f"{statement} {'WHERE phone <> :number' * ('DEL' in statement)}", BINDS, soon()
            )
        assert caught.value.reason == "crm_database"
    assert engine.rows("SELECT COUNT(*) AS count FROM person", BINDS, soon()) == [{"count": 1}]
    engine.close()


def test_a_slow_query_is_ended(engine: Sqlite | Postgresql | Mysql) -> None:
    kind = "sqlite" if isinstance(engine, Sqlite) else "postgresql"
    with pytest.raises(CrmFault) as caught:
        engine.rows(SLOW[kind], BINDS, soon(0.2))
    assert caught.value.reason == "crm_timeout"
    assert engine.rows("SELECT name FROM person", BINDS, soon())[0]["name"] == "Anna 100%"
    engine.close()


def test_no_more_rows_than_a_card_has_room_for(engine: Sqlite | Postgresql | Mysql) -> None:
    many = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000)"
        " SELECT x FROM n"
    )
    assert len(engine.rows(many, BINDS, soon())) == MOST_ROWS
    engine.close()


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
