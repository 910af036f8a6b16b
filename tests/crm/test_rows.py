"""Rows of a table become a client with his deals, and hostile texts become harmless values."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.card import Card, Deal
from ccdialer.crm.rows import LONGEST, card_of_rows, instant_of, is_open, owner_of, text_of


def test_the_first_row_is_the_client_and_each_brings_a_deal() -> None:
    rows = [
        {"client_id": 5, "name": "Anna", "owner": 7, "deal_id": 1, "deal_stage": "paid"},
        {"client_id": 5, "deal_id": 2, "deal_stage": "made", "deal_open": "no"},
        {"client_id": 5, "deal_id": None, "deal_stage": None},
    ]
    assert card_of_rows("erp", rows) == Card(
        "erp", "5", "Anna", "id:7", (Deal("1", "paid"), Deal("2", "made", is_open=False)), {}
    )
    assert card_of_rows("erp", []) is None


def test_other_columns_are_fields() -> None:
    card = card_of_rows("erp", [{"name": "A", "city": "Omsk", "segment": None, "age": 41.0}])
    assert card is not None
    assert card.fields == {"city": "Omsk", "age": "41"}
    assert card.deals == ()


@pytest.mark.parametrize(
    ("value", "owner"),
    [("login:anna", "login:anna"), ("phone:101", "phone:101"), (7, "id:7"), (None, ""), ("", "")],
)
def test_owners(value: object, owner: str) -> None:
    assert owner_of(value) == owner


@pytest.mark.parametrize(
    ("value", "at"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), 1767225600.0),
        (datetime(2026, 1, 1), 1767225600.0),  # noqa: DTZ001 - databases give such
        (date(2026, 1, 1), 1767225600.0),
        ("2026-01-01T03:00:00+03:00", 1767225600.0),
        ("1767225600", 1767225600.0),
        (1767225600, 1767225600.0),
        ("yesterday", None),
        ("nan", None),
        (float("inf"), None),
        (None, None),
    ],
)
def test_instants(value: object, at: float | None) -> None:
    assert instant_of(value) == at


@pytest.mark.parametrize(
    ("value", "verdict"), [(None, True), (True, True), ("Y", True), (False, False), ("N", False)]
)
def test_open_deals(value: object, verdict: bool) -> None:
    assert is_open(value) is verdict


@given(st.text() | st.integers() | st.floats() | st.none() | st.booleans())
def test_a_value_is_one_short_line(value: object) -> None:
    text = text_of(value)
    assert len(text) <= LONGEST
    assert not set(text) & set("\n\r\0\t")
