"""Refusals: numbers on a do-not-call list, or of a kind that their campaign does not dial."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ccdialer.core.allowed import Allowed, allowed_by, refusal
from ccdialer.storage.campaigns import settings_from_json
from ccdialer.storage.database import Database
from ccdialer.storage.holds import Candidate, Hold

DNC, NUMBER_TYPE = "dnc", "number_type"

LISTED_WORDS = "on the do-not-call list"
"""How the reason of a task begins that a list has ended; `storage.prospects` counts by it."""

SITE = 0
"""In the place of a project's id: the list of the whole site."""

CAMPAIGNS = "SELECT id, project_id, settings FROM campaign WHERE id {in_ids}"

LISTED = """
    SELECT e164, project_id, project.name, reason, until_at
    FROM do_not_call LEFT JOIN project ON project.id = project_id
    WHERE e164 {in_ids} AND (until_at IS NULL OR until_at > ?)"""

FOR_GOOD = 1 << 62

NUMBERS = """
    SELECT task_id, campaign_id, e164 FROM task_number
    WHERE task_id {in_ids} AND NOT bad ORDER BY task_id, position"""

# When another number of a task that is held back comes off a list: that one may be called then.
COMES_OFF = """
    SELECT mine.task_id, MIN(entry.until_at) FROM task_number AS mine
    JOIN do_not_call AS entry ON entry.e164 = mine.e164
    WHERE mine.task_id {in_ids} AND NOT mine.bad AND entry.until_at > ? GROUP BY mine.task_id"""

Number = tuple[int, str]  # a campaign's id, and a number that it might dial


@dataclass(frozen=True, slots=True)
class _Rules:
    """What of a campaign's settings is asked for here."""

    project_id: int
    allowed: Allowed


def refused(database: Database, numbers: Iterable[Number], at: int) -> dict[Number, Hold]:
    """Which of these numbers their campaigns may not dial at `at` (epoch ms), why, and until when;
    None: for good. A list goes before the kind of number."""
    asked = set(numbers)
    if not asked:
        return {}
    rules = _rules(database, {campaign_id for campaign_id, _ in asked})
    found: dict[Number, Hold] = {}
    for campaign_id, number in asked:
        if why := refusal(number, rules[campaign_id].allowed):
            found[campaign_id, number] = Hold(NUMBER_TYPE, why, None)
    listed = database.rows(LISTED, (database.keys({number for _, number in asked}), at))
    if listed:
        found |= _on_lists(asked, rules, listed)
    return found


def is_listed(database: Database, number: str, project_id: int, at: int) -> bool:
    """Whether the number is on the list of the project or of the site at `at` (epoch ms)."""
    listed = database.rows(LISTED, (database.keys({number}), at))
    return any(entry[1] in (project_id, SITE) for entry in listed)


def _rules(database: Database, campaign_ids: Iterable[int]) -> dict[int, _Rules]:
    rows = database.rows(CAMPAIGNS, (database.keys(campaign_ids),))
    return {
        campaign_id: _Rules(project_id, _allowed(settings, database.home))
        for campaign_id, project_id, settings in rows
    }


@lru_cache(maxsize=1024)
def _allowed(settings: str, home: str) -> Allowed:
    return allowed_by(settings_from_json(settings), home)


_Listed = tuple[str, int, str | None, str, int | None]  # number, project and its name, why, until


def _on_lists(
    asked: Iterable[Number], rules: Mapping[int, _Rules], listed: Sequence[_Listed]
) -> dict[Number, Hold]:
    """Of several entries for a number the one that lasts longest is its reason."""
    entries: dict[tuple[str, int], list[_Listed]] = {}
    for entry in listed:
        entries.setdefault(entry[:2], []).append(entry)
    found = {}
    for campaign_id, number in asked:
        own = entries.get((number, rules[campaign_id].project_id), [])
        both = [*entries.get((number, SITE), []), *own]
        if both:
            last = max(both, key=lambda entry: entry[4] or FOR_GOOD)
            found[campaign_id, number] = Hold(DNC, words_of(*last[2:4]), last[4])
    return found


def words_of(project: str | None, reason: str) -> str:
    """`on the do-not-call list of the site: asked by mail`."""
    whose = "the site" if project is None else f'project "{project}"'
    return f"{LISTED_WORDS} of {whose}{': ' if reason else ''}{reason}"


# --- tasks --------------------------------------------------------------------------------------


def holds_of(database: Database, task_ids: Sequence[int], at: int) -> dict[int, Hold]:
    """The tasks none of whose numbers may be dialed at `at`: they end; or they wait, if a number is
    listed for a time only. Tasks without any number are not among them."""
    if not task_ids:
        return {}
    numbers: dict[int, list[Number]] = {}
    for task_id, campaign_id, e164 in database.rows(NUMBERS, (database.keys(task_ids),)):
        numbers.setdefault(task_id, []).append((campaign_id, e164))
    found = refused(database, (each for own in numbers.values() for each in own), at)
    if not found:
        return {}
    return {
        task_id: _soonest([found[each] for each in own])
        for task_id, own in numbers.items()
        if all(each in found for each in own)
    }


def _soonest(holds: Sequence[Hold]) -> Hold:
    """What holds a task whose every number is refused: until the first of them may be dialed."""
    return min(holds, key=lambda hold: hold.until or FOR_GOOD)


def sift(
    database: Database, campaign_id: int, numbers: Mapping[int, tuple[str, ...]], at: int
) -> dict[int, tuple[str, ...]]:
    """The numbers of claimed tasks without the refused ones. Where all are refused they stay: the
    check, which is asked before anything is dialed, ends that task and says why."""
    asked = ((campaign_id, e164) for own in numbers.values() for e164 in own)
    found = refused(database, asked, at)
    if not found:
        return dict(numbers)
    left = {i: tuple(n for n in own if (campaign_id, n) not in found) for i, own in numbers.items()}
    return {task_id: left[task_id] or own for task_id, own in numbers.items()}


def check(database: Database, candidates: Sequence[Candidate]) -> dict[int, Hold]:
    """Whose number may not be dialed. A task with another number that may goes back, due at once:
    it is claimed again without this one."""
    if not candidates:
        return {}
    at = max(c.at for c in candidates)
    found = refused(database, ((c.campaign_id, c.number) for c in candidates), at)
    these = {c.task_id: c for c in candidates if (c.campaign_id, c.number) in found}
    ends = holds_of(database, list(these), at)
    return {
        task_id: ends.get(task_id) or _other_number(found[c.campaign_id, c.number], c)
        for task_id, c in these.items()
    }


def _other_number(hold: Hold, candidate: Candidate) -> Hold:
    return Hold(hold.rule, f"its number {candidate.number} is {hold.reason}", candidate.at)


def comes_off(database: Database, task_ids: Iterable[int], at: int) -> dict[int, int]:
    """When the next number of these tasks comes off a list for good or for another, epoch ms."""
    return dict(database.rows(COMES_OFF, (database.keys(task_ids), at)))


def sooner(
    database: Database, held: dict[int, Hold], candidates: Sequence[Candidate]
) -> dict[int, Hold]:
    """The holds, none longer than until another number of its client may be called."""
    waits = [i for i, hold in held.items() if hold.until is not None and hold.rule != DNC]
    if not waits:
        return held
    off = comes_off(database, waits, max(c.at for c in candidates))
    return held | {
        i: replace(held[i], until=min(held[i].until or until, until)) for i, until in off.items()
    }
