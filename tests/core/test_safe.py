"""Whatever is put in, only the alphabet comes out, and all of it can be read back."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.safe import LONGEST, safe

ALPHABET = re.compile(r"[A-Za-z0-9_.:+%-]*")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        ("+79161234567", "+79161234567"),
        ("rule.sales:1-a_b", "rule.sales:1-a_b"),
        ("PJSIP/anna", "PJSIP%2Fanna"),
        ("100%", "100%25"),
        ("Ад", "%D0%90%D0%B4"),
        ('x"\nEXEC System "id', "x%22%0AEXEC%20System%20%22id"),
        ("${SHELL(id)},~\0", "%24%7BSHELL%28id%29%7D%2C%7E%00"),
    ],
)
def test_what_a_text_becomes(text: str, value: str) -> None:
    assert safe(text) == value


@given(st.text(), st.integers(0, 100))
def test_only_the_alphabet_and_never_too_long(text: str, most: int) -> None:
    value = safe(text, most)
    assert ALPHABET.fullmatch(value)
    assert len(value) <= most


@given(st.text(st.characters(codec="utf-8")))
def test_it_can_be_read_back_as_far_as_it_was_written(text: str) -> None:
    back = unquote(safe(text))
    assert text.startswith(back)
    assert back == text or len(safe(text)) > LONGEST - 12


def test_a_letter_is_not_cut_through() -> None:
    assert safe("aЯ", 6) == "a"
    assert safe("aЯ", 7) == "a%D0%AF"


def test_a_long_text_costs_no_more_than_its_value() -> None:
    assert safe("\0" * 65536) == "%00" * 21
