"""Numbers as lines give them, in any spelling and of any malice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.caller_id import clean, did_of, number_of


@pytest.mark.parametrize(
    "raw", ["89161234567", "+7 (916) 123-45-67", "79161234567", "9161234567", "8-916-123-45-67"]
)
def test_any_spelling_is_one_number(raw: str) -> None:
    assert number_of(raw, "RU") == "+79161234567"


@pytest.mark.parametrize(
    "raw",
    ["", " ", "anonymous", "Anonymous", "restricted", "unknown", "s", "101", "\x00", "${EVIL}"],
)
def test_who_cannot_be_called_back_hides_his_number(raw: str) -> None:
    assert number_of(raw, "RU") == ""


def test_a_number_called_may_be_one_of_the_house() -> None:
    assert did_of("8 (4842) 40-01-49", "RU") == "+74842400149"
    assert did_of("401", "RU") == "401"
    assert did_of("\x00401\n", "RU") == "401"


@given(st.text(max_size=200))
def test_nothing_makes_it_fail(raw: str) -> None:
    number, did = number_of(raw, "RU"), did_of(raw, "RU")
    assert not number or (number[0] == "+" and number[1:].isascii() and number[1:].isdigit())
    assert len(did) <= 64
    assert did.isprintable()


@given(st.text(), st.integers(0, 20))
def test_what_is_kept_of_a_text_is_printable_and_short(text: str, longest: int) -> None:
    kept = clean(text, longest)
    assert len(kept) <= longest
    assert kept.isprintable()
