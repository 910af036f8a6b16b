"""What storage is to write down or to hand out; carried out in order."""

from __future__ import annotations

from dataclasses import dataclass

from ccdialer.core.agent import AgentState
from ccdialer.core.disposition import Disposition
from ccdialer.core.pacing.policy import Memory
from ccdialer.core.result import Given
from ccdialer.core.stored import RecordingState
from ccdialer.core.task import Step, TaskMove
from ccdialer.core.trunk import NoRoute, Route


@dataclass(frozen=True, slots=True)
class ReserveTasks:
    """Claim up to `count` due tasks; answered by TasksReserved."""

    campaign_id: int
    count: int
    is_sticky: bool = False  # callbacks: none whose owner is signed in at another node


@dataclass(frozen=True, slots=True)
class ReleaseTasks:
    """Give reserved tasks back; they are due as before."""

    task_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReserveContact:
    """Claim one due contact of these campaigns, the first first, for an agent who asked for it;
    answered by ContactReserved."""

    agent_id: int
    campaign_ids: tuple[int, ...]
    at: float


@dataclass(frozen=True, slots=True)
class SkipContact:
    """Give a reserved contact back, behind all that are due."""

    task_id: int
    campaign_id: int
    agent_id: int
    at: float


@dataclass(frozen=True, slots=True)
class RecordResult:
    """What an agent says an attempt came to, while it lives or later; the last word counts. What it
    means for the task is done when the attempt has ended."""

    attempt_id: str
    task_id: int
    campaign_id: int
    agent_id: int
    at: float
    given: Given
    callback_places: int | None = None  # so far down the queue
    callback_at: float | None = None  # or due at that instant
    is_promised: bool = False  # the callback comes back to this agent


@dataclass(frozen=True, slots=True)
class SettleCampaigns:
    """Those of these assignments that have no open contact are done; answered by CampaignMoved."""

    campaign_ids: tuple[int, ...]


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
    route: Route | NoRoute | None = None  # NoRoute: the task is to wait, and why


@dataclass(frozen=True, slots=True)
class OpenLeg:
    """The trunk did not carry the attempt: commit its leg's end and the next trunk's leg; answered
    by LegOpened or LegRefused."""

    attempt_id: str
    task_id: int
    campaign_id: int
    number: str
    leg_id: str
    route: Route
    at: float
    failed_leg_id: str
    cause: int
    sip_code: int | None


@dataclass(frozen=True, slots=True)
class RecordJoin:
    """Client and agent are talking: kept so that a restart can adopt the call."""

    attempt_id: str
    agent_id: int
    agent_leg_id: str
    answered_at: float
    joined_at: float


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """A talk is to be recorded under that name: known before its file exists."""

    attempt_id: str
    name: str
    format: str
    at: float


@dataclass(frozen=True, slots=True)
class NoteRecording:
    """What has become of a recording; a `size` (bytes) or `seconds` of None is not known."""

    attempt_id: str
    name: str
    state: RecordingState
    at: float
    reason: str = ""  # why there is none
    seconds: float | None = None
    size: int | None = None


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
class RecordMiss:
    """A callback was waited for in vain: the journal's row and the step that follows; once."""

    task_id: int
    campaign_id: int
    agent_id: int | None  # its owner
    step: Step
    next_step: Step
    at: float
    reason: str


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
