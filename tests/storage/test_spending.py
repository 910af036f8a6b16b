"""Caps are set and dropped; hours and days are the site's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ccdialer import storage
from ccdialer.storage import Cap, Database, Period, Scope, Spent
from ccdialer.storage.spending import bounds
from tests.clocks import clocks_of
from tests.storage.samples import NOW

HOURLY = Cap(Scope.SITE, 0, Period.HOUR, "RUB", 500_000_000)


def test_caps_are_set_changed_and_dropped(db: Database) -> None:
    daily = Cap(Scope.TRUNK, 3, Period.DAY, "RUB", 9_000_000_000)
    storage.set_cap(db, HOURLY)
    storage.set_cap(db, daily)
    changed = Cap(Scope.SITE, 0, Period.HOUR, "RUB", 1)
    storage.set_cap(db, changed)
    assert storage.list_caps(db) == [changed, daily]
    assert storage.drop_cap(db, HOURLY)
    assert not storage.drop_cap(db, HOURLY)
    assert storage.list_caps(db) == [daily]
    assert storage.spent_of(db, daily, NOW) == Spent(0, 0)


@pytest.fixture
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    with clocks_of(request.param):
        yield request.param


def at(*parts: int) -> int:
    return round(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("zone", "instant", "period", "begins", "ends"),
    [
        ("UTC", at(2026, 3, 5, 7, 59), "hour", at(2026, 3, 5, 7), at(2026, 3, 5, 8)),
        ("UTC", at(2026, 3, 5, 8), "hour", at(2026, 3, 5, 8), at(2026, 3, 5, 9)),
        # Half an hour beside the hours of UTC.
        ("Asia/Kolkata", at(2026, 3, 5, 7), "hour", at(2026, 3, 5, 6, 30), at(2026, 3, 5, 7, 30)),
        ("Asia/Omsk", at(2026, 3, 5, 19), "day", at(2026, 3, 5, 18), at(2026, 3, 6, 18)),
        # The clocks go forward: a day of 23 hours.
        ("Europe/Berlin", at(2026, 3, 29, 5), "day", at(2026, 3, 28, 23), at(2026, 3, 29, 22)),
        # And back: the hour from 2 to 3 comes twice, and each is an hour of its own.
        ("Europe/Berlin", at(2026, 10, 25, 0, 5), "hour", at(2026, 10, 25), at(2026, 10, 25, 1)),
        ("Europe/Berlin", at(2026, 10, 25, 1, 5), "hour", at(2026, 10, 25, 1), at(2026, 10, 25, 2)),
    ],
    indirect=["zone"],
)
def test_hours_and_days_are_those_of_the_site(
    zone: str, instant: int, period: str, begins: int, ends: int
) -> None:
    assert bounds(Period(period), instant) == (begins, ends)
