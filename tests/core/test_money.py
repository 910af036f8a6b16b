"""Money by text: nothing is lost on the way to millionths and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.money import is_currency, micros, shown


@given(st.integers(0, 10**15 - 1))
def test_an_amount_survives_writing(amount: int) -> None:
    assert micros(shown(amount)) == amount
    assert shown(-amount) == ("-" if amount else "") + shown(amount)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.5", 1_500_000), ("1,50", 1_500_000), (" 2 ", 2_000_000), ("0.000001", 1), ("0", 0)],
)
def test_both_decimal_signs_are_read(text: str, amount: int) -> None:
    assert micros(text) == amount


@pytest.mark.parametrize("text", ["", "-1", "1e3", "0.0000001", "1.", ".5", "1 000", "free"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert micros(text) is None


def test_two_digits_at_least_are_shown() -> None:
    assert [shown(n) for n in (1_500_000, 12_000, 0)] == ["1.50", "0.012", "0.00"]


def test_currencies_are_codes() -> None:
    assert is_currency("RUB")
    assert not is_currency("rub")
    assert not is_currency("₽")
