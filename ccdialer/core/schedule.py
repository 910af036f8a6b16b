"""Calling hours and calendars: may people be called at this instant where they are, and when next.

The only user of time zones. Instants are epoch seconds; hours are those on a clock at the client's
place, and an instant is within them if a clock there shows so: an hour that comes twice when clocks
go back is open twice, one that is left out when they go forward is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import floor
from zoneinfo import ZoneInfo, available_timezones

from ccdialer.core.daytimes import (
    ALL_DAY,
    DAY_MINUTES,
    FRIDAY,
    HOLIDAY,
    SATURDAY,
    Days,
    days_of,
    told,
)

LONGEST_SEARCH_S = 60 * 86400.0
"""Hours that never open together within this are taken for hours that never do."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are not what their weekday says."""

    holidays: frozenset[date] = frozenset()  # moved days off too
    workdays: frozenset[date] = frozenset()  # Saturdays and Sundays that are worked

    def day(self, when: date) -> int:
        """The row of hours that holds on that day. A weekend's day that is worked has the hours
        of a Friday, the workday that most often closes early."""
        if when in self.holidays:
            return HOLIDAY
        weekday = when.weekday()
        return FRIDAY if weekday >= SATURDAY and when in self.workdays else weekday


NO_CALENDAR = Calendar()


@dataclass(frozen=True, slots=True)
class Schedule:
    """Hours with the calendar they are meant by, and whose they are."""

    days: Days
    calendar: Calendar = NO_CALENDAR
    of: str = "campaign"

    @property
    def is_always(self) -> bool:
        """Whether they never close, so that it does not matter where people are."""
        return all(spans == ALL_DAY for spans in self.days)

    def told(self, local: datetime) -> str:
        """The hours of that day: `09:00-20:00`, `closed on a holiday`."""
        day = self.calendar.day(local.date())
        words = told(self.days[day])
        return f"{words} on a holiday" if day == HOLIDAY else words

    def wait_s(self, local: datetime) -> int:
        """Seconds that a clock has still to go until the hours open that day, or the day ends;
        0: they are open."""
        second = local.hour * 3600 + local.minute * 60 + local.second
        for opens, closes in self.days[self.calendar.day(local.date())]:
            if second < closes * 60:
                return max(0, opens * 60 - second)
        return DAY_MINUTES * 60 - second


def schedule(hours: Mapping[str, str], calendar: Calendar, of: str) -> Schedule:
    """Hours as they are written; raises ValueError with a sentence."""
    return Schedule(days_of(hours), calendar, of)


# --- zones --------------------------------------------------------------------------------------


def is_zone(name: str) -> bool:
    """Whether this is the name of a time zone (IANA), such as Europe/Moscow."""
    return name in _zones()


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def local(zone: str, at: float) -> datetime:
    """What a clock in the zone shows."""
    return datetime.fromtimestamp(floor(at), ZoneInfo(zone))


def _offset(zone: str, at: int) -> timedelta:
    return local(zone, at).utcoffset() or timedelta()


def _after(zone: str, at: int, step_s: int) -> int:
    """When clocks in the zone have gone on by so much (a day at most), or have been changed on the
    way there: whichever is first."""
    there, offset = at + step_s, _offset(zone, at)
    if _offset(zone, there) == offset:
        return there
    before, after = at, there  # the change is in between: the first second that has another offset
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(zone, middle) == offset else (before, middle)
    return after


# --- open or closed -----------------------------------------------------------------------------


def is_open(schedules: Iterable[Schedule], zones: Iterable[str], at: float) -> bool:
    """Whether it is within all hours, wherever among the zones the client is."""
    return closed_by(schedules, zones, at) is None


def closed_by(
    schedules: Iterable[Schedule], zones: Iterable[str], at: float
) -> tuple[Schedule, str] | None:
    """Hours that are closed, and the zone where they are; None: all are open everywhere."""
    places = tuple(zones)
    for each in schedules:
        for zone in () if each.is_always else places:
            if each.wait_s(local(zone, at)):
                return each, zone
    return None


def next_opening(schedules: Iterable[Schedule], zones: Iterable[str], at: float) -> float | None:
    """The first instant from `at` on that is within all hours in all zones: `at` itself, or a whole
    second; None: there is none within LONGEST_SEARCH_S."""
    known, places = tuple(schedules), tuple(zones)
    moment, latest = at, at + LONGEST_SEARCH_S
    while moment < latest:
        closed = closed_by(known, places, moment)
        if closed is None:
            return moment
        moment = _first_open(*closed, floor(moment), latest)
    return None


def _first_open(of: Schedule, zone: str, at: int, latest: float) -> int:
    """The first second from `at` on that is within these hours in this zone."""
    while at < latest:
        wait_s = of.wait_s(local(zone, at))
        if not wait_s:
            break
        at = _after(zone, at, wait_s)
    return at


def next_closing(of: Schedule, zone: str, at: float) -> float | None:
    """When hours that are open at `at`, or open next, close for the rest of that day; None: they do
    not close on it, or do not open."""
    opens = next_opening([of], [zone], at)
    if opens is None:
        return None
    here = local(zone, opens)
    spans = of.days[of.calendar.day(here.date())]
    closes = spans[-1][1] * 60 - (here.hour * 3600 + here.minute * 60 + here.second)
    ends = _after(zone, floor(opens), closes)
    return None if of.wait_s(local(zone, ends)) == 0 else float(ends)


# --- periods ------------------------------------------------------------------------------------

Begin = Callable[[date], date]
PERIODS: dict[str, Begin] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(day.weekday()),
    "month": lambda day: day.replace(day=1),
}
"""The first day of the calendar's day, week (from Monday on, ISO 8601) or month."""


def period(name: str, zone: str, at: float) -> tuple[float, float]:
    """When the calendar's period of `at` began in the zone, and when the next one begins."""
    first = PERIODS[name](local(zone, at).date())
    after = PERIODS[name](first + timedelta({"day": 1, "week": 7, "month": 31}[name]))
    return _midnight(zone, first), _midnight(zone, after)


def _midnight(zone: str, day: date) -> float:
    # Where clocks skip midnight, Python reads it by the offset before: the instant of the change.
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC).timestamp()
