"""What storage is to write down or to hand out; carried out in order."""

from __future__ import annotations

from dataclasses import dataclass

from ccdialer.core.agent import AgentState
from ccdialer.core.disposition import Disposition
from ccdialer.core.pacing.policy import Memory
from ccdialer.core.task import TaskMove


@dataclass(frozen=True, slots=True)
class ReserveTasks:
    """Claim up to `count` due tasks; answered by TasksReserved."""

    campaign_id: int
    count: int


@dataclass(frozen=True, slots=True)
class ReleaseTasks:
    """Give reserved tasks back; they are due as before."""

    task_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """Commit attempt and client's leg; answered by AttemptOpened or AttemptRefused."""

    attempt_id: str
    task_id: int
    campaign_id: int
    number: str
    leg_id: str
    at: float
    held_agent_id: int | None = None  # who was reserved for the client before he is dialed


@dataclass(frozen=True, slots=True)
class RecordJoin:
    """Client and agent are talking: kept so that a restart can adopt the call."""

    attempt_id: str
    agent_id: int
    agent_leg_id: str
    answered_at: float
    joined_at: float


@dataclass(frozen=True, slots=True)
class RecordAbandoned:
    """The client met no agent in time: kept at once, because the message that he hears takes as
    long as a daemon takes to die, and he is not to be dialed again soon."""

    attempt_id: str
    answered_at: float
    at: float


@dataclass(frozen=True, slots=True)
class CloseAttempt:
    """The outcome of an attempt, and what it means for its task; one transaction."""

    attempt_id: str
    task_id: int
    disposition: Disposition
    task_move: TaskMove
    retry_after_s: float  # from `ended_at`, for TaskMove.RETRY and RELEASE
    counts: bool  # whether it uses up one of the task's attempts
    bad_number: bool  # the number is never dialed again for this task
    cause: int
    sip_code: int | None
    ended_at: float
    dialed_at: float | None = None
    ringing_at: float | None = None
    answered_at: float | None = None
    joined_at: float | None = None
    agent_id: int | None = None
    note: str = ""
    next_number: str | None = None  # which number the next attempt dials; None: as before
    reason: str = ""  # why the task is dialed again then, where the result does not say it


@dataclass(frozen=True, slots=True)
class RecordAgentState:
    """An agent has changed state: his row and the journal."""

    agent_id: int
    state: AgentState
    reason: str
    at: float
    session_id: str | None
    leg_id: str | None
    campaign_id: int | None = None


@dataclass(frozen=True, slots=True)
class RecordLearned:
    """What a campaign's pacing has learned, for its next life."""

    campaign_id: int
    at: float
    memory: Memory


@dataclass(frozen=True, slots=True)
class RecordPace:
    """Why a campaign dialed as much as it did: `placed` in so many decisions, one of them told."""

    campaign_id: int
    at: float
    placed: int
    decisions: int
    idle: int
    waiting: int
    in_flight: int
    risk: float | None
    allowed: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class PrunePaces:
    """Forget how campaigns dialed before that instant."""

    before: float
