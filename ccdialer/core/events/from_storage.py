"""What storage answers, and what it found of an earlier run at start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ccdialer.core.agent import Agent
from ccdialer.core.best_hour import Hours
from ccdialer.core.campaign import Campaign, CampaignState, History
from ccdialer.core.metrics import Work
from ccdialer.core.pacing.policy import Memory
from ccdialer.core.project import Project
from ccdialer.core.queue import Caller, Span
from ccdialer.core.task import Task
from ccdialer.core.trunk import Route, Trunk


@dataclass(frozen=True, slots=True)
class CampaignLoaded:
    """A campaign exists or has changed; its state says whether it may dial."""

    campaign: Campaign
    history: History
    closes_at: float | None = None  # when dialing usually ends for the day; None: nobody knows
    memory: Memory | None = None  # what pacing had learned, for a campaign that is new to the core
    opens_at: float | None = None  # it does nothing before; None: it has begun
    hours_open: tuple[Span, ...] | None = None  # of a queue, the coming ones; None: always


@dataclass(frozen=True, slots=True)
class ProjectLoaded:
    """A project exists or has changed."""

    project: Project


@dataclass(frozen=True, slots=True)
class WorkCounted:
    """What agents have had today, by their ids; who is not named has had nothing."""

    work: Mapping[int, Work]


@dataclass(frozen=True, slots=True)
class HoursLearned:
    """When the people of a campaign answered, of late."""

    campaign_id: int
    hours: Hours


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
    rule: str = ""  # key of the rule that holds the task back
    wait_s: float = 0.0  # for how long


@dataclass(frozen=True, slots=True)
class LegOpened:
    """Answer to OpenLeg: the leg is committed and may be dialed."""

    attempt_id: str
    leg_id: str


@dataclass(frozen=True, slots=True)
class LegRefused:
    """Answer to OpenLeg: not to be dialed."""

    attempt_id: str
    leg_id: str
    reason: str
    rule: str = ""
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class TrunksLoaded:
    """All trunks of the site as they are in the database now."""

    trunks: tuple[Trunk, ...]


@dataclass(frozen=True, slots=True)
class AllStopped:
    """The emergency stop stands in the database; told again, it changes nothing."""

    reason: str


@dataclass(frozen=True, slots=True)
class AllResumed:
    """There is no emergency stop in the database."""


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
    recordings: int = 0  # parts begun
    is_recorded: bool = False  # the last of them was being written
    held_agent_id: int | None = None  # who was reserved for the client before he was dialed
    leg_id: str = ""  # the client's last one; empty: the first
    route: Route | None = None  # of that leg
    trunks_tried: tuple[int, ...] = ()  # by the legs before


@dataclass(frozen=True, slots=True)
class SessionFound:
    """At start: an agent whom an earlier run of this node left signed in."""

    agent: Agent
    session_id: str
    leg_id: str | None  # of a kept-up agent
    state: str  # AgentState by name
    reason: str


@dataclass(frozen=True, slots=True)
class CallerQueued:
    """A caller who has come into a queue, with what is known of him."""

    campaign_id: int  # of the queue
    caller: Caller


@dataclass(frozen=True, slots=True)
class CallerFound:
    """At start: a caller whom an earlier run of this node left in a queue, or in a talk."""

    campaign_id: int
    caller: Caller
    queued_at: float
    joined_at: float | None
    agent_id: int | None
    agent_leg_id: str | None
    recordings: int = 0  # parts begun
    is_recorded: bool = False
