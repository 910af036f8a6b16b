"""Instants as people write them."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import click
import pytest

from ccdialer.cli.filters import Instant, Lasting, LocalDay, _instant, hour_of_day
from tests.clocks import clocks_of

NOW = datetime(2026, 11, 21, 14, 30).astimezone()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("now", NOW),
        ("today", datetime(2026, 11, 21).astimezone()),
        ("yesterday", datetime(2026, 11, 20).astimezone()),
        ("90m", NOW - timedelta(minutes=90)),
        ("8h", NOW - timedelta(hours=8)),
        ("7d", NOW - timedelta(days=7)),
        ("2026-11-01", datetime(2026, 11, 1).astimezone()),
        ("2026-11-01 09:15", datetime(2026, 11, 1, 9, 15).astimezone()),
        ("2026-11-01T09:15:00+00:00", datetime.fromisoformat("2026-11-01T09:15:00+00:00")),
    ],
)
def test_what_is_understood(text: str, meant: datetime) -> None:
    assert _instant(text, NOW) == meant


@pytest.mark.parametrize("text", ["soon", "", "8", "999999w", "2026-13-01", "0x10", "-1h"])
def test_what_is_not(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a date"):
        Instant().convert(text, None, None)


def test_milliseconds() -> None:
    before = time.time() * 1000
    assert before - 1 <= Instant().convert("now", None, None) <= time.time() * 1000 + 1
    assert Instant().convert(5, None, None) == 5


def test_a_day_is_from_midnight_to_midnight_on_this_machine() -> None:
    begins, ends = LocalDay().convert("2026-11-24 14:05", None, None)
    assert begins == datetime(2026, 11, 24).astimezone().timestamp() * 1000
    assert ends == datetime(2026, 11, 25).astimezone().timestamp() * 1000
    assert LocalDay().convert((begins, ends), None, None) == (begins, ends)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be changed here")
def test_a_day_on_which_clocks_change_is_longer() -> None:
    with clocks_of("Europe/Berlin"):
        begins, ends = LocalDay().convert("2026-10-25", None, None)
    assert ends - begins == 25 * 3_600_000


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be changed here")
@pytest.mark.parametrize("day", ["2026-10-26", "2027-03-29"])
def test_yesterday_begins_at_midnight_after_clocks_have_changed(day: str) -> None:
    with clocks_of("Europe/Berlin"):
        after = datetime.fromisoformat(day).astimezone() + timedelta(hours=6)
        begins = _instant("yesterday", after)
    assert (begins.hour, begins.day) == (0, after.day - 1)


def test_what_is_no_day_is_refused() -> None:
    with pytest.raises(click.BadParameter, match="is not a date"):
        LocalDay().convert("the day before", None, None)


def test_the_hour_of_an_instant() -> None:
    assert hour_of_day(datetime(2026, 11, 24, 9, 30).astimezone().timestamp()) == 9.5


@pytest.mark.parametrize(("text", "minutes"), [("10m", 10), ("2h", 120), ("1d", 1440)])
def test_how_long_something_takes(text: str, minutes: int) -> None:
    assert Lasting().convert(text, None, None) == minutes
