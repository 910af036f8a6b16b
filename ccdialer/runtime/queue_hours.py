"""When a queue works on the coming days, by the clocks of its place, holidays included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ccdialer.calendars import calendar_of
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.limits import SiteRules
from ccdialer.core.queue import Span
from ccdialer.core.schedule import Schedule, schedule

DAYS_AHEAD = 3
"""The hours are read again with every look at the database, some seconds apart."""


def hours_open(settings: CampaignSettings, site: SiteRules, now: float) -> tuple[Span, ...] | None:
    """From yesterday on, so that what began then and goes on is there; None: it never closes. The
    clocks are those of the campaign's zone, or this machine's. Epoch seconds."""
    year = _day(_place(settings.zone), now).year
    hours = schedule(settings.calling_hours, calendar_of(site, year), "queue")
    return None if hours.is_always else tuple(spans(hours, settings.zone, now, DAYS_AHEAD))


def spans(hours: Schedule, zone: str, now: float, days: int) -> Iterator[Span]:
    """When they open and close, from yesterday on to so many days ahead; by the zone's clocks, or
    this machine's where none is named."""
    place = _place(zone)
    for day in (_day(place, now) + timedelta(n) for n in range(-1, days)):
        for opens, closes in hours.days[hours.calendar.day(day)]:
            yield _instant(day, opens, place), _instant(day, closes, place)


def _place(zone: str) -> ZoneInfo | None:
    return ZoneInfo(zone) if zone else None


def _day(place: ZoneInfo | None, at: float) -> date:
    return datetime.fromtimestamp(at, UTC).astimezone(place).date()


def _instant(day: date, minute: int, zone: ZoneInfo | None) -> float:
    """When clocks there show that minute of the day; 1440 is the next midnight."""
    shown = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
    return shown.timestamp()
