"""What an earlier run of this node left behind: read once at start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ccdialer.core.agent import AgentState
from ccdialer.core.events import OpenAttemptFound, SessionFound
from ccdialer.core.stored import RecordingState
from ccdialer.core.task import Task
from ccdialer.storage.agents import agent_by_id
from ccdialer.storage.database import Database
from ccdialer.storage.legs import LastLeg, last_legs
from ccdialer.storage.recordings import Row, recordings_of
from ccdialer.storage.sticky import with_ladders
from ccdialer.storage.tasks import past_of, usable_numbers

OPEN_ATTEMPTS = """
    SELECT attempt.id, task_id, attempt.campaign_id, task.attempts, number, opened_at,
        answered_at, joined_at, attempt.agent_id, agent_leg_id, held_agent_id,
        task.created_at, next_number, zone
    FROM attempt JOIN task ON task.id = task_id
    WHERE ended_at IS NULL AND attempt.node = ? ORDER BY opened_at, attempt.id"""

NO_LEG = LastLeg("", None, ())

SESSIONS = """
    SELECT agent_id, session_id, leg_id, state, reason FROM agent_session
    WHERE node = ? AND state <> ? AND session_id IS NOT NULL ORDER BY agent_id"""


def open_attempts_of(database: Database, node: str) -> list[OpenAttemptFound]:
    """Attempts of `node` that nobody closed, oldest first; instants in epoch seconds."""
    rows = database.rows(OPEN_ATTEMPTS, (node,))
    numbers = usable_numbers(database, [row[1] for row in rows])
    recordings = recordings_of(database, [row[0] for row in rows])
    past = past_of(database, [row[1] for row in rows])
    legs = last_legs(database, [row[0] for row in rows])
    found = []
    for attempt_id, task_id, campaign_id, attempts, number, *rest in rows:
        opened_at, answered_at, joined_at, *agents, created_at, prefers, zone = rest
        agent_id, agent_leg_id, held_agent_id = agents
        task = Task(
            *(task_id, campaign_id, numbers.get(task_id, (number,)), attempts),
            past=past.get(task_id, ()),
            created_at=created_at / 1000,
            zone=zone,
            prefers=prefers or "",
        )
        leg = legs.get(attempt_id, NO_LEG)
        found.append(
            OpenAttemptFound(
                attempt_id=attempt_id,
                task=task,
                number=number,
                opened_at=opened_at / 1000,
                answered_at=_seconds(answered_at),
                joined_at=_seconds(joined_at),
                agent_id=agent_id,
                agent_leg_id=agent_leg_id,
                recordings=len(recordings.get(attempt_id, ())),
                is_recorded=_is_recorded(recordings.get(attempt_id, ())),
                held_agent_id=held_agent_id,
                leg_id=leg.leg_id,
                route=leg.route,
                trunks_tried=leg.tried,
            )
        )
    tasks = with_ladders(database, [one.task for one in found], lambda at: round(at * 1000))
    return [replace(one, task=task) for one, task in zip(found, tasks, strict=True)]


def _is_recorded(parts: Iterable[Row]) -> bool:
    return any(part["state"] == RecordingState.RUNNING for part in parts)


def _seconds(instant: int | None) -> float | None:
    return None if instant is None else instant / 1000


def sessions_of(database: Database, node: str) -> list[SessionFound]:
    """Agents whom `node` left signed in."""
    return [
        SessionFound(agent_by_id(database, agent_id), session_id, leg_id, state, reason)
        for agent_id, session_id, leg_id, state, reason in database.rows(
            SESSIONS, (node, AgentState.OFFLINE)
        )
    ]
