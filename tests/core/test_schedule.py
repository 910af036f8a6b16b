"""Nobody is called outside the hours of any place where he may be, whenever clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import floor
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccdialer.core.daytimes import AT_ANY_TIME, DAYS, FRIDAY, HOLIDAY
from ccdialer.core.schedule import (
    LONGEST_SEARCH_S,
    NO_CALENDAR,
    PERIODS,
    Calendar,
    Schedule,
    closed_by,
    is_open,
    is_zone,
    next_closing,
    next_opening,
    period,
    schedule,
)

SHOP = {"mon-fri": "09:00-20:00", "sat, sun, holidays": "10:00-18:00"}

# Changes by an hour at night, by half an hour, at midnight, of a whole day, by religion, and none.
ZONES = (
    *("Europe/Moscow", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut"),
    *(
        "America/Havana",
        "America/Santiago",
        "Africa/Casablanca",
        "Asia/Kathmandu",
        "Asia/Kamchatka",
    ),
)


def at(text: str, zone: str, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


def shop(calendar: Calendar = NO_CALENDAR, **hours: str) -> Schedule:
    return schedule(hours or SHOP, calendar, "campaign")


def offset_changes() -> list[float]:
    """Instants at which clocks change somewhere among ZONES in 2026 and 2027, to the hour."""
    found = []
    for name in ZONES:
        zone, moment = ZoneInfo(name), datetime(2026, 1, 1, tzinfo=UTC)
        for _ in range(2 * 365 * 24):
            later = moment + timedelta(hours=1)
            if moment.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
                found.append(later.timestamp())
            moment = later
    return found


CHANGES = offset_changes()

instants = st.one_of(
    st.floats(at("2026-01-01", "UTC"), at("2027-12-30", "UTC")),
    st.builds(float.__add__, st.sampled_from(CHANGES), st.floats(-2 * 86400.0, 7200.0)),
)
minutes = st.integers(0, 48).map(lambda n: f"{n // 2:02d}:{n % 2 * 30:02d}")
spans = st.tuples(minutes, minutes).filter(lambda pair: pair[0] < pair[1]).map("-".join)
hours = st.dictionaries(st.sampled_from(DAYS), spans, min_size=3)
dates = st.frozensets(
    st.integers(0, 729).map(lambda n: date(2026, 1, 1) + timedelta(n)), max_size=60
)
calendars = st.builds(lambda free, worked: Calendar(free, worked - free), dates, dates)
zones = st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True).map(tuple)


def shows_open(known: Schedule, zone: str, instant: float) -> bool:
    """The same, told apart by the words alone: what a person with a clock and a calendar would."""
    clock = datetime.fromtimestamp(instant, ZoneInfo(zone))
    day = clock.weekday()
    if clock.date() in known.calendar.holidays:
        day = HOLIDAY
    elif day > FRIDAY and clock.date() in known.calendar.workdays:
        day = FRIDAY
    minute = clock.hour * 60 + clock.minute
    return any(opens <= minute < closes for opens, closes in known.days[day])


@given(hours, calendars, zones, instants)
def test_open_is_what_every_clock_there_says(
    words: dict[str, str], calendar: Calendar, places: tuple[str, ...], instant: float
) -> None:
    known = schedule(words, calendar, "campaign")
    expected = all(shows_open(known, zone, floor(instant)) for zone in places)
    assert is_open([known], places, instant) == expected


@settings(deadline=None)
@given(hours, calendars, zones, instants, st.floats(0.0, 1.0))
def test_the_next_opening_is_open_and_nothing_before_it_is(
    words: dict[str, str],
    calendar: Calendar,
    places: tuple[str, ...],
    instant: float,
    between: float,
) -> None:
    known = schedule(words, calendar, "campaign")
    opens = next_opening([known], places, instant)
    end = instant + LONGEST_SEARCH_S if opens is None else opens
    if opens is not None:
        assert opens >= instant
        assert is_open([known], places, opens)
        if opens > instant:
            assert not is_open([known], places, opens - 1.0)
    if end > instant:
        assert not is_open([known], places, instant + (end - instant) * between * 0.999999)


def test_the_first_second_after_a_change_of_clocks() -> None:
    """02:30 does not come on 29 March 2026 in London: clocks go from 01:00 to 02:00."""
    early = shop(sun="01:30-03:00")
    before = at("2026-03-29T00:59:59", "Europe/London")
    assert next_opening([early], ["Europe/London"], before) == before + 1
    # 25 October has 01:30 twice, and a quarter past one between them: open, closed, open again.
    half = shop(sun="01:30-02:00")
    first = at("2026-10-25T01:30", "Europe/London")
    assert is_open([half], ["Europe/London"], first)
    second = at("2026-10-25T01:30", "Europe/London", fold=1)
    assert second == first + 3600
    assert next_opening([half], ["Europe/London"], first + 1800) == second


def test_a_day_that_does_not_come() -> None:
    """Samoa had no 30 December 2011."""
    friday = shop(fri="09:00-10:00", sat="11:00-12:00")
    found = next_opening([friday], ["Pacific/Apia"], at("2011-12-29T12:00", "Pacific/Apia"))
    assert found == at("2011-12-31T11:00", "Pacific/Apia")


def test_midnight() -> None:
    late = shop(**{"mon": "22:00-24:00", "tue": "00:00-02:00"})
    zone = ["Europe/Moscow"]
    monday = at("2026-11-30T23:59:59", "Europe/Moscow")
    assert [is_open([late], zone, monday + n) for n in (0, 1, 7200, 7201)] == [1, 1, 1, 0]


def test_russia_with_no_zone_known_is_called_for_an_hour_a_day() -> None:
    ends = ("Europe/Kaliningrad", "Asia/Kamchatka")
    found = next_opening([shop()], ends, at("2026-11-25T20:00", "Europe/Moscow"))
    assert found == at("2026-11-26T10:00", "Europe/Moscow")
    assert not is_open([shop()], ends, found + 3600)


def test_hours_that_never_open_together() -> None:
    days = [shop(mon="09:00-10:00"), shop(mon="10:00-11:00")]
    assert next_opening(days, ["Europe/Moscow"], at("2026-11-25", "UTC")) is None


def test_a_holiday_and_a_worked_saturday() -> None:
    calendar = Calendar(frozenset({date(2026, 11, 4)}), frozenset({date(2026, 11, 7)}))
    open_hours = schedule({"mon-fri": "09:00-20:00"}, calendar, "campaign")
    zone = "Europe/Moscow"
    assert not is_open([open_hours], [zone], at("2026-11-04T12:00", zone))
    assert is_open([open_hours], [zone], at("2026-11-07T19:59", zone))
    closed = closed_by([open_hours], [zone], at("2026-11-04T12:00", zone))
    assert closed == (open_hours, zone)
    assert open_hours.told(datetime(2026, 11, 4)) == "closed on a holiday"  # noqa: DTZ001


def test_always_needs_no_zone() -> None:
    always = schedule(AT_ANY_TIME, NO_CALENDAR, "site")
    assert always.is_always
    assert is_open([always], [], 0.0)
    assert next_opening([always], ["Europe/Moscow"], 12.5) == 12.5


def test_names_of_zones() -> None:
    assert is_zone("Europe/Moscow")
    assert not is_zone("Moscow")
    assert not is_zone("../etc/passwd")


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        ("2026-11-25T12:00", "2026-11-25T20:00"),
        ("2026-11-25T21:00", "2026-11-26T20:00"),
        ("2026-11-28T05:00", "2026-11-28T18:00"),
    ],
)
def test_the_next_closing(now: str, closes: str) -> None:
    zone = "Europe/Moscow"
    assert next_closing(shop(), zone, at(now, zone)) == at(closes, zone)


def test_hours_that_go_on_past_midnight_do_not_close() -> None:
    assert next_closing(schedule(AT_ANY_TIME, NO_CALENDAR, "site"), "UTC", 0.0) is None


@given(st.sampled_from(tuple(PERIODS)), st.sampled_from(ZONES), instants)
@example("day", "America/Havana", at("2026-03-08T00:30", "America/Havana"))
@example("day", "Asia/Beirut", at("2026-03-29T00:30", "Asia/Beirut"))
def test_a_period_is_that_of_the_calendar_there(name: str, zone: str, instant: float) -> None:
    begins, ends = period(name, zone, instant)
    assert begins <= instant < ends
    clock = ZoneInfo(zone)
    first = PERIODS[name](datetime.fromtimestamp(floor(instant), clock).date())
    for moment, is_within in ((begins, True), (begins - 1, False), (ends - 1, True), (ends, False)):
        day = datetime.fromtimestamp(moment, clock).date()
        assert (PERIODS[name](day) == first) == is_within
