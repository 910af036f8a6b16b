"""Facts reported to the core, past tense. `At` which instant is the driver's second argument."""

from __future__ import annotations

from dataclasses import dataclass

from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, History
from ccdialer.core.pacing.policy import Memory
from ccdialer.core.task import Task

# --- from storage -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CampaignLoaded:
    """A campaign exists or has changed; its state says whether it may dial."""

    campaign: Campaign
    history: History
    closes_at: float | None = None  # when dialing usually ends for the day; None: nobody knows
    memory: Memory | None = None  # what pacing had learned, for a campaign that is new to the core


@dataclass(frozen=True, slots=True)
class TasksReserved:
    """Answer to ReserveTasks: due tasks, now ours. Fewer than `asked`: no more are due now."""

    campaign_id: int
    tasks: tuple[Task, ...]
    asked: int


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


@dataclass(frozen=True, slots=True)
class SessionFound:
    """At start: an agent whom an earlier run of this node left signed in."""

    agent: Agent
    session_id: str
    leg_id: str | None  # of a kept-up agent
    state: str  # AgentState by name
    reason: str


# --- from Asterisk ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LegRinging:
    leg_id: str


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """The leg is up and under our control (in Stasis)."""

    leg_id: str


@dataclass(frozen=True, slots=True)
class LegEnded:
    """The channel is gone. `cause` is Q.850, `sip_code` the SIP status where Asterisk knows it."""

    leg_id: str
    cause: int
    sip_code: int | None = None


@dataclass(frozen=True, slots=True)
class LegJoined:
    """The leg has entered the bridge."""

    bridge_id: str
    leg_id: str


@dataclass(frozen=True, slots=True)
class OriginateFailed:
    """Originate did not work. `certain`: nothing was dialed; otherwise nobody knows."""

    leg_id: str
    certain: bool
    reason: str


@dataclass(frozen=True, slots=True)
class CommandFailed:
    """A deed on a live leg (join, play, detect) was refused by Asterisk."""

    leg_id: str
    deed: str  # class name of the command
    reason: str


@dataclass(frozen=True, slots=True)
class MachineJudged:
    """The verdict of answering-machine detection."""

    leg_id: str
    machine: bool
    verdict: str  # AMDSTATUS/AMDCAUSE


@dataclass(frozen=True, slots=True)
class PlaybackEnded:
    """A sound has been played to its end, or could not be played."""

    playback_id: str


@dataclass(frozen=True, slots=True)
class DigitPressed:
    leg_id: str
    digit: str


@dataclass(frozen=True, slots=True)
class PhoneCalled:
    """An agent's phone called a feature code and its leg is in our hands."""

    leg_id: str
    phone: str  # dial string of the phone: PJSIP/anna
    feature: str  # login, logout, pause, ready
    argument: str  # pause reason digit, or empty


@dataclass(frozen=True, slots=True)
class SeenLeg:
    """A channel found in Asterisk."""

    leg_id: str
    up: bool
    bridge_id: str | None


@dataclass(frozen=True, slots=True)
class SwitchLost:
    """Asterisk does not answer any more; what happens there is unknown."""


@dataclass(frozen=True, slots=True)
class SwitchFound:
    """Asterisk answers (again); these are all channels and bridges of ours there, now."""

    legs: tuple[SeenLeg, ...]
    bridges: tuple[str, ...] = ()


# --- from people --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignInAsked:
    agent: Agent
    session_id: str
    leg_id: str | None = None  # his phone's leg, where he called us; None: ring him if kept up


@dataclass(frozen=True, slots=True)
class SignOutAsked:
    agent_id: int


@dataclass(frozen=True, slots=True)
class PauseAsked:
    agent_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReadyAsked:
    """End of pause or of wrap-up."""

    agent_id: int


@dataclass(frozen=True, slots=True)
class HangUpAsked:
    agent_id: int  # who is done with his client


@dataclass(frozen=True, slots=True)
class AgentChanged:
    agent: Agent  # as edited while he is signed in


@dataclass(frozen=True, slots=True)
class DrainAsked:
    """No new calls; hang up what still lives after `limit_s`."""

    limit_s: float


Event = (
    CampaignLoaded
    | TasksReserved
    | AttemptOpened
    | AttemptRefused
    | OpenAttemptFound
    | SessionFound
    | LegRinging
    | LegAnswered
    | LegEnded
    | LegJoined
    | OriginateFailed
    | CommandFailed
    | MachineJudged
    | PlaybackEnded
    | DigitPressed
    | PhoneCalled
    | SwitchLost
    | SwitchFound
    | SignInAsked
    | SignOutAsked
    | PauseAsked
    | ReadyAsked
    | HangUpAsked
    | AgentChanged
    | DrainAsked
)
