"""Reads the call log: a campaign's calls and its agents' states in a span, as plain rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ccdialer.core.agent import AgentState
from ccdialer.core.campaign import Campaign, CampaignState
from ccdialer.core.disposition import Disposition
from ccdialer.storage.database import Database

CALLS = """
    SELECT task_id, dialed_at, ringing_at, answered_at, joined_at, ended_at, disposition, cause,
        agent_id
    FROM attempt
    WHERE campaign_id = ? AND opened_at >= ? AND opened_at < ?
        AND dialed_at IS NOT NULL AND ended_at IS NOT NULL
    ORDER BY opened_at, id"""

# Members of the project as they are now, and whoever took a call of the campaign then.
AGENTS = """
    SELECT id, login FROM agent
    WHERE id IN (SELECT agent_id FROM membership WHERE project_id = ?)
        OR id IN (SELECT agent_id FROM attempt
            WHERE campaign_id = ? AND opened_at >= ? AND opened_at < ?)
    ORDER BY login"""

# The changes in the span, and before them the one that each agent came into it with.
STATES = """
    SELECT agent_id, at, state, campaign_id, id FROM journal
    WHERE agent_id {in_ids} AND kind = 'agent' AND at >= ? AND at < ?
    UNION ALL
    SELECT agent_id, at, state, campaign_id, id FROM journal WHERE id IN (
        SELECT (SELECT id FROM journal WHERE agent_id = agent.id AND kind = 'agent' AND at < ?
                ORDER BY at DESC, id DESC LIMIT 1)
        FROM agent WHERE agent.id {in_ids})
    ORDER BY agent_id, at, id"""

# Tasks that somebody could have called then: they existed, and were not settled before.
LIST = """
    SELECT COUNT(*) FROM task WHERE campaign_id = ? AND created_at < ?
        AND (state IN ('waiting', 'reserved', 'active') OR changed_at >= ?)"""

STOPS = """
    SELECT at, state FROM journal
    WHERE campaign_id = ? AND agent_id IS NULL AND kind = 'campaign' AND at < ?
        AND state IN ('draft', 'active', 'paused', 'stopped')
    ORDER BY at, id"""

CHANGES = """
    SELECT COUNT(*) FROM journal
    WHERE campaign_id = ? AND kind = 'campaign' AND state = 'applied' AND at >= ?"""


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A dialed call that is over; instants in epoch seconds."""

    task_id: int
    dialed_at: float
    ringing_at: float | None
    answered_at: float | None
    joined_at: float | None
    ended_at: float
    disposition: Disposition
    cause: int  # Q.850; 0: not ended by the network, the daemon let it go
    agent_id: int | None


@dataclass(frozen=True, slots=True)
class LoggedState:
    """An agent has come into a state; `at` in epoch seconds."""

    at: float
    state: AgentState
    campaign_id: int | None  # whose call it is about


@dataclass(frozen=True, slots=True)
class Log:
    """What happened in one campaign; states by agent id, in order. `stops` are the times in which
    it was paused or stopped, each from instant to instant, epoch seconds."""

    campaign_id: int
    calls: tuple[LoggedCall, ...]
    states: dict[int, tuple[LoggedState, ...]]
    logins: dict[int, str]
    stops: tuple[tuple[float, float], ...] = ()


def log_of(database: Database, campaign: Campaign, since: int, until: int) -> Log:
    """The calls opened from `since` to before `until` (epoch ms), and what the agents did then."""
    calls = database.rows(CALLS, (campaign.id, since, until))
    logins = dict(database.rows(AGENTS, (campaign.project_id, campaign.id, since, until)))
    states: dict[int, list[LoggedState]] = {agent_id: [] for agent_id in logins}
    agents = database.keys(logins)
    for agent_id, at, state, about, _ in database.rows(
        STATES, (agents, since, until, since, agents)
    ):
        begins = max(at, since) / 1000
        states[agent_id].append(LoggedState(begins, AgentState(state), about))
    return Log(
        campaign_id=campaign.id,
        calls=tuple(_call(row) for row in calls),
        states={agent_id: tuple(found) for agent_id, found in states.items()},
        logins=logins,
        stops=_stops(database, campaign, until),
    )


def _stops(database: Database, campaign: Campaign, until: int) -> tuple[tuple[float, float], ...]:
    rows = database.rows(STOPS, (campaign.id, until))
    changes = [(at / 1000, state == CampaignState.ACTIVE) for at, state in rows]
    changes.append((until / 1000, True))
    return tuple((at, following) for (at, dials), (following, _) in pairwise(changes) if not dials)


def list_of_then(database: Database, campaign: Campaign, since: int, until: int) -> int:
    """How many of the campaign's tasks could have been called in the span (epoch ms), at most:
    when a task was due then is not known any more."""
    row = database.row(LIST, (campaign.id, until, since))
    return int(row[0]) if row else 0


def is_changed_since(database: Database, campaign: Campaign, since: int) -> bool:
    """Whether the campaign's settings have been applied again since then (epoch ms)."""
    row = database.row(CHANGES, (campaign.id, since))
    return bool(row and row[0])


def _call(row: tuple[int | str | None, ...]) -> LoggedCall:
    task_id, dialed_at, ringing_at, answered_at, joined_at, ended_at, disposition, cause, who = row
    return LoggedCall(
        task_id=int(task_id or 0),
        dialed_at=int(dialed_at or 0) / 1000,
        ringing_at=_seconds(ringing_at),
        answered_at=_seconds(answered_at),
        joined_at=_seconds(joined_at),
        ended_at=int(ended_at or 0) / 1000,
        disposition=Disposition(str(disposition)),
        cause=int(cause or 0),
        agent_id=None if who is None else int(who),
    )


def _seconds(instant: int | str | None) -> float | None:
    return None if instant is None else int(instant) / 1000
