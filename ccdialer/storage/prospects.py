"""Counts which of a campaign's tasks will be called, and which will not and why (SPEC F2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ccdialer.core.allowed import allowed_by, refusal
from ccdialer.core.campaign import Campaign
from ccdialer.core.limits import RULE_WORDS
from ccdialer.storage.database import Database
from ccdialer.storage.duplicates import COVERED, DUPLICATE_WORDS, NEARER
from ccdialer.storage.on_the_line import ON_THE_LINE
from ccdialer.storage.refusals import LISTED_WORDS

STEP_MS = 600_000  # tasks that are due later are put together by ten minutes


class Verdict(StrEnum):
    """What will be done with a task."""

    SETTLED = "settled"  # it was called, or withdrawn, and is not called again
    SKIPPED = "skipped"  # it is open, and yet will not be called
    LATER = "later"  # it will be called, but not at once
    NOW = "now"  # it is due


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a task will or will not be called; `holds` is SQL about a row of `task`."""

    verdict: Verdict
    key: str
    words: str
    holds: str


NUMBERLESS = "NOT EXISTS (SELECT 1 FROM task_number WHERE task_id = task.id AND NOT bad)"
ABANDONED = """(SELECT disposition FROM attempt WHERE task_id = task.id AND ended_at IS NOT NULL
    ORDER BY opened_at DESC, id DESC LIMIT 1) = 'abandoned'"""
LIVE_ELSEWHERE = """EXISTS (SELECT 1 FROM task_number JOIN attempt ON attempt.number = e164
    WHERE task_number.task_id = task.id AND NOT bad AND ended_at IS NULL
        AND attempt.task_id <> task.id)"""

# A callback whose ladder has not come to its end.
PINNED = """(owner_id IS NOT NULL OR owner_group IS NOT NULL)
    AND NOT (COALESCE(step, '') = 'anyone' AND step_due_at = due_at)"""
HELD = "held_by = '{}' AND due_at > given.now"

# On a list at least until the horizon; or of a kind that SQL cannot tell: `_unfit` finds those.
DENIED = """EXISTS (SELECT 1 FROM do_not_call AS entry
    WHERE entry.e164 = task_number.e164 AND entry.project_id IN (0, given.project)
        AND (entry.until_at IS NULL OR entry.until_at >= given.until))"""
UNFIT = "task_number.e164 IN (SELECT e164 FROM unfit)"
DIALABLE = f"NOT bad AND NOT {DENIED} AND NOT {UNFIT}"
ALL_DENIED = f"""NOT EXISTS (SELECT 1 FROM task_number
    WHERE task_id = task.id AND NOT bad AND NOT {DENIED})"""
ALL_UNFIT = f"NOT EXISTS (SELECT 1 FROM task_number WHERE task_id = task.id AND {DIALABLE})"
NEARER_TASK = " OR ".join(
    f"(given.scope = '{scope}' AND EXISTS ({NEARER.replace('{covered}', covered)}))"
    for scope, covered in COVERED.items()
).replace("own.project_id", "given.project")
PREFIXES = ", ".join(f"substr(e164, 2, {length})" for length in range(1, 16))
# What is taken out of a list of names, each between bars, was in it.
UNPRICED = f"""given.routed = 1 AND NOT EXISTS (
    SELECT 1 FROM task_number JOIN trunk_rate ON prefix IN ({PREFIXES})
    JOIN trunk ON trunk.id = trunk_id
    WHERE task_number.task_id = task.id AND NOT bad AND enabled AND (given.trunks = ''
        OR REPLACE(given.trunks, '|' || trunk.name || '|', '') <> given.trunks))"""

_S, _K, _L = Verdict.SETTLED, Verdict.SKIPPED, Verdict.LATER

# The first that holds is the reason of a task. A rule that keeps tasks from being called (a calling
# window, a do-not-call list, a cap, a trunk) has a line here.
REASONS = (
    Reason(_S, "done", "reached already", "state = 'done'"),
    Reason(
        *(_S, "dnc", "closed: on a do-not-call list"),
        f"state = 'cancelled' AND substr(reason, 1, {len(LISTED_WORDS)}) = '{LISTED_WORDS}'",
    ),
    Reason(
        *(_S, "duplicate", "closed: another task of the same person"),
        f"state = 'cancelled' AND substr(reason, 1, {len(DUPLICATE_WORDS)}) = '{DUPLICATE_WORDS}'",
    ),
    Reason(_S, "cancelled", "withdrawn", "state = 'cancelled'"),
    Reason(_S, "no_number", "no number that exists", f"state = 'failed' AND {NUMBERLESS}"),
    Reason(_S, "used_up", "all attempts used", "state = 'failed' AND attempts >= given.most"),
    Reason(_S, "given_up", "given up otherwise", "state = 'failed'"),
    Reason(_K, "no_usable_number", "open, but no number that exists", NUMBERLESS),
    Reason(_K, "listed", "open, but on a do-not-call list", f"state <> 'active' AND {ALL_DENIED}"),
    Reason(
        *(_K, "number_type", "open, but a number that the campaign does not dial"),
        f"state <> 'active' AND {ALL_UNFIT}",
    ),
    Reason(
        *(_K, "nearer_task", "open, but another task of the person is called first"),
        f"state <> 'active' AND ({NEARER_TASK})",
    ),
    Reason(_K, "no_trunk", "no trunk has a price for any of its numbers", UNPRICED),
    Reason(
        *(_K, "abandoned_pause", "paused past the horizon after an abandoned call"),
        f"due_at >= given.until AND {ABANDONED}",
    ),
    Reason(_K, "no_zone", "nobody knows the time zone", HELD.format("zone")),
    Reason(_K, "due_past", "due after the horizon", "due_at >= given.until"),
    Reason(_L, "live_elsewhere", "its number is on a live call of another task", LIVE_ELSEWHERE),
    Reason(
        *(_L, "abandoned_wait", "waits after an abandoned call"),
        f"due_at > given.now AND {ABANDONED}",
    ),
    *(
        Reason(_L, f"held_{rule}", words, HELD.format(rule))
        for rule, words in RULE_WORDS.items()
        if rule != "zone"
    ),
    Reason(_L, "on_the_line", "the client is calling us", HELD.format(ON_THE_LINE)),
    Reason(
        *(_L, "owner_wait", "due, and waits for its owner or his group"),
        f"due_at <= given.now AND state <> 'active' AND {PINNED}",
    ),
    Reason(
        *(_L, "capped", "waits for a spending cap"),
        "due_at > given.now AND substr(reason, 1, 12) = 'spending cap'",
    ),
    Reason(_L, "in_call", "in a call now", "state = 'active'"),
    Reason(_L, "due_later", "due later", "due_at > given.now"),
    Reason(Verdict.NOW, "due", "due now", "1 = 1"),
)

_CASES = " ".join(f"WHEN {reason.holds} THEN {n}" for n, reason in enumerate(REASONS))
_CALLED = min(n for n, r in enumerate(REASONS) if r.verdict in (_L, Verdict.NOW))

WITH_REASONS = f"""
    WITH given AS (SELECT CAST(? AS BIGINT) AS now, CAST(? AS BIGINT) AS until,
        CAST(? AS INT) AS most, CAST(? AS INT) AS project, CAST(? AS TEXT) AS scope,
        CAST(? AS INT) AS routed, CAST(? AS TEXT) AS trunks),
    unfit AS (SELECT e164 FROM task_number WHERE campaign_id = ? AND e164 {{in_ids}}),
    reasoned AS (SELECT task.id, attempts, due_at, given.now, given.until,
        given.project, CASE {_CASES} END AS reason
        FROM task CROSS JOIN given WHERE campaign_id = ?)"""

BY_REASON = f"{WITH_REASONS} SELECT reason, COUNT(*) FROM reasoned GROUP BY reason"

WORK = f"""{WITH_REASONS}
    SELECT attempts, numbers, due_s, COUNT(*) FROM (
        SELECT attempts,
            (SELECT COUNT(*) FROM task_number WHERE task_id = given.id AND {DIALABLE}) AS numbers,
            CASE WHEN due_at <= now THEN 0 ELSE (due_at - now + {STEP_MS - 1}) / {STEP_MS} END
                * {STEP_MS // 1000} AS due_s
        FROM reasoned AS given WHERE reason >= {_CALLED}) AS open
    GROUP BY attempts, numbers, due_s ORDER BY due_s, attempts DESC, numbers"""


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks to be called that stand alike: attempts so far, usable numbers, due in how long."""

    attempts: int
    numbers: int
    due_s: int
    tasks: int


def prospects(
    database: Database, campaign: Campaign, now: int, until: int
) -> list[tuple[Reason, int]]:
    """Every reason with the number of the campaign's tasks it holds for, each task once.

    `now` and the horizon `until` are epoch ms.
    """
    found = dict(database.rows(BY_REASON, _given(database, campaign, now, until)))
    return [(reason, int(found.get(n, 0))) for n, reason in enumerate(REASONS)]


def work(database: Database, campaign: Campaign, now: int, until: int) -> list[Group]:
    """The tasks that will be called, by how they stand."""
    return [
        Group(*map(int, row)) for row in database.rows(WORK, _given(database, campaign, now, until))
    ]


def _given(database: Database, campaign: Campaign, now: int, until: int) -> tuple[object, ...]:
    settings = campaign.settings
    trunks = "".join(f"|{name}|" for name in settings.trunks)
    unfit = database.keys(_unfit(database, campaign))
    given = (now, until, settings.max_attempts, campaign.project_id, settings.duplicates)
    return (*given, int(not settings.dial), trunks, campaign.id, unfit, campaign.id)


NUMBERS_PAGE = 10_000

NUMBERS = """
    SELECT e164 FROM task_number WHERE e164 > ? AND campaign_id = ?
    ORDER BY e164 LIMIT ?"""


def _unfit(database: Database, campaign: Campaign) -> Iterator[str]:
    """The numbers in the campaign that it does not dial: it did when they were imported."""
    allowed = allowed_by(campaign.settings, database.home)
    after = ""
    while page := database.rows(NUMBERS, (after, campaign.id, NUMBERS_PAGE)):
        yield from (e164 for (e164,) in page if refusal(e164, allowed))
        after = page[-1][0]
