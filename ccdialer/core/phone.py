"""Is this a diallable number, what is its E.164 form, mobile or landline."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, PhoneNumberType


class NumberType(StrEnum):
    """What kind of line a number belongs to, as numbering plans tell them apart."""

    MOBILE = "mobile"
    FIXED_LINE = "fixed_line"
    TOLL_FREE = "toll_free"
    PREMIUM_RATE = "premium_rate"
    SHARED_COST = "shared_cost"
    VOIP = "voip"
    PERSONAL = "personal"
    PAGER = "pager"
    UAN = "uan"
    VOICEMAIL = "voicemail"


@dataclass(frozen=True, slots=True)
class NotANumber:
    """The text cannot be dialed; `reason` is one sentence for the person who wrote it."""

    reason: str


DIALABLE = frozenset({NumberType.MOBILE, NumberType.FIXED_LINE})
"""Types that a person answers and that cost what they seem to: the shipped default."""

REGIONS = frozenset(phonenumbers.SUPPORTED_REGIONS)
"""ISO 3166 codes of the countries whose numbering plan is known."""

Types = frozenset[NumberType]
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
    plan = _plan(region, types)

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


# --- plain shapes -------------------------------------------------------------------------------

_Match = Callable[[str], Any]
_BARRED = ["premium_rate", "toll_free", "shared_cost", "voip"]
_BARRED += ["personal_number", "pager", "uan", "voicemail"]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the numbering plan of a region says, compiled. The callables take digits only."""

    code: str  # country calling code
    plus_code: str  # the same with its plus
    trunk: str  # what is dialed before a national number: 8 in Russia; empty: nothing
    complete: _Match  # could this be a national number, of whatever type
    abroad: _Match  # does this begin with the prefix of international calls
    accepted: _Match  # is this a national number of an accepted type
    barred: _Match  # is this of a type that goes before mobile and fixed


def _plan(region: str, types: Types) -> _Plan | None:
    """The plan of a region that plain numbers can be read by; None: only the library can."""
    meta: Any = PhoneMetadata.metadata_for_region(region.upper(), None)
    if meta is None or not _is_plain(meta) or not types & DIALABLE:
        return None
    lead = f"(?={meta.leading_digits})" if meta.leading_digits else ""
    lead += rf"(?=(?:{meta.general_desc.national_number_pattern})\Z)"
    barred = [getattr(meta, name) for name in _BARRED]
    return _Plan(
        code=str(meta.country_code),
        plus_code=f"+{meta.country_code}",
        trunk=meta.national_prefix_for_parsing or "",
        complete=_full(meta.general_desc.national_number_pattern),
        abroad=re.compile(meta.international_prefix or r"(?!)", re.ASCII).match,
        accepted=_full(lead + _either(_accepted_patterns(meta, types))),
        barred=_full(_either([desc.national_number_pattern for desc in barred if desc])),
    )


def _is_plain(meta: Any) -> bool:
    """Whether the national prefix is mere digits and no other region goes first for the code."""
    owners = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[meta.country_code]
    trunk = meta.national_prefix_for_parsing or ""
    mere_digits = not meta.national_prefix_transform_rule and (trunk == "" or trunk.isdigit())
    return bool(owners[0] == meta.id and mere_digits)


def _accepted_patterns(meta: Any, types: Types) -> list[str]:
    """Patterns of mobile and fixed numbers, each with the lengths that the library demands."""
    descriptions = {NumberType.MOBILE: meta.mobile, NumberType.FIXED_LINE: meta.fixed_line}
    patterns = []
    for kind, desc in descriptions.items():
        if kind in types and desc is not None and desc.national_number_pattern:
            lengths = set(desc.possible_length or meta.general_desc.possible_length)
            lengths -= set(meta.general_desc.possible_length_local_only)
            size = "|".join(rf"\d{{{length}}}" for length in sorted(lengths))
            patterns.append(rf"(?=(?:{size})\Z)(?:{desc.national_number_pattern})")
    return patterns


def _either(patterns: list[str]) -> str:
    return "|".join(f"(?:{p})" for p in patterns if p).join(("(?:", ")")) if patterns else r"(?!)"


def _full(pattern: str) -> _Match:
    return re.compile(pattern, re.ASCII).fullmatch


def _national_part(plan: _Plan, text: str) -> str | None:
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
    found = _TYPES.get(phonenumbers.number_type(number), frozenset())
    if not found & types:
        kind, allowed = " or ".join(sorted(found)), ", ".join(sorted(types))
        return NotANumber(f'"{raw}" is a {kind} number; allowed are: {allowed}')
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


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
