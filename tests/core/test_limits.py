"""Who may not be called is told until when, and then he may: all rules agree on that instant."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccdialer.core.calls import STALE_S
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.limits import (
    DIALED_WITHIN_S,
    HOUR_S,
    RULE_WORDS,
    Counting,
    Held,
    Person,
    SiteRules,
    permit,
    reach_s,
)
from ccdialer.core.schedule import NO_CALENDAR, is_open, period, schedule

MOSCOW = "Europe/Moscow"
SHOP = schedule(
    {"mon-fri": "09:00-20:00", "sat, sun, holidays": "10:00-18:00"}, NO_CALENDAR, "campaign"
)
ALWAYS = schedule(AT_ANY_TIME, NO_CALENDAR, "site")
DEBT = SiteRules(per_day=1, per_week=2, per_month=8)


def at(text: str, zone: str = MOSCOW) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


NOON = at("2026-11-25T12:00")  # a Wednesday


def person(*contacts: float, abandoned_at: float | None = None, has_agent: bool = False) -> Person:
    return Person((MOSCOW,), tuple(sorted(contacts)), abandoned_at, has_agent)


def held(found: Held | None) -> Held:
    assert found is not None
    return found


def test_nothing_known_and_open() -> None:
    assert permit(person(), DEBT, (SHOP, ALWAYS), NOON) is None


def test_the_window_says_which_hours_and_where() -> None:
    found = held(permit(person(), DEBT, (SHOP, ALWAYS), at("2026-11-25T20:00")))
    assert found.rule == "window"
    assert found.reason == "outside the campaign's hours in Europe/Moscow: 09:00-20:00"
    assert found.until == at("2026-11-26T09:00")


def test_a_call_that_waits_for_its_commit_does_not_ring_after_the_hours() -> None:
    assert DIALED_WITHIN_S == STALE_S
    closes = at("2026-11-25T20:00")
    assert permit(person(), DEBT, (SHOP,), closes - STALE_S - 0.001) is None
    found = held(permit(person(), DEBT, (SHOP,), closes - STALE_S))
    assert (found.rule, found.until) == ("window", at("2026-11-26T09:00"))


def test_of_many_zones_one_is_named() -> None:
    anywhere = Person((MOSCOW, "Asia/Omsk"))
    found = held(permit(anywhere, DEBT, (SHOP,), at("2026-11-25T17:30")))
    assert found.reason.startswith(
        "outside the campaign's hours in Asia/Omsk, one of 2 zones he may be in:"
    )


def test_nobody_knows_the_zone_and_there_are_hours() -> None:
    found = held(permit(Person(()), DEBT, (SHOP,), NOON))
    assert (found.rule, found.until) == ("zone", None)
    assert permit(Person(()), DEBT, (ALWAYS,), NOON) is None


def test_the_site_s_hours_bind_every_campaign() -> None:
    site = schedule({"daily": "10:00-12:00"}, NO_CALENDAR, "site")
    found = held(permit(person(), SiteRules(), (SHOP, site), NOON))
    assert "outside the site's hours" in found.reason
    assert found.until == at("2026-11-26T10:00")


def test_once_a_day_is_until_his_midnight_and_then_until_he_may_be_called() -> None:
    found = held(permit(person(at("2026-11-25T09:30")), DEBT, (SHOP,), NOON))
    assert (found.rule, found.until) == ("cap_day", at("2026-11-26T09:00"))
    assert found.reason == "contacted once this day already, no more are allowed"


def test_twice_a_week_is_until_monday() -> None:
    met = person(at("2026-11-23T12:00"), at("2026-11-24T12:00"))
    found = held(permit(met, DEBT, (SHOP,), NOON))
    assert (found.rule, found.until) == ("cap_week", at("2026-11-30T09:00"))


def test_eight_a_month_is_until_the_next_month() -> None:
    days = (2, 3, 4, 9, 10, 16, 17, 18)
    met = person(*(at(f"2026-11-{day:02d}T12:00") for day in days))
    found = held(permit(met, DEBT, (SHOP,), NOON))
    assert (found.rule, found.until) == ("cap_month", at("2026-12-01T09:00"))


def test_rolling_limits_count_the_hours_before() -> None:
    rules = SiteRules(per_day=2, counting=Counting.ROLLING)
    met = person(NOON - 20 * HOUR_S, NOON - HOUR_S)
    found = held(permit(met, rules, (ALWAYS,), NOON))
    assert found.until == NOON + 4 * HOUR_S
    assert found.reason == "contacted 2 times within 24 h already, no more are allowed"
    assert permit(met, rules, (ALWAYS,), NOON + 4 * HOUR_S) is None


def test_a_calendar_s_day_where_nobody_knows_the_zone_is_over_everywhere() -> None:
    found = held(permit(Person((), (NOON,)), SiteRules(per_day=1), (ALWAYS,), NOON + 60))
    assert found.until is not None
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        assert period("day", zone, found.until)[0] > NOON


def test_the_pause_after_an_abandoned_call_and_the_agent_who_ends_it() -> None:
    met = person(abandoned_at=NOON - HOUR_S)
    found = held(permit(met, SiteRules(), (ALWAYS,), NOON))
    assert (found.rule, found.until) == ("abandoned_pause", NOON + 71 * HOUR_S)
    with_agent = person(abandoned_at=NOON - HOUR_S, has_agent=True)
    assert permit(with_agent, SiteRules(), (ALWAYS,), NOON) is None
    assert permit(met, SiteRules(abandoned_pause_h=0.5), (ALWAYS,), NOON) is None


def test_every_rule_has_words() -> None:
    rules = {"abandoned_pause", "cap_day", "cap_week", "cap_month", "window", "zone"}
    assert set(RULE_WORDS) == rules


@pytest.mark.parametrize(
    ("rules", "hours"),
    [(SiteRules(), 72), (SiteRules(abandoned_pause_h=0), 0), (DEBT, 33 * 24)],
)
def test_how_far_back_contacts_matter(rules: SiteRules, hours: float) -> None:
    assert reach_s(rules) == hours * HOUR_S


instants = st.floats(at("2026-02-20", "UTC"), at("2026-04-20", "UTC"))
places = st.lists(
    st.sampled_from((MOSCOW, "America/New_York", "Europe/London", "Asia/Omsk")),
    min_size=1,
    max_size=2,
    unique=True,
).map(tuple)
site_rules = st.builds(
    SiteRules,
    per_day=st.integers(0, 2),
    per_week=st.integers(0, 3),
    per_month=st.integers(0, 6),
    counting=st.sampled_from(Counting),
    abandoned_pause_h=st.sampled_from((0.0, 24.0, 72.0)),
)
ANYTIME_OR_SHOP = st.sampled_from(((SHOP,), (ALWAYS,), (SHOP, ALWAYS)))


@settings(deadline=None)
@given(site_rules, places, ANYTIME_OR_SHOP, st.lists(instants, max_size=8), instants)
def test_the_next_instant_is_itself_allowed(rules, zones, schedules, contacts, now) -> None:  # type: ignore[no-untyped-def]
    known = Person(
        zones, tuple(sorted(c for c in contacts if c <= now)), max(contacts, default=None)
    )
    found = permit(known, rules, schedules, now)
    if found is not None and found.until is not None:
        assert found.until > now
        assert permit(known, rules, schedules, found.until) is None
        assert permit(known, rules, schedules, found.until - 1.0) is not None


@settings(deadline=None)
@given(site_rules, places, ANYTIME_OR_SHOP, st.lists(instants, max_size=30))
def test_whoever_is_called_only_when_permitted_is_within_every_limit(  # type: ignore[no-untyped-def]
    rules, zones, schedules, wishes
) -> None:
    made: list[float] = []
    for wish in sorted(wishes):
        if permit(Person(zones, tuple(made)), rules, schedules, wish) is None:
            made.append(wish)
    for call in made:
        assert is_open(schedules, zones, call)
        for name, most in rules.caps.items():
            for zone in zones:
                begins, ends = period(name, zone, call)
                if rules.counting is Counting.ROLLING:
                    begins, ends = call, call + {"day": 1, "week": 7, "month": 30}[name] * 86400.0
                assert sum(begins <= other < ends for other in made) <= most
