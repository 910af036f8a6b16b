"""Counts which of a campaign's tasks will be called, and which will not and why (SPEC F2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ccdialer.core.campaign import Campaign
from ccdialer.core.limits import RULE_WORDS
from ccdialer.storage.database import Database

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

HELD = "held_by = '{}' AND due_at > given.now"

_S, _K, _L = Verdict.SETTLED, Verdict.SKIPPED, Verdict.LATER

# The first that holds is the reason of a task. A rule that keeps tasks from being called (a calling
# window, a do-not-call list, a cap, a trunk) has a line here.
REASONS = (
    Reason(_S, "done", "reached already", "state = 'done'"),
    Reason(_S, "cancelled", "withdrawn", "state = 'cancelled'"),
    Reason(_S, "no_number", "no number that exists", f"state = 'failed' AND {NUMBERLESS}"),
    Reason(_S, "used_up", "all attempts used", "state = 'failed' AND attempts >= given.most"),
    Reason(_S, "given_up", "given up otherwise", "state = 'failed'"),
    Reason(_K, "no_usable_number", "open, but no number that exists", NUMBERLESS),
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
    Reason(_L, "in_call", "in a call now", "state = 'active'"),
    Reason(_L, "due_later", "due later", "due_at > given.now"),
    Reason(Verdict.NOW, "due", "due now", "1 = 1"),
)

_CASES = " ".join(f"WHEN {reason.holds} THEN {n}" for n, reason in enumerate(REASONS))
_CALLED = min(n for n, r in enumerate(REASONS) if r.verdict in (_L, Verdict.NOW))

WITH_REASONS = f"""
    WITH given AS (SELECT CAST(? AS BIGINT) AS now, CAST(? AS BIGINT) AS until, CAST(? AS INT)
        AS most),
    reasoned AS (SELECT task.id, attempts, due_at, given.now, CASE {_CASES} END AS reason
        FROM task CROSS JOIN given WHERE campaign_id = ?)"""

BY_REASON = f"{WITH_REASONS} SELECT reason, COUNT(*) FROM reasoned GROUP BY reason"

WORK = f"""{WITH_REASONS}
    SELECT attempts, numbers, due_s, COUNT(*) FROM (
        SELECT attempts,
            (SELECT COUNT(*) FROM task_number WHERE task_id = reasoned.id AND NOT bad) AS numbers,
            CASE WHEN due_at <= now THEN 0 ELSE (due_at - now + {STEP_MS - 1}) / {STEP_MS} END
                * {STEP_MS // 1000} AS due_s
        FROM reasoned WHERE reason >= {_CALLED}) AS open
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
    found = dict(database.rows(BY_REASON, _given(campaign, now, until)))
    return [(reason, int(found.get(n, 0))) for n, reason in enumerate(REASONS)]


def work(database: Database, campaign: Campaign, now: int, until: int) -> list[Group]:
    """The tasks that will be called, by how they stand."""
    return [Group(*map(int, row)) for row in database.rows(WORK, _given(campaign, now, until))]


def _given(campaign: Campaign, now: int, until: int) -> tuple[int, int, int, int]:
    return (now, until, campaign.settings.max_attempts, campaign.id)
