"""Holidays and moved workdays of a country, and what a site knows better."""

from __future__ import annotations

from datetime import date

import pytest

from ccdialer.calendars import calendar_of, mistake_in
from ccdialer.core.daytimes import FRIDAY, HOLIDAY, SUNDAY
from ccdialer.core.limits import SiteRules

RU = SiteRules(holidays="RU")


def test_moved_days_of_russia() -> None:
    """Government decree for 2027: Saturday 20 February is worked for Monday the 22nd."""
    calendar = calendar_of(RU, 2027)
    assert calendar.day(date(2027, 2, 20)) == FRIDAY
    assert calendar.day(date(2027, 2, 22)) == HOLIDAY
    assert calendar.day(date(2027, 2, 21)) == SUNDAY


def test_the_turn_of_the_year_is_in_the_calendar() -> None:
    calendar = calendar_of(RU, 2026)
    days = (date(2025, 12, 31), date(2026, 12, 31), date(2027, 1, 1))
    assert [calendar.day(day) for day in days] == [HOLIDAY] * 3


def test_regions() -> None:
    memorial = date(2026, 5, 25)
    assert calendar_of(SiteRules(holidays="US-CA"), 2026).day(memorial) == HOLIDAY
    assert calendar_of(SiteRules(), 2026).day(date(2026, 1, 1)) == 3


def test_what_the_site_says_goes_before() -> None:
    rules = SiteRules(
        holidays="RU",
        more_holidays=("2026-11-05",),
        no_holidays=("2026-11-04",),
        more_workdays=("2026-11-07",),
    )
    calendar = calendar_of(rules, 2026)
    assert calendar.day(date(2026, 11, 5)) == HOLIDAY
    assert calendar.day(date(2026, 11, 4)) == 2
    assert calendar.day(date(2026, 11, 7)) == FRIDAY


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("RU", ""),
        ("GB-SCT", ""),
        ("XX", 'no country "XX" is known; write its ISO 3166 code, such as RU, US-CA, GB-SCT'),
        (
            "GB-LON",
            'GB has no region "LON"; regions with holidays of their own: ENG, NIR, SCT, WLS',
        ),
    ],
)
def test_names_of_regions(region: str, said: str) -> None:
    assert mistake_in(region) == said
