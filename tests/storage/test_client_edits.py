"""A client is corrected, and the journal keeps what he was."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer import storage
from ccdialer.errors import NotFound, Refused
from ccdialer.storage import Database
from ccdialer.storage.cards import card_of
from ccdialer.storage.client_edits import (
    add_numbers,
    change_client,
    drop_contact,
    drop_numbers,
    put_contact,
)
from ccdialer.storage.client_journal import Occasion
from tests.storage.client_base import client, project_of
from tests.storage.samples import NOW, number

NOTED = Occasion(NOW + 5)


def details(db: Database) -> list[dict[str, Any]]:
    return [entry["detail"] for entry in storage.read_journal(db, "client")]


def who(db: Database, index: int) -> str:
    card = card_of(db, number(index), project_of(db))
    return "" if card is None else f"{card.client_id} {card.fields.get('contact', '')}".strip()


def test_columns_and_fields(db: Database) -> None:
    client(db, 1, stage="new", fields='{"a": "1", "b": "2"}')
    told = {"stage": "won", "fields": {"a": "", "c": "3"}}
    expected = {"stage": ("new", "won"), "fields.a": ("1", ""), "fields.c": ("", "3")}
    assert change_client(db, 1, told, NOTED) == expected
    assert change_client(db, 1, told, NOTED) == {}
    assert db.rows("SELECT stage, fields, changed_at FROM client") == [
        ("won", '{"b": "2", "c": "3"}', NOW + 5)
    ]
    assert details(db) == [{key: list(pair) for key, pair in expected.items()}]


def test_an_id_is_one_client_s(db: Database) -> None:
    client(db, 1)
    client(db, 2)
    change_client(db, 1, {"source_id": "A"}, NOTED)
    with pytest.raises(Refused, match='client 1 of this project has the id "A" already'):
        change_client(db, 2, {"source_id": "A"}, NOTED)
    with pytest.raises(NotFound, match="no client 9"):
        change_client(db, 9, {}, NOTED)


def test_numbers_come_and_go(db: Database) -> None:
    client(db, 1, 1)
    assert add_numbers(db, 1, [number(2), number(1), number(2)], NOTED) == [number(2)]
    assert who(db, 2) == "1"
    assert drop_numbers(db, 1, [number(1), number(7)], NOTED) == [number(1)]
    assert who(db, 1) == ""
    assert details(db) == [{"number": ["", number(2)]}, {"number": [number(1), ""]}]


def test_contact_persons_come_and_go(db: Database) -> None:
    client(db, 1, 1)
    assert put_contact(db, 1, ("Pavel", "clerk"), [number(2)], NOTED)
    assert not put_contact(db, 1, ("Pavel", "boss"), [number(3)], NOTED)
    assert db.rows("SELECT name, post FROM client_contact") == [("Pavel", "boss")]
    assert [who(db, n) for n in (1, 2, 3)] == ["1", "1 Pavel", "1 Pavel"]
    drop_contact(db, 1, "Pavel", NOTED)
    assert [who(db, n) for n in (1, 2, 3)] == ["1", "", ""]
    with pytest.raises(NotFound, match='client 1 has no contact person "Pavel"'):
        drop_contact(db, 1, "Pavel", NOTED)
