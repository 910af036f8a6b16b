"""May this person be called now: calling hours, contact limits, the pause after an abandoned call.

Doubt does not dial: who may be in several zones is called when it is allowed in all of them, and a
contact whose outcome nobody knows counts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.schedule import Schedule, closed_by, local, next_opening, period

HOUR_S = 3600.0
DIALED_WITHIN_S = 5.0
"""A call may be dialed so long after it was permitted, and not later (calls.STALE_S): the hours
must be open then too."""

OUTERMOST = ("Etc/GMT+12", "Etc/GMT-14")
"""Where a calendar's day begins last and first: for whom nobody knows where he is."""


class Counts(StrEnum):
    """What counts as a contact."""

    ATTEMPTS = "attempts"  # every dial that may have rung his phone
    TALKS = "talks"  # every dial that he, or nobody knows who, picked up


class Counting(StrEnum):
    """Over which time contacts are counted."""

    CALENDAR = "calendar"  # the day, week and month of the client's own calendar
    ROLLING = "rolling"  # the last 24 hours, 7 days and 30 days


@dataclass(frozen=True, slots=True)
class SiteRules:
    """What holds for every call of the site, whatever the campaign; `rules apply` reads it."""

    title: str = ""  # which rules these are: that of the preset they began as
    source: str = ""  # what they are taken from
    checked: str = ""  # when somebody last compared them with it: a date
    # calendar
    holidays: str = ""  # of that country, or region of it: RU, US-CA, GB-SCT; empty: of none
    more_holidays: tuple[str, ...] = ()  # dates
    no_holidays: tuple[str, ...] = ()  # dates
    more_workdays: tuple[str, ...] = ()  # Saturdays and Sundays that are worked, as dates
    calling_hours: dict[str, str] = field(default_factory=lambda: dict(AT_ANY_TIME))
    # contacts with one person, over all projects; 0: no limit
    per_day: int = 0
    per_week: int = 0
    per_month: int = 0
    counts: Counts = Counts.ATTEMPTS
    counting: Counting = Counting.CALENDAR
    # after an abandoned call
    abandoned_pause_h: float = 72.0

    @property
    def caps(self) -> dict[str, int]:
        """The limits there are, by the name of their period."""
        named = {"day": self.per_day, "week": self.per_week, "month": self.per_month}
        return {name: most for name, most in named.items() if most}


SPAN_S = {"day": 86400.0, "week": 7 * 86400.0, "month": 30 * 86400.0}
LONGEST_S = {"day": 2 * 86400.0, "week": 9 * 86400.0, "month": 33 * 86400.0}
"""Contacts that are older than this do not matter to a period, wherever it began."""


@dataclass(frozen=True, slots=True)
class Person:
    """What matters of one person, over all his numbers. Instants are epoch seconds."""

    zones: tuple[str, ...]  # one of these he is in; none: nobody knows
    contacts: tuple[float, ...] = ()  # that count, earliest first
    abandoned_at: float | None = None  # when he last picked up and met no agent
    has_agent: bool = False  # one is reserved for him: he cannot be abandoned again


@dataclass(frozen=True, slots=True)
class Held:
    """The rule that does not let him be called, and the first instant at which all rules do."""

    rule: str  # window, zone, abandoned_pause, cap_day, cap_week, cap_month
    reason: str
    until: float | None  # None: no such instant can be named


Schedules = tuple[Schedule, ...]
Rule = Callable[[Person, SiteRules, Schedules, float], Held | None]


def permit(person: Person, rules: SiteRules, schedules: Schedules, at: float) -> Held | None:
    """None if he may be called at `at`; or the first rule that holds, until the first instant at
    which none does."""
    first = _first(person, rules, schedules, at)
    if first is None:
        return None
    held: Held | None = first
    until: float | None = at
    while held is not None and until is not None:
        until = held.until
        held = None if until is None else _first(person, rules, schedules, until)
    return Held(first.rule, first.reason, until)


def _first(person: Person, rules: SiteRules, schedules: Schedules, at: float) -> Held | None:
    for rule in RULES:
        held = rule(person, rules, schedules, at)
        if held is not None:
            return held
    return None


def reach_s(rules: SiteRules) -> float:
    """How long ago a contact may have been and still matter."""
    reaches = [LONGEST_S[name] for name in rules.caps]
    return max([rules.abandoned_pause_h * HOUR_S, *reaches])


# --- rule by rule: each says until when it alone holds -------------------------------------------


def _after_abandoned(person: Person, rules: SiteRules, _: Schedules, at: float) -> Held | None:
    """No call within 72 h unless an agent is there for it (Ofcom, Revised statement of policy on
    persistent misuse, 2010)."""
    if person.abandoned_at is None or person.has_agent:
        return None
    until = person.abandoned_at + rules.abandoned_pause_h * HOUR_S
    if at >= until:
        return None
    return Held("abandoned_pause", f"abandoned less than {rules.abandoned_pause_h:g} h ago", until)


def _caps(person: Person, rules: SiteRules, _: Schedules, at: float) -> Held | None:
    """The limit that holds longest."""
    found = []
    for name, most in rules.caps.items():
        if rules.counting is Counting.ROLLING:
            until = _rolling(person.contacts, most, SPAN_S[name], at)
        else:
            until = max(_calendar(person, name, most, z, at) for z in person.zones or OUTERMOST)
        if until > at:
            found.append((until, name, most))
    if not found:
        return None
    until, name, most = max(found)
    times = "once" if most == 1 else f"{most} times"
    since = (
        f"within {SPAN_S[name] / HOUR_S:g} h"
        if rules.counting is Counting.ROLLING
        else (f"this {name}")
    )
    return Held(f"cap_{name}", f"contacted {times} {since} already, no more are allowed", until)


def _rolling(contacts: tuple[float, ...], most: int, span_s: float, at: float) -> float:
    """When the span before holds fewer than `most` contacts; `at` if it does."""
    if len(contacts) < most:
        return at
    return max(at, contacts[-most] + span_s)


def _calendar(person: Person, name: str, most: int, zone: str, at: float) -> float:
    begins, ends = period(name, zone, at)
    # From there on, not up to here: a clock that was put back does not forget contacts.
    made = len(person.contacts) - bisect_left(person.contacts, begins)
    return ends if made >= most else at


def made(person: Person, rules: SiteRules, name: str, at: float) -> int:
    """Contacts that count against a period's limit at `at`: where it is most, if nobody knows in
    which zone he is."""
    if rules.counting is Counting.ROLLING:
        return sum(1 for each in person.contacts if each + SPAN_S[name] > at)
    begins = min(period(name, zone, at)[0] for zone in person.zones or OUTERMOST)
    return len(person.contacts) - bisect_left(person.contacts, begins)


def _window(person: Person, rules: SiteRules, schedules: Schedules, at: float) -> Held | None:
    """Within the hours of campaign and site, at the client's place (SPEC F7)."""
    watched = [each for each in schedules if not each.is_always]
    if not watched:
        return None
    if not person.zones:
        return Held("zone", "nobody knows his time zone, nor is there one of the campaign", None)
    asked_at = at
    closed = closed_by(watched, person.zones, asked_at)
    if closed is None:
        asked_at = at + DIALED_WITHIN_S
        closed = closed_by(watched, person.zones, asked_at)
    if closed is None:
        return None
    schedule, zone = closed
    many = f", one of {len(person.zones)} zones he may be in" if len(person.zones) > 1 else ""
    hours = schedule.told(local(zone, asked_at))
    reason = f"outside the {schedule.of}'s hours in {zone}{many}: {hours}"
    return Held("window", reason, next_opening(watched, person.zones, asked_at))


RULES: tuple[Rule, ...] = (_after_abandoned, _caps, _window)
"""In this order; the first that holds is the reason."""

RULE_WORDS: Mapping[str, str] = {
    "abandoned_pause": "paused after an abandoned call",
    "cap_day": "contacted often enough this day",
    "cap_week": "contacted often enough this week",
    "cap_month": "contacted often enough this month",
    "window": "outside the calling hours",
    "zone": "nobody knows the time zone",
}
"""What the rules are called in tables."""
