"""Clocks: what a client's clocks and calendar show, and when they will show a time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

UNKNOWN = "UTC"
"""Whose zone nobody knows lives by this one."""


class Day(StrEnum):
    """A day of the week, or a kind of day: Monday to Friday, or Saturday and Sunday."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"
    WORKDAY = "workday"
    WEEKEND = "weekend"


_WEEK = (Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI, Day.SAT, Day.SUN)


def days_at(at: float, zone: str) -> frozenset[Day]:
    """What day it is in that zone (IANA; empty: nobody knows); `at` is epoch seconds."""
    weekday = _local(at, zone).weekday()
    return frozenset({_WEEK[weekday], Day.WORKDAY if weekday < 5 else Day.WEEKEND})


def hour_at(at: float, zone: str) -> int:
    """The hour that clocks show, 0 to 23."""
    return _local(at, zone).hour


def next_hour(at: float, zone: str) -> float:
    """When the next full hour begins."""
    local = _local(at, zone)
    return at + 3600.0 - local.minute * 60.0 - local.second - local.microsecond / 1e6


def next_day_at(at: float, zone: str, clock: str) -> float:
    """When clocks show `clock` (HH:MM) on the day after; a time that is skipped when clocks are put
    forward is taken as if they had not been."""
    local = _local(at, zone)
    day = local.date() + timedelta(days=1)
    return datetime.combine(day, time.fromisoformat(clock), local.tzinfo).timestamp()


def _local(at: float, zone: str) -> datetime:
    return datetime.fromtimestamp(at, ZoneInfo(zone or UNKNOWN))
