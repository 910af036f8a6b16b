"""Clients as rows: a page at a time, and whole in an export."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer.reports import table as paging
from ccdialer.reports.clients import amount, clients, export
from ccdialer.reports.table import Table
from ccdialer.storage import Database
from ccdialer.storage.client_pages import ClientFilter
from tests.storage.client_base import CONTACT, NUMBER, client, deal, project_of
from tests.storage.samples import NOW, number


def records(table: Table) -> list[dict[str, Any]]:
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def test_a_row_for_each(db: Database) -> None:
    client(db, 1, 1, 2, name="Olga", stage="new")
    deal(db, 1, 1, NOW)
    deal(db, 2, 1, NOW, closed_at=NOW)
    (row,) = records(clients(db, ClientFilter()))
    assert (row["id"], row["name"], row["numbers"]) == (1, "Olga", f"{number(1)}, {number(2)}")
    assert (row["open_deals"], row["project"]) == (1, "acme")


def test_page_by_page(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE", 2)
    for n in range(1, 6):
        client(db, n, n)
    assert [row["id"] for row in records(clients(db, ClientFilter(limit=0)))] == [1, 2, 3, 4, 5]
    assert [row["id"] for row in records(clients(db, ClientFilter(limit=3)))] == [1, 2, 3]


def test_an_export_has_all_of_a_client(db: Database) -> None:
    client(db, 1, *range(1, 8), name="Olga", fields='{"Сайт": "x.ru"}')
    client(db, 2, fields='{"a": "1"}')
    db.run(CONTACT, (5, 1, "Pavel", "boss"))
    db.run(NUMBER, (number(9), project_of(db), 1, 5))
    db.run("INSERT INTO client_business VALUES (1, 'orders', 'RUB', 2, 1500500)")
    db.run("INSERT INTO client_business VALUES (1, 'paid', 'EUR', 1, 7000000)")
    for n in (1, 2, 3):
        deal(db, n, 1, NOW - n, closed_at=NOW if n == 3 else None)
    first, second, third, bare = records(export(db, ClientFilter(limit=0)))
    assert [row["name"] for row in (first, second, third, bare)] == ["Olga", "Olga", "Olga", ""]
    assert first["phone"].split(", ") == [number(n) for n in range(1, 6)]
    assert second["phone"].split(", ") == [number(6), number(7)]
    assert (first["contact"], first["contact_phone"], first["post"]) == (
        *("Pavel", number(9)),
        "boss",
    )
    assert (first["paid"], first["paid_sum"], first["orders"]) == ("1", "7", "")
    assert (first["currency"], second["currency"]) == ("EUR", "RUB")
    assert (second["orders"], second["orders_sum"]) == ("2", "1.5005")
    assert [row["deal"] for row in (first, second, third)] == ["deal 1", "deal 2", "deal 3"]
    assert [row["deal_closed"] for row in (first, third)] == ["no", "yes"]
    assert (first["Сайт"], first["a"], bare["a"]) == ("x.ru", "", "1")


def test_amounts_as_files_have_them() -> None:
    assert [amount(n) for n in (None, 0, 1_500_000, 10_000_000, 1)] == [
        *("", "0", "1.5", "10", "0.000001"),
    ]
