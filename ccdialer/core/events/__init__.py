"""Facts reported to the core, past tense. `At` which instant is the driver's second argument."""

from __future__ import annotations

from ccdialer.core.events.from_people import (
    AgentChanged,
    DrainAsked,
    HangUpAsked,
    PauseAsked,
    ReadyAsked,
    SignInAsked,
    SignOutAsked,
)
from ccdialer.core.events.from_storage import (
    AttemptOpened,
    AttemptRefused,
    CampaignLoaded,
    HoursLearned,
    OpenAttemptFound,
    ProjectLoaded,
    SessionFound,
    TasksReserved,
    WorkCounted,
)
from ccdialer.core.events.from_switch import (
    CommandFailed,
    DigitPressed,
    LegAnswered,
    LegEnded,
    LegJoined,
    LegRinging,
    MachineJudged,
    OriginateFailed,
    PhoneCalled,
    PlaybackEnded,
    SeenLeg,
    SwitchFound,
    SwitchLost,
)

Event = (
    CampaignLoaded
    | ProjectLoaded
    | WorkCounted
    | HoursLearned
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

__all__ = [
    "AgentChanged",
    "AttemptOpened",
    "AttemptRefused",
    "CampaignLoaded",
    "CommandFailed",
    "DigitPressed",
    "DrainAsked",
    "Event",
    "HangUpAsked",
    "HoursLearned",
    "LegAnswered",
    "LegEnded",
    "LegJoined",
    "LegRinging",
    "MachineJudged",
    "OpenAttemptFound",
    "OriginateFailed",
    "PauseAsked",
    "PhoneCalled",
    "PlaybackEnded",
    "ProjectLoaded",
    "ReadyAsked",
    "SeenLeg",
    "SessionFound",
    "SignInAsked",
    "SignOutAsked",
    "SwitchFound",
    "SwitchLost",
    "TasksReserved",
    "WorkCounted",
]
