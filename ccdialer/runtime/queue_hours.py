"""When a queue works on the coming days, by the clocks of its place, holidays included."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ccdialer.calendars import calendar_of
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.limits import SiteRules
from ccdialer.core.queue import Span
from ccdialer.core.schedule import schedule

DAYS_AHEAD = 3
"""The hours are read again with every look at the database, some seconds apart."""


def hours_open(settings: CampaignSettings, site: SiteRules, now: float) -> tuple[Span, ...] | None:
    """From yesterday on, so that what began then and goes on is there; None: it never closes. The
    clocks are those of the campaign's zone, or this machine's. Epoch seconds."""
    zone = ZoneInfo(settings.zone) if settings.zone else None
    today = datetime.fromtimestamp(now, UTC).astimezone(zone).date()
    hours = schedule(settings.calling_hours, calendar_of(site, today.year), "queue")
    if hours.is_always:
        return None
    return tuple(
        (_instant(day, opens, zone), _instant(day, closes, zone))
        for day in (today + timedelta(n) for n in range(-1, DAYS_AHEAD))
        for opens, closes in hours.days[hours.calendar.day(day)]
    )


def _instant(day: date, minute: int, zone: ZoneInfo | None) -> float:
    """When clocks there show that minute of the day; 1440 is the next midnight."""
    shown = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
    return shown.timestamp()
