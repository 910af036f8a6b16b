"""Public holidays and moved workdays of a country or region, from the holidays library."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

from ccdialer.core.limits import SiteRules
from ccdialer.core.schedule import Calendar

YEARS_AHEAD = 1
"""Nobody is told a next call further away than that; moved days are decreed for the next year."""


def mistake_in(region: str) -> str:
    """What is wrong with the name of a region such as RU or US-CA; empty: nothing."""
    country, _, part = region.partition("-")
    known = holidays.list_supported_countries()
    if country not in known:
        return (
            f'no country "{country}" is known; write its ISO 3166 code, such as RU, US-CA, GB-SCT'
        )
    if part and part not in known[country]:
        parts = ", ".join(known[country]) or "none"
        return f'{country} has no region "{part}"; regions with holidays of their own: {parts}'
    return ""


def calendar_of(rules: SiteRules, year: int) -> Calendar:
    """The calendar of a site's rules for a year and the next one, and its last days before."""
    free, worked = _public(rules.holidays, year)
    dates = [_dates(each) for each in (rules.more_holidays, rules.no_holidays, rules.more_workdays)]
    more, fewer, workdays = dates
    return Calendar((free - fewer - workdays) | more, (worked | workdays) - more)


@lru_cache(maxsize=16)
def _public(region: str, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Days off, moved ones among them, and days of weekends that are worked in their stead."""
    if not region:
        return frozenset(), frozenset()
    country, _, part = region.partition("-")
    years = range(year - 1, year + YEARS_AHEAD + 1)
    found = holidays.country_holidays(country, subdiv=part or None, years=years)
    return frozenset(found), frozenset(getattr(found, "weekend_workdays", ()))


def _dates(texts: tuple[str, ...]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, texts))
