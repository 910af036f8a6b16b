"""Is this a diallable number, what is its E.164 form, mobile or landline."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, PhoneNumberType

from ccdialer.core.numbering import DIALABLE, NumberType, Plan, Types, plan_of

__all__ = [
    "DIALABLE",
    "REGIONS",
    "NotANumber",
    "NumberType",
    "Reader",
    "Types",
    "mask",
    "normalise",
    "reader",
    "spellings",
    "split_numbers",
    "types_of",
]


@dataclass(frozen=True, slots=True)
class NotANumber:
    """The text cannot be dialed; `reason` is one sentence for the person who wrote it."""

    reason: str


_SEPARATORS = re.compile(r"[,;/|\r\n]+")
_FEWEST_DIGITS = 7  # of a part that is a number by itself, and not an extension

REGIONS = frozenset(phonenumbers.SUPPORTED_REGIONS)
"""ISO 3166 codes of the countries whose numbering plan is known."""

Reader = Callable[[str], str | NotANumber]

_TYPES: dict[int, frozenset[NumberType]] = {
    PhoneNumberType.FIXED_LINE: frozenset({NumberType.FIXED_LINE}),
    PhoneNumberType.MOBILE: frozenset({NumberType.MOBILE}),
    PhoneNumberType.FIXED_LINE_OR_MOBILE: DIALABLE,
    PhoneNumberType.TOLL_FREE: frozenset({NumberType.TOLL_FREE}),
    PhoneNumberType.PREMIUM_RATE: frozenset({NumberType.PREMIUM_RATE}),
    PhoneNumberType.SHARED_COST: frozenset({NumberType.SHARED_COST}),
    PhoneNumberType.VOIP: frozenset({NumberType.VOIP}),
    PhoneNumberType.PERSONAL_NUMBER: frozenset({NumberType.PERSONAL}),
    PhoneNumberType.PAGER: frozenset({NumberType.PAGER}),
    PhoneNumberType.UAN: frozenset({NumberType.UAN}),
    PhoneNumberType.VOICEMAIL: frozenset({NumberType.VOICEMAIL}),
}
_PUNCTUATION = str.maketrans("", "", " ()-.\u00a0\u2009\u202f\u2010\u2011\u2012\u2013\u2014")
_LONGEST_PLAIN = 40
_EXCEL_FLOAT = re.compile(r"\d([.,]\d*)?[eE]\+?\d{1,2}")
_EXCEL_DECIMAL = re.compile(r"\d{7,}[.,]0+")
_ROUNDED = "was a number until Excel rounded it; make it a text column and export the file again"
_REMARK = re.compile(r"(\+?[\d\s()\-.\u00a0]{7,}?)[\s(,\u00a0]*[^\W\d_].*", re.DOTALL)


def normalise(raw: str, region: str = "RU", types: Types = DIALABLE) -> str | NotANumber:
    """The E.164 form (`+79161234567`) of a number in any usual spelling, or why there is none.

    `region` is the ISO 3166 code of the country whose national numbers are written without a
    country code. An extension or a remark after the number is left out. Never raises.
    """
    return reader(region, types)(raw)


@lru_cache(maxsize=64)
def reader(region: str, types: Types = DIALABLE) -> Reader:
    """`normalise` for one region and set of types, prepared once for many numbers.

    The library takes some 70 µs for a number. Numbers in a plain shape are therefore matched with
    the library's own patterns directly, under conditions that leave one way to read them; every
    other text goes to the library. tests/core/test_phone.py holds the two together.
    """
    plan = plan_of(region, types)

    def read(raw: str) -> str | NotANumber:
        excel = raw.rstrip(" 0\u00a0")[-1:] == "."  # perhaps: 79161234567.0
        if plan is not None and len(raw) <= _LONGEST_PLAIN and not excel:
            national = _national_part(plan, raw.translate(_PUNCTUATION))
            if national and plan.accepted(national) and not plan.barred(national):
                return plan.plus_code + national
        return _by_library(raw, region, types)

    return read


def mask(number: str) -> str:
    """The number as it may stand in a log: `+7916***4567`."""
    return f"{number[:5]}***{number[-4:]}" if len(number) >= 11 else f"{number[:2]}***"


def spellings(number: str) -> dict[str, str]:
    """The ways in which other systems may have an E.164 number: `number` +79161234567, `digits`
    79161234567, `national` 9161234567."""
    digits = number.removeprefix("+")
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return {"number": number, "digits": digits, "national": digits}
    national = str(phonenumbers.national_significant_number(parsed))
    return {"number": number, "digits": digits, "national": national}


# --- plain shapes -------------------------------------------------------------------------------


def _national_part(plan: Plan, text: str) -> str | None:
    """What must be a national number in `text`, where there is only one way to read it."""
    if text[:1] == "+":
        national = text[len(plan.plus_code) :] if text.startswith(plan.plus_code) else ""
    elif plan.abroad(text):
        return None
    elif plan.complete(text):
        national = "" if text.startswith(plan.code) else text
    elif text.startswith(plan.code):
        national = text[len(plan.code) :]
    else:
        national = text[len(plan.trunk) :] if plan.trunk and text.startswith(plan.trunk) else ""
    twice = plan.trunk and national.startswith(plan.trunk)
    return None if twice and plan.complete(national[len(plan.trunk) :]) else national


# --- everything else ----------------------------------------------------------------------------


def _by_library(raw: str, region: str, types: Types) -> str | NotANumber:
    text = _without_excel(raw.strip())
    if isinstance(text, NotANumber):
        return text
    number = _parsed(text, region)
    if number is None or not phonenumbers.is_valid_number(number):
        return NotANumber(_why_not(raw, text, region, number))
    found = types_of(number)
    if not found & types:
        kind, allowed = " or ".join(sorted(found)), ", ".join(sorted(types))
        return NotANumber(f'"{raw}" is a {kind} number; allowed are: {allowed}')
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def types_of(number: PhoneNumber) -> Types:
    """What a number may be; nothing: its plan does not tell."""
    return _TYPES.get(phonenumbers.number_type(number), frozenset())


def _without_excel(text: str) -> str | NotANumber:
    """The digits that were typed before Excel took them for a quantity."""
    text = text.removeprefix("=").strip("\"'’`").strip()
    if _EXCEL_DECIMAL.fullmatch(text):
        return re.split("[.,]", text)[0]
    if not _EXCEL_FLOAT.fullmatch(text):
        return text
    mantissa, exponent = re.split("[eE]", text)
    whole, _, rest = mantissa.replace(",", ".").partition(".")
    return whole + rest if len(rest) == int(exponent) else NotANumber(f'"{text}" {_ROUNDED}')


def _parsed(text: str, region: str) -> PhoneNumber | None:
    """What the library reads; once more without the remark after the number, where there is one."""
    remark = _REMARK.fullmatch(text)
    for candidate in (text, *((remark[1],) if remark else ())):
        try:
            return phonenumbers.parse(candidate, region)
        except NumberParseException:
            continue
    return None


def _why_not(raw: str, text: str, region: str, number: PhoneNumber | None) -> str:
    shown = f'"{raw[:60]}" is not a phone number'
    count = sum(char.isdecimal() for char in text)
    if not count:
        return f"{shown} (it has no digits)" if text else "the number is empty"
    meta = PhoneMetadata.metadata_for_region(region.upper(), None)
    if number is not None and meta is not None and number.country_code != meta.country_code:
        return f"{shown} (nothing like it in the numbering plan of +{number.country_code})"
    expected = _expected_digits(meta, text) if meta is not None else set()
    if expected and count not in expected:
        sizes = " or ".join(str(size) for size in sorted(expected))
        return f"{shown} ({count} digit{'s' * (count != 1)}, {sizes} expected)"
    return f"{shown} (nothing like it in the numbering plan of {region.upper()})"


def _expected_digits(meta: Any, text: str) -> set[int]:
    """How many digits a mobile or fixed number has, spelled the way `text` begins."""
    sizes = {n for d in (meta.mobile, meta.fixed_line) if d for n in d.possible_length}
    start = re.sub(r"\D", "", text)
    heads = [h for h in (str(meta.country_code), meta.national_prefix) if h and h.isdigit()]
    head = next((len(h) for h in heads if start.startswith(h)), 0)
    return {size + head for size in sizes}


def split_numbers(text: str) -> list[str]:
    """The numbers in one text, cut at , ; / | and line ends; an extension stays with its own."""
    parts: list[str] = []
    for part in _SEPARATORS.split(text):
        short = sum(map(str.isdigit, part)) < _FEWEST_DIGITS
        if parts and short and part.strip():
            parts[-1] += f", {part.strip()}"
        elif part.strip():
            parts.append(part.strip())
    return parts
