"""Numbers: usual spellings are read, plain ones as the library reads them, damage is refused."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccdialer.core.phone import (
    DIALABLE,
    REGIONS,
    NotANumber,
    NumberType,
    mask,
    normalise,
    reader,
    split_numbers,
)

USUAL = [
    "8 (916) 123-45-67",
    "8(916)1234567",
    "+7 916 123-45-67",
    "+7(916)123.45.67",
    "7 916 123 45 67",
    "9161234567",
    " 89161234567 ",
    "8\u00a0916\u00a0123\u00a045\u00a067",
    "8–916–123–45–67",
    "＋７９１６１２３４５６７",
    "79161234567.0",
    " 79161234567.00 ",
    "7.9161234567E+10",
    "7,9161234567E+10",
    "'89161234567",
    '="89161234567"',
    "8 916 123-45-67 доб. 12",
    "8 916 123-45-67 (Анна, жена)",
    "тел. 8 916 123-45-67",
    "8 10 7 916 123-45-67",
]


@pytest.mark.parametrize("spelling", USUAL)
def test_reads_usual_spellings(spelling: str) -> None:
    assert normalise(spelling) == "+79161234567"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("8 (999) 12", "6 digits, 11 expected"),
        ("916 123", "6 digits, 10 expected"),
        ("7.91612E+10", "Excel"),
        ("7.916123456712E+10", "Excel"),
        ("+7 000 123 45 67", "numbering plan of RU"),
        ("+44 000 123 45 67", "numbering plan of +44"),
        ("Анна", "no digits"),
        ("  ", "empty"),
        ("8 800 555-35-35", "toll_free number; allowed are: fixed_line, mobile"),
        ("9" * 3000, "3000 digits"),
        ("\x00\ud800", "no digits"),
    ],
)
def test_says_why_not(raw: str, words: str) -> None:
    verdict = normalise(raw)
    assert isinstance(verdict, NotANumber)
    assert words in verdict.reason


def test_region_and_types_are_the_callers() -> None:
    assert normalise("020 7946 0958", "GB") == "+442079460958"
    assert normalise("(415) 555-2671", "US") == "+14155552671"
    assert normalise("8 800 555-35-35", types=frozenset({NumberType.TOLL_FREE})) == "+78005553535"
    only_mobile = frozenset({NumberType.MOBILE})
    assert normalise("8 916 123-45-67", types=only_mobile) == "+79161234567"
    assert isinstance(normalise("8 495 123-45-67", types=only_mobile), NotANumber)


def test_masks_the_middle() -> None:
    assert mask("+79161234567") == "+7916***4567"
    assert "345" not in mask("+712345")


def by_library(text: str, region: str, types: frozenset[NumberType] = DIALABLE) -> str | None:
    """What the library alone says of a number: the oracle."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    kinds = {
        phonenumbers.PhoneNumberType.MOBILE: {NumberType.MOBILE},
        phonenumbers.PhoneNumberType.FIXED_LINE: {NumberType.FIXED_LINE},
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE: DIALABLE,
    }
    kind = kinds.get(phonenumbers.number_type(number), set())
    valid = phonenumbers.is_valid_number(number) and types & kind
    return phonenumbers.format_number(number, 0) if valid else None


def expect_as_library(text: str, region: str, types: frozenset[NumberType]) -> None:
    verdict = reader(region, types)(text)
    assert (None if isinstance(verdict, NotANumber) else verdict) == by_library(text, region, types)


TYPES = st.sampled_from([DIALABLE, frozenset({NumberType.MOBILE})])


@st.composite
def near_numbers(draw: st.DrawFn, region: str) -> str:
    """Texts near the numbers of a region: real examples with some digits and the prefix changed."""
    kind = draw(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7]))
    number = phonenumbers.example_number_for_type(region, kind)
    number = number or phonenumbers.example_number(region)
    if number is None:
        return draw(st.from_regex(r"\+?\d{5,14}", fullmatch=True))
    digits = list(phonenumbers.national_significant_number(number))
    for _ in range(draw(st.integers(0, 4))):
        digits[draw(st.integers(0, len(digits) - 1))] = draw(st.sampled_from("0123456789"))
    digits += draw(st.sampled_from([[], [], [], ["5"], ["0", "1"]]))
    code = str(number.country_code)
    heads = ["", f"+{code}", code, "0", "1", "8", f"00{code}", f"0{code}", f"+{code}0", "+", "810"]
    return draw(st.sampled_from(heads)) + "".join(digits)


@settings(max_examples=400, deadline=None)
@given(st.data(), st.sampled_from(sorted(REGIONS)), TYPES)
def test_plain_numbers_of_every_region_read_as_the_library(
    data: st.DataObject, region: str, types: frozenset[NumberType]
) -> None:
    expect_as_library(data.draw(near_numbers(region)), region, types)


RUSSIAN = st.from_regex(r"(\+7|7|8|)(9|8|4|3|7|)[0-9]{8,10}", fullmatch=True)


@settings(max_examples=400, deadline=None)
@given(RUSSIAN, st.lists(st.tuples(st.integers(0, 14), st.sampled_from(" -()\u00a0.")), max_size=5))
@example("88108001234567", [])
@example("81012345678", [])
def test_russian_spellings_read_as_the_library(digits: str, marks: list[tuple[int, str]]) -> None:
    text = digits
    for place, mark in marks:
        text = text[:place] + mark + text[place:]
    if not re.fullmatch(r"\d{7,}\.0+", text.strip()):  # the library reads Excel's 0 as a digit
        expect_as_library(text, "RU", DIALABLE)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_never_raises(text: str) -> None:
    verdict = normalise(text)
    assert isinstance(verdict, NotANumber) or verdict.startswith("+")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("89160000001", ["89160000001"]),
        ("89160000001, 89160000002", ["89160000001", "89160000002"]),
        ("89160000001;89160000002/89160000003", ["89160000001", "89160000002", "89160000003"]),
        ("8 495 000-00-01, доб. 12", ["8 495 000-00-01, доб. 12"]),
        ("89160000001\n89160000002", ["89160000001", "89160000002"]),
        (" ; ", []),
    ],
)
def test_numbers_in_one_text(text: str, parts: list[str]) -> None:
    assert split_numbers(text) == parts
