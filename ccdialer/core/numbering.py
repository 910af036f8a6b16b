"""A country's numbering plan, compiled: what plain numbers are matched with."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType


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


DIALABLE = frozenset({NumberType.MOBILE, NumberType.FIXED_LINE})
"""Types that a person answers and that cost what they seem to: the shipped default."""

Types = frozenset[NumberType]

_Match = Callable[[str], Any]
_BARRED = ["premium_rate", "toll_free", "shared_cost", "voip"]
_BARRED += ["personal_number", "pager", "uan", "voicemail"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the numbering plan of a region says, compiled. The callables take digits only."""

    code: str  # country calling code
    plus_code: str  # the same with its plus
    trunk: str  # what is dialed before a national number: 8 in Russia; empty: nothing
    complete: _Match  # could this be a national number, of whatever type
    abroad: _Match  # does this begin with the prefix of international calls
    accepted: _Match  # is this a national number of an accepted type
    barred: _Match  # is this of a type that goes before mobile and fixed


@lru_cache(maxsize=256)
def plan_of(region: str, types: Types) -> Plan | None:
    """The plan of a region that plain numbers can be read by; None: only the library can."""
    meta: Any = PhoneMetadata.metadata_for_region(region.upper(), None)
    if meta is None or not _is_plain(meta) or not types & DIALABLE:
        return None
    lead = f"(?={meta.leading_digits})" if meta.leading_digits else ""
    lead += rf"(?=(?:{meta.general_desc.national_number_pattern})\Z)"
    barred = [getattr(meta, name) for name in _BARRED]
    return Plan(
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


def examples(region: str, types: Types) -> dict[NumberType, str]:
    """A number of each type, in E.164, that nobody has: of the plan's own examples."""
    found = {
        kind: phonenumbers.example_number_for_type(region, code)
        for kind, code in _CODES.items()
        if kind in types
    }
    form = PhoneNumberFormat.E164
    return {kind: phonenumbers.format_number(n, form) for kind, n in found.items() if n}


_CODES = {
    NumberType.MOBILE: PhoneNumberType.MOBILE,
    NumberType.FIXED_LINE: PhoneNumberType.FIXED_LINE,
    NumberType.TOLL_FREE: PhoneNumberType.TOLL_FREE,
}
