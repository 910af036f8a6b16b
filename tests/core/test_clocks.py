"""What clients' clocks show, over the days when they are changed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.clocks import Day, days_at, hour_at, next_day_at

ZONES = ["", "Europe/Moscow", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]
instants = st.floats(1.6e9, 2.2e9)
clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


def instant(*parts: int, zone: str = "UTC") -> float:
    year, month, day, hour, minute = parts
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).timestamp()


def test_a_day_is_the_client_s() -> None:
    at = instant(2026, 11, 27, 22, 30)  # a Friday in Greenwich
    assert days_at(at, "") == {Day.FRI, Day.WORKDAY}
    assert days_at(at, "Europe/Moscow") == {Day.SAT, Day.WEEKEND}
    assert (hour_at(at, ""), hour_at(at, "Europe/Moscow")) == (22, 1)


@pytest.mark.parametrize(
    ("at", "clock", "then"),
    [
        (instant(2026, 3, 7, 12, 0, zone="America/New_York"), "10:00", "2026-03-08T14:00"),
        (instant(2026, 3, 7, 12, 0, zone="America/New_York"), "02:30", "2026-03-08T07:30"),
        (instant(2026, 10, 31, 12, 0, zone="America/New_York"), "10:00", "2026-11-01T15:00"),
    ],
)
def test_days_on_which_clocks_are_changed(at: float, clock: str, then: str) -> None:
    found = next_day_at(at, "America/New_York", clock)
    assert datetime.fromtimestamp(found, UTC).isoformat(timespec="minutes")[:16] == then


@given(instants, st.sampled_from(ZONES), clocks)
def test_the_next_day_is_ahead_and_near(at: float, zone: str, clock: str) -> None:
    """49 h: a day of 25, and the one after up to its last minute; Apia left out 30 December 2011,
    long before."""
    assert at < next_day_at(at, zone, clock) <= at + 49 * 3600


@given(instants, st.sampled_from(ZONES))
def test_every_instant_has_one_weekday_and_one_kind(at: float, zone: str) -> None:
    found = days_at(at, zone)
    assert len(found) == 2
    assert len(found & {Day.WORKDAY, Day.WEEKEND}) == 1
