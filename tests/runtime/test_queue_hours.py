"""When a queue works, by the clocks of its place."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from ccdialer.calendars import calendar_of
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.limits import SiteRules
from ccdialer.core.schedule import is_open, schedule
from ccdialer.runtime.queue_hours import hours_open

BERLIN = "Europe/Berlin"
HOURS = {"mon-fri": "09:00-13:00, 14:00-18:00", "sat": "22:00-24:00"}


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN)).timestamp()


def test_hours_are_those_of_the_queue_s_zone() -> None:
    settings = CampaignSettings(zone=BERLIN, calling_hours=HOURS)
    spans = hours_open(settings, SiteRules(), at("2026-11-25T10:00"))
    assert spans is not None
    assert (at("2026-11-25T09:00"), at("2026-11-25T13:00")) in spans
    assert (at("2026-11-26T14:00"), at("2026-11-26T18:00")) in spans


def test_a_queue_that_never_closes_has_no_hours() -> None:
    settings = CampaignSettings(calling_hours={"mon-sun, holidays": "00:00-24:00"})
    assert hours_open(settings, SiteRules(), at("2026-11-25T10:00")) is None


YEAR_S = 355 * 86400


@given(st.integers(0, YEAR_S), st.integers(0, 2 * 86400))
def test_it_is_open_when_its_schedule_says_so(begins: int, later: int) -> None:
    """On days that clocks change too."""
    settings = CampaignSettings(zone=BERLIN, calling_hours=HOURS)
    now = at("2026-01-05T00:00") + begins
    spans, moment = hours_open(settings, SiteRules(), now), now + later
    hours = schedule(HOURS, calendar_of(SiteRules(), 2026), "queue")
    assert spans is not None
    inside = any(opens <= moment < closes for opens, closes in spans)
    assert inside is is_open([hours], [BERLIN], moment)
