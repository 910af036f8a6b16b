"""Sums for reports: what became of campaigns' attempts, and what agents did with their time."""

from __future__ import annotations

from dataclasses import dataclass, field

from ccdialer.core.agent import AgentState
from ccdialer.core.disposition import Disposition
from ccdialer.core.metrics import Work
from ccdialer.core.stickiness import ON_LEAVE
from ccdialer.storage.database import Database

CAMPAIGN_TOTALS = """
    SELECT campaign_id, disposition, COUNT(*), SUM(COALESCE(ended_at - joined_at, 0)),
        SUM(COALESCE(joined_at - answered_at, 0)), COUNT(answered_at), COUNT(joined_at)
    FROM attempt WHERE opened_at >= ? AND opened_at < ? AND ended_at IS NOT NULL
    GROUP BY campaign_id, disposition"""

AGENT_CALLS = """
    SELECT agent_id, COUNT(*), SUM(ended_at - joined_at) FROM (
        SELECT agent_id, ended_at, joined_at FROM attempt
        WHERE opened_at >= ? AND opened_at < ? AND ended_at IS NOT NULL AND joined_at IS NOT NULL
            AND agent_id IS NOT NULL
        UNION ALL
        SELECT agent_id, ended_at, joined_at FROM inbound_call
        WHERE arrived_at >= ? AND arrived_at < ? AND ended_at IS NOT NULL
            AND joined_at IS NOT NULL AND agent_id IS NOT NULL) AS talks
    GROUP BY agent_id"""

# The changes in the interval, and before them the one that each agent came into it with.
AGENT_CHANGES = """
    SELECT agent_id, at, state, id FROM journal
    WHERE kind = 'agent' AND agent_id IS NOT NULL AND at >= ? AND at < ?
    UNION ALL
    SELECT agent_id, at, state, id FROM journal WHERE id IN (
        SELECT (SELECT id FROM journal WHERE agent_id = agent.id AND kind = 'agent' AND at < ?
                ORDER BY at DESC, id DESC LIMIT 1)
        FROM agent)
    ORDER BY agent_id, at, id"""


# Who is on leave is not waited for, and misses nobody.
AGENT_MISSES = """
    SELECT agent_id, COUNT(*) FROM journal
    WHERE state = 'owner_missed' AND at >= ? AND at < ? AND agent_id IS NOT NULL
        AND reason <> ? GROUP BY agent_id"""


@dataclass(slots=True)
class CampaignTotals:
    """Closed attempts that were opened in an interval."""

    campaign_id: int
    attempts: int = 0
    answered: int = 0
    joined: int = 0
    talk_s: float = 0.0
    wait_s: float = 0.0  # from answer to agent, summed over the joined
    by_disposition: dict[Disposition, int] = field(default_factory=dict)


@dataclass(slots=True)
class AgentTotals:
    """What an agent did in an interval; `state_s` is the time in each state, from the journal."""

    agent_id: int
    calls: int = 0
    talk_s: float = 0.0
    missed: int = 0  # callbacks of his own that were waited for in vain (SPEC E6)
    state_s: dict[AgentState, float] = field(default_factory=dict)

    @property
    def signed_in_s(self) -> float:
        """Time between signing in and signing out."""
        away = (AgentState.OFFLINE, AgentState.SIGNING_IN)
        return sum(s for state, s in self.state_s.items() if state not in away)

    @property
    def utilisation(self) -> float | None:
        """Talk / signed-in unpaused time, 0..1; None if there was none."""
        unpaused = self.signed_in_s - self.state_s.get(AgentState.PAUSED, 0.0)
        return self.state_s.get(AgentState.TALKING, 0.0) / unpaused if unpaused > 0 else None


def campaign_totals(database: Database, since: int, until: int) -> dict[int, CampaignTotals]:
    """By campaign id; attempts opened from `since` to before `until`, epoch ms."""
    totals: dict[int, CampaignTotals] = {}
    for row in database.rows(CAMPAIGN_TOTALS, (since, until)):
        campaign_id, disposition, count, talk_ms, wait_ms, answered, joined = row
        total = totals.setdefault(campaign_id, CampaignTotals(campaign_id))
        total.attempts += count
        total.answered += answered
        total.joined += joined
        total.talk_s += int(talk_ms) / 1000
        total.wait_s += int(wait_ms) / 1000
        total.by_disposition[Disposition(disposition)] = count
    return totals


def agents_work(database: Database, since: int, until: int) -> dict[int, Work]:
    """By agent id, the talks of attempts opened in the interval, and of calls that came in then,
    epoch ms; who had none is left out."""
    rows = database.rows(AGENT_CALLS, (since, until, since, until))
    return {agent_id: Work(calls, int(talk_ms) / 1000) for agent_id, calls, talk_ms in rows}


def agent_totals(database: Database, since: int, until: int) -> dict[int, AgentTotals]:
    """By agent id; `since` to before `until`, epoch ms. Give no `until` later than now: the last
    known state is taken to last until then."""
    totals: dict[int, AgentTotals] = {}
    for agent_id, work in agents_work(database, since, until).items():
        totals[agent_id] = AgentTotals(agent_id, work.calls, work.talk_s)
    for agent_id, missed in database.rows(AGENT_MISSES, (since, until, ON_LEAVE)):
        totals.setdefault(agent_id, AgentTotals(agent_id)).missed = missed
    changes = database.rows(AGENT_CHANGES, (since, until, since))
    for index, (agent_id, at, state, _) in enumerate(changes):
        following = changes[index + 1] if index + 1 < len(changes) else None
        ends_at = following[1] if following and following[0] == agent_id else until
        spent = totals.setdefault(agent_id, AgentTotals(agent_id)).state_s
        lasted_s = (ends_at - max(at, since)) / 1000
        spent[AgentState(state)] = spent.get(AgentState(state), 0.0) + lasted_s
    return totals
