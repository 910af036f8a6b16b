"""Limits: gathers what is known of the persons of a batch, and asks whether they may be called."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ccdialer.calendars import calendar_of
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.limits import Counts, Held, Person, Schedules, SiteRules, permit, reach_s
from ccdialer.core.schedule import local, next_closing, schedule
from ccdialer.core.zones import zones_for
from ccdialer.storage.campaigns import settings_from_json
from ccdialer.storage.database import POSTGRESQL, Database
from ccdialer.storage.holds import Candidate, Hold
from ccdialer.storage.settings import to_json
from ccdialer.storage.site_rules import read_rules, rules_text

LOOK_AGAIN_MS = 86_400_000
"""Where no instant can be named at which a client may be called, he is asked about again then."""

LONGEST_CALL_S = 86400.0
"""An abandoned call may have been opened so long before it ended."""

CAMPAIGNS = "SELECT id, settings FROM campaign WHERE id {in_ids}"

TASKS = """
    SELECT task.id, zone, e164 FROM task JOIN task_number ON task_id = task.id
    WHERE task.id {in_ids}"""

# A person is all numbers of his task: what was done at any task that shares one of them is his.
# In the order of their keys, so that of two daemons one waits and none for the other.
LOCK = """
    SELECT pg_advisory_xact_lock(person) FROM (
        SELECT DISTINCT hashtextextended(e164, 0) AS person FROM task_number
        WHERE task_id {in_ids} ORDER BY person) AS persons"""

# What nobody knows the outcome of may have rung him, or may be in talk with him.
UNKNOWN = "(ended_at IS NULL OR disposition = 'lost')"
RANG = f"""({UNKNOWN} OR ringing_at IS NOT NULL OR answered_at IS NOT NULL
    OR (dialed_at IS NOT NULL AND disposition NOT IN ('congestion', 'failed', 'unallocated')))"""
PICKED_UP = f"({UNKNOWN} OR (answered_at IS NOT NULL AND disposition <> 'machine'))"
ABANDONED = "(abandoned_at IS NOT NULL OR disposition = 'abandoned')"

CONTACTS = """
    SELECT DISTINCT own.task_id, attempt.id, opened_at, {counts},
        CASE WHEN {abandoned} THEN COALESCE(ended_at, abandoned_at) END
    FROM task_number AS own
    JOIN task_number AS shared ON shared.e164 = own.e164
    JOIN attempt ON attempt.task_id = shared.task_id
    WHERE own.task_id {in_ids} AND opened_at >= ? AND ({counts} OR {abandoned})"""

CONTACTS_OF = {
    counts: CONTACTS.replace("{counts}", condition).replace("{abandoned}", ABANDONED)
    for counts, condition in ((Counts.ATTEMPTS, RANG), (Counts.TALKS, PICKED_UP))
}


@dataclass(slots=True)
class _Known:
    """What is known of a task's client."""

    zone: str = ""
    numbers: set[str] = field(default_factory=set)
    contacts: list[float] = field(default_factory=list)
    abandoned_at: float | None = None


def lock_persons(database: Database, task_ids: Iterable[int]) -> None:
    """Let nobody else open an attempt for these persons before this transaction ends. SQLite has
    one writer, and does so anyway."""
    if database.dialect == POSTGRESQL:
        database.rows(LOCK, (database.keys(task_ids),))


def check(database: Database, candidates: Sequence[Candidate]) -> dict[int, Hold]:
    """The tasks whose clients may not be called now. Whom it lets pass counts as contacted for
    those behind him."""
    if not candidates:
        return {}
    rules_json = rules_text(database)
    rules = read_rules(rules_json)
    ids = database.keys({c.campaign_id for c in candidates})
    settings = dict(database.rows(CAMPAIGNS, (ids,)))
    known = _gather(database, candidates, rules)
    held = {}
    asked: dict[tuple[Person, Schedules, int], Held | None] = {}
    for c in candidates:
        year = local("UTC", c.at / 1000).year
        schedules, otherwise = schedules_of(settings[c.campaign_id], rules_json, year)
        person = _person(c, known[c.task_id], otherwise, schedules)
        key = (person, schedules, c.at // 1000)
        if key not in asked:
            asked[key] = permit(person, rules, schedules, c.at / 1000)
        found = asked[key]
        if found is not None:
            held[c.task_id] = _hold(found, c.at)
        elif rules.caps:
            _count(known, c)
    return held


@dataclass(frozen=True, slots=True)
class Standing:
    """All by which a client is judged, for who tells why."""

    person: Person
    rules: SiteRules
    schedules: Schedules
    own_zone: str  # of his task
    otherwise: str  # the campaign's, for whom neither task nor number tells one


def standing_of(database: Database, c: Candidate) -> Standing:
    """What `check` knows of a candidate; of his zone more: it is told though no rule asks."""
    rules_json = rules_text(database)
    rules = read_rules(rules_json)
    settings = dict(database.rows(CAMPAIGNS, (database.keys([c.campaign_id]),)))[c.campaign_id]
    year = local("UTC", c.at / 1000).year
    schedules, otherwise = schedules_of(settings, rules_json, year)
    known = _gather(database, [c], rules)[c.task_id]
    zones = zones_for(known.zone, c.number, otherwise)
    person = replace(_person(c, known, otherwise, schedules), zones=zones)
    return Standing(person, rules, schedules, known.zone, otherwise)


@lru_cache(maxsize=256)
def schedules_of(settings: str, rules: str, year: int) -> tuple[Schedules, str]:
    """The hours of campaign and site, and the campaign's zone, from their JSON."""
    campaign, site = settings_from_json(settings), read_rules(rules)
    calendar = calendar_of(site, year)
    own = schedule(campaign.calling_hours, calendar, "campaign")
    return (own, schedule(site.calling_hours, calendar, "site")), campaign.zone


def closes_at(database: Database, settings: CampaignSettings, now: float) -> float | None:
    """When the calling hours of campaign and site end for the day where its clients live; None:
    they do not end, or it does not say where that is. Epoch seconds."""
    if not settings.zone:
        return None
    year = local("UTC", now).year
    schedules, zone = schedules_of(to_json(settings), rules_text(database), year)
    found = (next_closing(each, zone, now) for each in schedules if not each.is_always)
    return min((at for at in found if at is not None), default=None)


def _person(c: Candidate, known: _Known, otherwise: str, schedules: Schedules) -> Person:
    needs_zone = bool(known.contacts) or not all(each.is_always for each in schedules)
    return Person(
        zones=zones_for(known.zone, c.number, otherwise) if needs_zone else (),
        contacts=tuple(known.contacts),
        abandoned_at=known.abandoned_at,
        has_agent=c.held_agent_id is not None,
    )


def _hold(held: Held, at: int) -> Hold:
    if held.until is None:
        return Hold(held.rule, held.reason, at + LOOK_AGAIN_MS, ends_by=0)
    return Hold(held.rule, held.reason, -round(-held.until * 1000))


def _count(known: dict[int, _Known], passed: Candidate) -> None:
    """He is contacted now; others in the batch may be the same person."""
    for other in known.values():
        if other.numbers & known[passed.task_id].numbers:
            insort(other.contacts, passed.at / 1000)


def _gather(
    database: Database, candidates: Sequence[Candidate], rules: SiteRules
) -> dict[int, _Known]:
    ids = database.keys(c.task_id for c in candidates)
    known = {c.task_id: _Known() for c in candidates}
    for task_id, zone, e164 in database.rows(TASKS, (ids,)):
        known[task_id].zone = zone
        known[task_id].numbers.add(e164)
    reach = reach_s(rules)
    if reach:
        earliest = min(c.at for c in candidates) - round((reach + LONGEST_CALL_S) * 1000)
        for task_id, _, *row in database.rows(CONTACTS_OF[rules.counts], (ids, earliest)):
            _note(known[task_id], rules, *row)
    return known


def _note(known: _Known, rules: SiteRules, opened_at: int, counts: bool, at: int | None) -> None:
    """One attempt: when it was opened, whether it counts, when it was abandoned."""
    if counts and rules.caps:
        insort(known.contacts, opened_at / 1000)
    if at is not None:
        known.abandoned_at = max(known.abandoned_at or 0.0, at / 1000)
