"""What storage answers, and what it found of an earlier run at start."""

from __future__ import annotations

from dataclasses import dataclass

from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, CampaignState, History
from ccdialer.core.pacing.policy import Memory
from ccdialer.core.task import Task


@dataclass(frozen=True, slots=True)
class CampaignLoaded:
    """A campaign exists or has changed; its state says whether it may dial."""

    campaign: Campaign
    history: History
    closes_at: float | None = None  # when dialing usually ends for the day; None: nobody knows
    memory: Memory | None = None  # what pacing had learned, for a campaign that is new to the core
    opens_at: float | None = None  # it does nothing before; None: it has begun


@dataclass(frozen=True, slots=True)
class TasksReserved:
    """Answer to ReserveTasks: due tasks, now ours. Fewer than `asked`: no more are due now."""

    campaign_id: int
    tasks: tuple[Task, ...]
    asked: int
    next_due_at: float | None = None  # callbacks: when the next one is due, if it is known
    gone: tuple[int, ...] = ()  # callbacks that are another node's from now on


@dataclass(frozen=True, slots=True)
class ContactReserved:
    """Answer to ReserveContact: a contact for this agent alone; None: none is due for him."""

    agent_id: int
    task: Task | None


@dataclass(frozen=True, slots=True)
class CampaignMoved:
    """Storage has found an assignment done, or opened it again for a contact of it."""

    campaign_id: int
    state: CampaignState


@dataclass(frozen=True, slots=True)
class AttemptOpened:
    """Answer to OpenAttempt: the attempt is committed and may be dialed."""

    attempt_id: str


@dataclass(frozen=True, slots=True)
class AttemptRefused:
    """Answer to OpenAttempt: not to be dialed; storage has put the task where it belongs."""

    attempt_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpenAttemptFound:
    """At start: an attempt that an earlier run of this node left open."""

    attempt_id: str
    task: Task
    number: str
    opened_at: float
    answered_at: float | None
    joined_at: float | None
    agent_id: int | None
    agent_leg_id: str | None
    held_agent_id: int | None = None  # who was reserved for the client before he was dialed


@dataclass(frozen=True, slots=True)
class SessionFound:
    """At start: an agent whom an earlier run of this node left signed in."""

    agent: Agent
    session_id: str
    leg_id: str | None  # of a kept-up agent
    state: str  # AgentState by name
    reason: str
