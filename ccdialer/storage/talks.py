"""Who talked last with a number's client, and what else of ours he may be calling about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ccdialer.storage.database import Database
from ccdialer.storage.reached import CALLBACK_MODE

RECENT_MS = 24 * 3600 * 1000
"""Who calls so soon after an attempt of ours may be calling because of it."""

# Each half stops at its latest talk; a client's tasks are few, and so are the attempts of each.
LAST_TALK = """
    SELECT agent_id, at, id, is_inbound FROM (
        SELECT * FROM (
            SELECT attempt.agent_id, attempt.joined_at AS at, attempt.id, 0 AS is_inbound
            FROM task_number JOIN campaign ON campaign.id = task_number.campaign_id
                JOIN attempt ON attempt.task_id = task_number.task_id
            WHERE e164 = ? AND project_id = ? AND joined_at IS NOT NULL
                AND attempt.agent_id IS NOT NULL
            ORDER BY attempt.joined_at DESC LIMIT 1) AS calls_out
        UNION ALL
        SELECT * FROM (
            SELECT agent_id, joined_at AS at, id, 1 AS is_inbound FROM inbound_call
            WHERE number = ? AND project_id = ? AND joined_at IS NOT NULL AND agent_id IS NOT NULL
            ORDER BY arrived_at DESC LIMIT 1) AS calls_in) AS talks
    ORDER BY at DESC LIMIT 1"""

TRIED = """
    SELECT campaign.name, opened_at, COALESCE(attempt.agent_id, held_agent_id), disposition
    FROM task_number JOIN campaign ON campaign.id = task_number.campaign_id
        JOIN attempt ON attempt.task_id = task_number.task_id
    WHERE e164 = ? AND project_id = ? AND opened_at >= ? AND dialed_at IS NOT NULL
    ORDER BY opened_at DESC LIMIT 1"""

# A caller waits for this: to find a word by LIKE takes five times as long as by its place.
PENDING = """
    SELECT task.id, campaign.name, due_at, owner_id, login, owner_group
    FROM task_number JOIN campaign ON campaign.id = task_number.campaign_id
        JOIN task ON task.id = task_number.task_id LEFT JOIN agent ON agent.id = owner_id
    WHERE e164 = ? AND project_id = ? AND {place}(campaign.settings, ?) > 0
        AND task.state IN ('waiting', 'reserved', 'active')
    ORDER BY due_at, task.id"""


class LastTalk(NamedTuple):
    """The latest talk of a client with anybody of a project. `at` in epoch ms."""

    agent_id: int
    at: int
    call_id: str  # of the attempt, or of the inbound call
    is_inbound: bool


class Tried(NamedTuple):
    """The latest of our calls to him. `at` in epoch ms."""

    campaign: str
    at: int
    agent_id: int | None  # who talked, or was held for him
    disposition: str | None  # None: it is going on


class PendingCallback(NamedTuple):
    """A callback that waits for him. `due_at` in epoch ms."""

    task_id: int
    campaign: str
    due_at: int
    owner_id: int | None
    owner: str | None  # his login
    owner_group: str | None


@dataclass(frozen=True, slots=True)
class News:
    """What of ours a caller may be calling about."""

    tried: Tried | None = None
    callbacks: tuple[PendingCallback, ...] = ()


def last_talk(database: Database, number: str, project_id: int) -> LastTalk | None:
    """Out or in, at whichever task of the project that has his number (E.164)."""
    if not number:
        return None
    row = database.row(LAST_TALK, (number, project_id, number, project_id))
    return None if row is None else LastTalk(row[0], row[1], row[2], bool(row[3]))


def news_of(database: Database, number: str, project_id: int, now: int) -> News:
    """Our calls of the last 24 hours, and the callbacks that wait for him. `now` is epoch ms."""
    if not number:
        return News()
    tried = database.row(TRIED, (number, project_id, now - RECENT_MS))
    pending = database.rows(PENDING, (number, project_id, CALLBACK_MODE))
    return News(
        None if tried is None else Tried(*tried),
        tuple(PendingCallback(*row) for row in pending),
    )
