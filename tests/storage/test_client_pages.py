"""Clients are found by what is known of them, and told whole."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer.errors import NotFound
from ccdialer.storage import Database
from ccdialer.storage.client_pages import ClientFilter, list_clients, show_client
from tests.storage.client_base import CONTACT, NUMBER, agent_of, client, deal, project_of
from tests.storage.samples import NOW, number


def ids(db: Database, **wanted: Any) -> list[int]:
    return [row["id"] for row in list_clients(db, ClientFilter(**wanted))]


def test_found_by_each_thing(db: Database) -> None:
    anna = agent_of(db, "anna")
    client(db, 1, 1, name="Ольга Жукова", stage="new", owner_id=anna)
    client(db, 2, 1, 2, name="50% off_ltd", kind="company")
    client(db, 3, 3, project_id=project_of(db, "other"))
    assert ids(db) == [1, 2, 3]
    assert ids(db, number=number(1)) == [1, 2]
    assert ids(db, name="жук") == ids(db, name="ОЛЬГА") == [1]
    assert ids(db, name="0%") == ids(db, name="F_L") == [2]
    assert ids(db, name="a%b") == ids(db, name="_____") == ids(db, name="!") == []
    assert ids(db, stage="new", owner_id=anna) == [1]
    assert ids(db, kind="company") == [2]
    assert ids(db, project_id=project_of(db, "other")) == [3]
    assert ids(db, after=1, limit=1) == [2]


def test_a_client_is_told_whole(db: Database) -> None:
    client(db, 1, 1, kind="company", name="Acme", fields='{"a": "1"}')
    db.run(CONTACT, (5, 1, "Pavel", "boss"))
    db.run(NUMBER, (number(2), project_of(db), 1, 5))
    db.run("INSERT INTO client_business VALUES (1, 'orders', 'RUB', 2, 30)")
    deal(db, 1, 1, NOW + 9, closed_at=NOW)
    deal(db, 2, 1, NOW, stage="offer")
    found = show_client(db, 1)
    assert (found["project"], found["fields"], found["history"]) == ("acme", {"a": "1"}, [])
    assert [each["e164"] for each in found["numbers"]] == [number(1), number(2)]
    assert found["contacts"] == [{"id": 5, "name": "Pavel", "post": "boss"}]
    assert found["business"] == [{"what": "orders", "currency": "RUB", "count": 2, "amount": 30}]
    assert [(each["id"], each["stage"]) for each in found["deals"]] == [(2, "offer"), (1, "new")]


def test_nobody(db: Database) -> None:
    with pytest.raises(NotFound, match="no client 7; see: ccdialer client find"):
        show_client(db, 7)
