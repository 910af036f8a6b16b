"""Counts how callbacks were kept: in time or late, by their owner or by others, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from ccdialer.core.stickiness import ON_LEAVE
from ccdialer.storage.database import Database
from ccdialer.storage.reached import STICKY

# A callback that is dialed again after a busy line is due again, and is one more promise.
KEPT = """
    SELECT attempt.owner_id, attempt.owner_group, COUNT(*),
        COUNT(*) FILTER (WHERE opened_at - due_at <= ?),
        COUNT(*) FILTER (WHERE attempt.owner_id IS NOT NULL
            AND COALESCE(agent_id, held_agent_id) = attempt.owner_id),
        COUNT(*) FILTER (WHERE disposition = 'talked'),
        CAST(SUM(opened_at - due_at) AS BIGINT), MAX(opened_at - due_at)
    FROM attempt JOIN campaign ON campaign.id = attempt.campaign_id
    WHERE opened_at >= ? AND opened_at < ? AND ended_at IS NOT NULL AND due_at IS NOT NULL
        AND dialed_at IS NOT NULL
        AND campaign.settings LIKE ? AND (CAST(? AS INTEGER) IS NULL OR campaign_id = ?)
    GROUP BY attempt.owner_id, attempt.owner_group"""

# Who is on leave is not waited for, and misses nobody.
MISSED = """
    SELECT agent_id, COUNT(*) FROM journal
    WHERE state = 'owner_missed' AND at >= ? AND at < ? AND reason <> ?
        AND (CAST(? AS INTEGER) IS NULL OR campaign_id = ?)
    GROUP BY agent_id"""

OVERDUE = """
    SELECT owner_id, owner_group, COUNT(*) FROM task
    JOIN campaign ON campaign.id = task.campaign_id
    WHERE task.state IN ('waiting', 'reserved') AND due_at < ?
        AND campaign.settings LIKE ? AND (CAST(? AS INTEGER) IS NULL OR campaign_id = ?)
    GROUP BY owner_id, owner_group"""

Owner = tuple[int | None, str | None]  # agent's id, or group; neither: anyone


@dataclass(slots=True)
class Promises:
    """Callbacks dialed in a span for one owner, and how late; times in seconds."""

    owner_id: int | None
    owner_group: str | None
    dialed: int = 0
    in_time: int = 0
    by_owner: int = 0
    reached: int = 0
    late_s: float = 0.0  # summed over all that were dialed
    most_late_s: float = 0.0
    missed: int = 0  # waits for the owner that ended without him
    overdue: int = 0  # not dialed yet, though due, when the span ends


@dataclass(frozen=True, slots=True)
class PromiseFilter:
    """Attempts opened from `since` to before `until` (epoch ms); in time is within `grace_s`."""

    since: int
    until: int
    grace_s: float
    campaign_id: int | None = None


def promises(database: Database, wanted: PromiseFilter) -> list[Promises]:
    """By owner: agents by id, then groups by name, then anyone."""
    found: dict[Owner, Promises] = {}
    span, of = (wanted.since, wanted.until), (wanted.campaign_id, wanted.campaign_id)
    rows = database.rows(KEPT, (round(wanted.grace_s * 1000), *span, STICKY, *of))
    for *owner, dialed, in_time, by_owner, reached, late_ms, most_ms in rows:
        one = _of(found, (owner[0], owner[1]))
        one.dialed, one.in_time, one.by_owner, one.reached = dialed, in_time, by_owner, reached
        one.late_s, one.most_late_s = int(late_ms) / 1000, most_ms / 1000
    for agent_id, missed in database.rows(MISSED, (*span, ON_LEAVE, *of)):
        _of(found, (agent_id, None)).missed = missed
    late_at = wanted.until - round(wanted.grace_s * 1000)
    for owner_id, owner_group, overdue in database.rows(OVERDUE, (late_at, STICKY, *of)):
        _of(found, (owner_id, owner_group)).overdue = overdue
    return sorted(found.values(), key=_place)


def _of(found: dict[Owner, Promises], owner: Owner) -> Promises:
    return found.setdefault(owner, Promises(*owner))


def _place(one: Promises) -> tuple[bool, int, bool, str]:
    return (
        *(one.owner_id is None, one.owner_id or 0),
        *(one.owner_group is None, one.owner_group or ""),
    )
