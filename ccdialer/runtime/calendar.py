"""Days as the people of a site count them: from midnight to midnight, by this machine's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta


def midnight(at: float, days: int = 0) -> float:
    """When the day of `at` began, or the one so many days later; epoch seconds, as `at`."""
    return _instant(_day(at) + timedelta(days), time())


def next_time(clock: str, at: float) -> float | None:
    """The first instant after `at` when clocks show that (HH:MM); None for an empty one."""
    if not clock:
        return None
    today, shown = _day(at), time.fromisoformat(clock)
    coming = _instant(today, shown)
    return coming if coming > at else _instant(today + timedelta(1), shown)


def start_of(day: str, at: float) -> float | None:
    """When the day (YYYY-MM-DD) begins, if that is after `at`; None for an empty one."""
    if not day:
        return None
    begins = _instant(date.fromisoformat(day), time())
    return begins if begins > at else None


def _day(at: float) -> date:
    return datetime.fromtimestamp(at, UTC).astimezone().date()


def _instant(day: date, shown: time) -> float:
    # A datetime without a zone is read by the machine's: the length of the day is looked up.
    return datetime.combine(day, shown).timestamp()
