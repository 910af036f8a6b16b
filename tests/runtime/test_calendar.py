"""Days by the zone of the machine, the two odd ones of the year included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ccdialer.runtime.calendar import midnight, next_time, start_of
from tests.clocks import clocks_of

HOUR_S = 3600.0
Zone = Callable[[str], None]


@pytest.fixture
def zone() -> Iterator[Zone]:
    """Puts the machine somewhere else."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(clocks_of(name))


def instant(text: str, name: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(name)).timestamp()


@pytest.mark.parametrize(
    ("name", "noon", "hours"),
    [
        ("Europe/Moscow", "2026-07-01T12:00", 24),
        ("Europe/Berlin", "2026-03-29T12:00", 23),  # clocks go forward
        ("Europe/Berlin", "2026-10-25T12:00", 25),  # and back
        ("America/New_York", "2026-11-01T12:00", 25),
        ("Australia/Lord_Howe", "2026-10-04T12:00", 23.5),
    ],
)
def test_a_day_is_as_long_as_it_is(zone: Zone, name: str, noon: str, hours: float) -> None:
    zone(name)
    at = instant(noon, name)
    assert midnight(at) == instant(noon.replace("12:00", "00:00"), name)
    assert midnight(at, 1) - midnight(at) == hours * HOUR_S
    assert midnight(midnight(at, 1)) == midnight(at, 1), "the next day has begun"
    assert midnight(midnight(at, 1) - 0.001) == midnight(at)


def test_thirty_days_are_calendar_days(zone: Zone) -> None:
    zone("Europe/Berlin")
    at = instant("2026-04-10T09:30", "Europe/Berlin")
    assert midnight(at, -29) == instant("2026-03-12T00:00", "Europe/Berlin")


def test_a_day_that_begins_at_one_o_clock(zone: Zone) -> None:
    """Beirut, spring: at midnight clocks go forward."""
    zone("Asia/Beirut")
    at = instant("2026-03-29T12:00", "Asia/Beirut")
    assert midnight(at) == instant("2026-03-29T01:00", "Asia/Beirut")


def test_the_next_time_clocks_show_it(zone: Zone) -> None:
    zone("Europe/Berlin")
    evening = instant("2026-03-28T20:00", "Europe/Berlin")
    assert next_time("20:00", evening - 1.0) == evening
    assert next_time("20:00", evening) == evening + 23 * HOUR_S
    assert next_time("02:00", instant("2026-07-01T23:00", "Europe/Berlin")) == instant(
        "2026-07-02T02:00", "Europe/Berlin"
    )
    assert next_time("", evening) is None


def test_a_day_begins_at_its_midnight_until_it_has_come(zone: Zone) -> None:
    zone("Asia/Omsk")
    begins = instant("2026-12-01T00:00", "Asia/Omsk")
    assert start_of("2026-12-01", begins - 1) == begins
    assert start_of("2026-12-01", begins) is None
    assert start_of("", begins) is None
