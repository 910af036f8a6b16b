"""Hours of the week are read as people write them, and what cannot be meant is refused in words."""

from __future__ import annotations

import pytest

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.daytimes import ALL_DAY, AT_ANY_TIME, HOLIDAY, days_of, mistake_in, told

NINE_TO_EIGHT = ((540, 1200),)


def test_days_ranges_lists_and_holidays() -> None:
    days = days_of({"mon-fri": "09:00-20:00", "Sat, sun,holidays": "10:00 - 18:00"})
    assert days == (*[NINE_TO_EIGHT] * 5, *[((600, 1080),)] * 3)


def test_spans_are_put_in_order_and_together() -> None:
    (monday, *_) = days_of({"mon": "14:00-20:00, 9:00-13:00, 12:00-13:30"})
    assert monday == ((540, 810), (840, 1200))
    assert told(monday) == "09:00-13:30, 14:00-20:00"


def test_a_day_that_is_not_named_is_closed_and_holidays_are_as_sundays_are() -> None:
    days = days_of({"mon": "09:00-20:00", "sun": "10:00-24:00"})
    assert days[1] == ()
    assert days[HOLIDAY] == ((600, 1440),)
    assert told(days[1]) == "closed"


def test_always_and_closed() -> None:
    assert set(days_of(AT_ANY_TIME)) == {ALL_DAY}
    assert days_of({"mon-sun": "always", "holidays": "closed"})[HOLIDAY] == ()


def test_the_shipped_hours_are_hours() -> None:
    assert mistake_in(CampaignSettings(dial="").calling_hours) == ""


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({"mon": "22:00-02:00"}, "past midnight are two spans"),
        ({"mon": "09:00-09:00"}, "ends before it begins"),
        ({"mon": "9-20"}, '"9-20" is not hours; write 09:00-20:00, always or closed'),
        ({"mon": "09:00-25:00"}, '"25:00" is no time of the day'),
        ({"mon": "09:75-20:00"}, '"09:75" is no time of the day'),
        ({"monday": "always"}, '"monday" is no day; days are mon, tue'),
        ({"fri-mon": "always"}, "goes backwards; name the days with commas"),
        ({"mon-holidays": "always"}, '"holidays" is no day; days are mon'),
        ({"mon-fri": "always", "tue": "closed"}, "tue is there twice"),
        ({"daily": "closed"}, "no day is open; to stop, pause the campaign"),
        ({}, "no day is open"),
    ],
)
def test_what_cannot_be_meant(hours: dict[str, str], said: str) -> None:
    assert said in mistake_in(hours)
