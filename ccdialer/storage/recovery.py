"""What an earlier run of this node left behind: read once at start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ccdialer.core.agent import AgentState
from ccdialer.core.events import OpenAttemptFound, SessionFound
from ccdialer.core.stored import RecordingState
from ccdialer.storage.agents import agent_by_id
from ccdialer.storage.database import Database
from ccdialer.storage.legs import LastLeg, last_legs
from ccdialer.storage.reading import FIELDS, WIDTH, tasks_of
from ccdialer.storage.recordings import Row, recordings_of
from ccdialer.storage.sticky import with_ladders

OPEN_ATTEMPTS = f"""
    SELECT {FIELDS}, attempt.id, number, opened_at, answered_at, joined_at, attempt.agent_id,
        agent_leg_id, held_agent_id
    FROM attempt JOIN task ON task.id = task_id
    WHERE ended_at IS NULL AND attempt.node = ? ORDER BY opened_at, attempt.id"""

NO_LEG = LastLeg("", None, ())

SESSIONS = """
    SELECT agent_id, session_id, leg_id, state, reason FROM agent_session
    WHERE node = ? AND state <> ? AND session_id IS NOT NULL ORDER BY agent_id"""


def open_attempts_of(database: Database, node: str) -> list[OpenAttemptFound]:
    """Attempts of `node` that nobody closed, oldest first; instants in epoch seconds."""
    rows = database.rows(OPEN_ATTEMPTS, (node,))
    attempt_ids = [row[WIDTH] for row in rows]
    recordings, legs = recordings_of(database, attempt_ids), last_legs(database, attempt_ids)
    found = []
    for task, row in zip(tasks_of(database, rows), rows, strict=True):
        attempt_id, number, opened_at, answered_at, joined_at, *agents = row[WIDTH:]
        agent_id, agent_leg_id, held_agent_id = agents
        leg = legs.get(attempt_id, NO_LEG)
        found.append(
            OpenAttemptFound(
                attempt_id=attempt_id,
                task=replace(task, numbers=task.numbers or (number,)),
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
