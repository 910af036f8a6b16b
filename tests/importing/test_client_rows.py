"""A row becomes a client, or one sentence says why not."""

from __future__ import annotations

import pytest

from ccdialer.core.client import Business
from ccdialer.core.phone import NumberType, reader
from ccdialer.importing.client_rows import ClientReader, client_of
from ccdialer.importing.columns import client_columns
from ccdialer.importing.rows import Rejected
from ccdialer.storage.clients import ClientRow, ContactRow
from ccdialer.storage.deals import DealRow

READ = reader("RU", frozenset(NumberType))
ANNA = {"anna": 7}
E164 = "+79161234567"


def judged(header: str, cells: str) -> tuple[ClientRow, str] | Rejected:
    columns = client_columns("c.csv", header.split(";"), {})
    return client_of(cells.split(";"), ClientReader(columns, READ, ANNA, "UTC"))


def row_of(header: str, cells: str) -> ClientRow:
    found = judged(header, cells)
    assert not isinstance(found, Rejected)
    assert found[1] == ""
    return found[0]


def test_what_is_said_and_nothing_else() -> None:
    row = row_of(
        "Телефон;id;ФИО;Стадия;owner;Город;Сайт", "8 916 123-45-67;A;Ольга;;anna;Омск;x.ru"
    )
    assert row.numbers == [E164]
    assert row.source_id == "A"
    assert row.told == {"name": "Ольга", "owner_id": 7, "city": "Омск"}
    assert row.fields == {"Сайт": "x.ru"}
    assert (row.contact, row.business, row.deal) == (None, {}, None)


def test_kind_and_card_date() -> None:
    row = row_of("id;kind;created", "A;Юрлицо;2026-11-01")
    assert row.told == {"kind": "company", "created_at": 1_793_491_200_000}
    row = row_of("id;тип", "A;person")
    assert row.told == {"kind": "person"}


def test_counts_and_sums() -> None:
    row = row_of("id;orders;orders_sum;paid_sum;currency", "A;3;1 500,50;7;rub")
    assert row.business == {
        (Business.ORDERS, "RUB"): (3, 1_500_500_000),
        (Business.PAID, "RUB"): (0, 7_000_000),
    }


def test_contact_person() -> None:
    row = row_of("id;contact;contact_phone;post", "A;Pavel;89161234567;boss")
    assert row.contact == ContactRow("Pavel", "boss", [E164])
    assert row_of("phone;contact phone", f"{E164};89161234568").contact == ContactRow(
        "", "", ["+79161234568"]
    )


def test_deal() -> None:
    header = "id;deal_id;deal;deal_stage;deal_owner;deal_amount;deal_currency;deal_closed"
    row = row_of(header, "A;D-1;Roof;won;anna;10;RUB;yes")
    told = {"title": "Roof", "stage": "won", "owner_id": 7, "amount": 10_000_000, "currency": "RUB"}
    assert row.deal == DealRow("D-1", told, is_open=False)
    assert row_of("id;deal_id", "A;D-1").deal == DealRow("D-1", {}, None)


@pytest.mark.parametrize(
    ("header", "cells", "sentence"),
    [
        ("phone;name", "123;Olga", '"123" is not a phone number'),
        ("phone;name", ";Olga", "neither a phone number nor an id"),
        ("id;kind", "A;dog", 'kind "dog" is neither person nor company'),
        ("id;owner", "A;zoe", 'owner "zoe" is no agent\'s login; see: ccdialer agent list'),
        ("id;created", "A;soon", '"soon" is not an instant'),
        ("id;orders", "A;many", 'orders "many" is not a whole number'),
        ("id;orders", "A;99999999999", 'orders "99999999999" is not a whole number'),
        ("id;paid_sum", "A;-5", 'paid: "-5" is not an amount such as 1500.50'),
        ("id;paid;currency", "A;5;roubles", 'currency "roubles" is not a code such as RUB'),
        ("id;deal", "A;Roof", "a deal needs its id: deal is there and deal_id is not"),
        ("id;deal_id;deal_closed", "A;D;maybe", 'deal_closed "maybe" is neither yes nor no'),
        ("id;name", "A;B;C", "3 cells, 2 expected; is a delimiter in a cell?"),
    ],
)
def test_one_sentence_says_why_not(header: str, cells: str, sentence: str) -> None:
    found = judged(header, cells)
    assert isinstance(found, Rejected)
    assert found.reason.startswith(sentence)


def test_a_bad_number_of_somebody_known_by_his_id_is_a_remark() -> None:
    found = judged("phone;id", "123;A")
    assert not isinstance(found, Rejected)
    assert (found[0].source_id, found[0].numbers) == ("A", [])
    assert found[1].startswith('"123" is not a phone number')


def test_short_rows_are_filled() -> None:
    assert row_of("id;name;city", "A").told == {}


def test_a_column_that_only_looks_like_a_kind_can_be_a_field() -> None:
    columns = client_columns("c.csv", ["id", "Тип"], {"segment": "Тип"})
    found = client_of(["A", "розница"], ClientReader(columns, READ, ANNA))
    assert not isinstance(found, Rejected)
    assert (found[0].told, found[0].fields) == ({}, {"segment": "розница"})


@pytest.mark.parametrize("text", ["1.23457E+14", "1,23457E+14", "1E+15", "4.5e+12"])
def test_an_id_that_a_spreadsheet_has_rounded_makes_no_two_clients_one(text: str) -> None:
    for header, cells in (("id;name", f"{text};Ольга"), ("id;deal_id;deal", f"A;{text};Roof")):
        found = judged(header, cells)
        assert isinstance(found, Rejected)
        assert f'id "{text}" was rounded by a spreadsheet' in found.reason
    assert row_of("id;name", "1E5;Ольга").source_id == "1E5"


def test_a_whole_number_may_have_noughts_behind_it() -> None:
    assert row_of("id;orders", "A;2.0").business == {(Business.ORDERS, ""): (2, 0)}
    assert isinstance(judged("id;orders", "A;2.5"), Rejected)
