"""Allowed numbers: which kinds and countries a campaign dials, and which prefixes never."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.numbering import DIALABLE, Types, plan_of
from ccdialer.core.phone import types_of

NO_PLAN = "in no numbering plan"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a number must be; `countries` are ISO 3166 codes, `denied` begins E.164 numbers."""

    countries: tuple[str, ...]
    types: Types = DIALABLE
    denied: tuple[str, ...] = ()


def allowed_by(settings: CampaignSettings, home: str) -> Allowed:
    """What a campaign dials; `home` is the country of the site."""
    types = frozenset(settings.number_types)
    return Allowed(settings.countries or (home,), types, settings.denied_prefixes)


def refusal(number: str, allowed: Allowed) -> str:
    """What keeps an E.164 number from being dialed (`a number of KZ; allowed are: RU`); empty:
    nothing (SPEC D10).

    What cannot be told for certain is refused. The library takes some 100 µs, so plain numbers are
    matched with its patterns, as in `phone.reader`.
    """
    if number.startswith(allowed.denied):
        prefix = next(p for p in allowed.denied if number.startswith(p))
        return f"denied, as all that begin with {prefix}"
    return "" if _is_plainly(number, allowed) else _by_library(number, allowed)


def _is_plainly(number: str, allowed: Allowed) -> bool:
    """Whether the patterns of an allowed country alone say yes."""
    for country in allowed.countries:
        plan = plan_of(country, allowed.types)
        if plan is not None and number.startswith(plan.plus_code):
            national = number[len(plan.plus_code) :]
            if plan.accepted(national) and not plan.barred(national):
                return True
    return False


def _by_library(number: str, allowed: Allowed) -> str:
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return NO_PLAN
    if not phonenumbers.is_valid_number(parsed):
        return NO_PLAN
    country = phonenumbers.region_code_for_number(parsed)
    if country not in allowed.countries:
        shown = ", ".join(sorted(allowed.countries))
        return f"a number of {country or 'no country'}; allowed are: {shown}"
    found = types_of(parsed)
    if not found & allowed.types:
        kind, types = " or ".join(sorted(found)) or "unknown", ", ".join(sorted(allowed.types))
        return f"a {kind} number; allowed are: {types}"
    return ""
