"""A query's rows are a client and his deals."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ccdialer.core.card import Card, Deal
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.sql import SqlConnector
from tests.crm.asking import NUMBER, PATIENCE_S, STRANGER

QUERY = (
    "SELECT p.id AS client_id, p.name, p.manager AS owner, o.id AS deal_id, o.state AS deal_stage,"
    " p.city FROM person p LEFT JOIN orders o ON o.person = p.id WHERE p.phone = :digits"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "erp.db") as made:
        made.executescript(
            "CREATE TABLE person (id, phone, name, manager, city);"
            "CREATE TABLE orders (id, person, state);"
            "INSERT INTO person VALUES (5, '79161234567', 'Anna', 7, 'Omsk');"
            "INSERT INTO orders VALUES (1, 5, 'paid'), (2, 5, 'made');"
        )
    made.close()
    return tmp_path / "erp.db"


def test_a_client_and_his_orders(path: Path) -> None:
    erp = SqlConnector("erp", f"sqlite:///{path}", QUERY)
    deals = (Deal("1", "paid"), Deal("2", "made"))
    assert erp.find(NUMBER, PATIENCE_S) == Card("erp", "5", "Anna", "id:7", deals, {"city": "Omsk"})
    assert erp.find(STRANGER, PATIENCE_S) is None
    erp._engine().close()


def test_a_query_that_the_database_does_not_take(path: Path) -> None:
    erp = SqlConnector("erp", f"sqlite:///{path}", "SELECT x FROM y WHERE z = :number")
    with pytest.raises(CrmFault, match="no such table: y"):
        erp.find(NUMBER, PATIENCE_S)


def test_a_missing_driver_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ccdialer.crm.sql.find_spec", lambda name: None)
    erp = SqlConnector("erp", "mysql://u:p@h/d", QUERY)
    with pytest.raises(CrmFault, match=r"pip install 'ccdialer\[mysql\]'"):
        erp.find(NUMBER, PATIENCE_S)
