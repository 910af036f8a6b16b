"""Deals are opened, moved and closed, and every move of one stands in the journal."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer import storage
from ccdialer.errors import NotFound
from ccdialer.storage import Database
from ccdialer.storage.client_journal import Occasion
from ccdialer.storage.deals import DealBook, DealRow, add_deal, change_deal
from tests.storage.client_base import client, project_of
from tests.storage.samples import NOW

LATER = Occasion(NOW + 1000, "deals.csv")
STORED = (
    "SELECT id, client_id, source_id, stage, amount, changed_at, closed_at FROM deal ORDER BY id"
)


def entries(db: Database) -> list[tuple[Any, ...]]:
    found = storage.read_journal(db, "client")
    return [(row["client_id"], row["state"], row["detail"]) for row in found]


def test_by_command(db: Database) -> None:
    client(db, 1)
    deal_id = add_deal(db, 1, {"stage": "new", "amount": 5}, Occasion(NOW))
    change = change_deal(db, deal_id, {"stage": "paid"}, LATER)
    assert change.differences == {"stage": ("new", "paid")}
    assert change_deal(db, deal_id, {"stage": "paid"}, Occasion(NOW + 2000)).differences == {}
    assert db.rows(STORED) == [(deal_id, 1, "ccd-1", "paid", 5, NOW + 1000, None)]
    change_deal(db, deal_id, {"closed_at": NOW + 3000}, Occasion(NOW + 3000))
    assert entries(db) == [
        (1, "stage", {"deal": deal_id, "stage": ["new", "paid"]}),
        (1, "closed", {"deal": deal_id, "closed_at": [None, NOW + 3000]}),
    ]


def test_of_nobody(db: Database) -> None:
    with pytest.raises(NotFound, match="no client 9; see: ccdialer client find"):
        add_deal(db, 9, {}, LATER)
    with pytest.raises(NotFound, match="no deal 9"):
        change_deal(db, 9, {}, LATER)


def put(db: Database, client_id: int, row: DealRow, occasion: Occasion = LATER) -> bool:
    with db.transaction():
        book = DealBook(db, project_of(db), occasion)
        book.load([row.source_id])
        assert book.refusal(client_id, row) == ""
        changed = book.put(client_id, row)
        book.write()
    return changed


def test_from_a_file(db: Database) -> None:
    client(db, 1)
    assert put(db, 1, DealRow("D-1", {"stage": "new"}))
    assert not put(db, 1, DealRow("D-1", {"stage": "new"}, is_open=True))
    assert put(db, 1, DealRow("D-1", {"stage": "won"}, is_open=False), Occasion(NOW + 9))
    assert not put(db, 1, DealRow("D-1", {}, is_open=False), Occasion(NOW + 99))
    assert db.rows(STORED) == [(1, 1, "D-1", "won", None, NOW + 9, NOW + 9)]
    assert put(db, 1, DealRow("D-1", {}, is_open=True))
    detail = {"deal": 1, "stage": ["new", "won"], "closed_at": [None, NOW + 9]}
    reopened = {"deal": 1, "closed_at": [NOW + 9, None]}
    assert entries(db) == [(1, "closed", detail), (1, "changed", reopened)]


def test_a_deal_stays_with_its_client(db: Database) -> None:
    client(db, 1)
    client(db, 2)
    put(db, 1, DealRow("D-1", {}))
    book = DealBook(db, project_of(db), LATER)
    book.load(["D-1", "D-2"])
    assert book.refusal(2, DealRow("D-1", {})) == 'deal "D-1" is one of client 1'
    assert book.refusal(None, DealRow("D-1", {})) == 'deal "D-1" is one of client 1'
    assert book.refusal(None, DealRow("D-2", {})) == ""
