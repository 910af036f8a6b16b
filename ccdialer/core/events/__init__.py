"""Facts reported to the core, past tense. `At` which instant is the driver's second argument."""

from __future__ import annotations

from ccdialer.core.events.from_people import (
    AgentChanged,
    CallbacksChanged,
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
    OpenAttemptFound,
    SessionFound,
    TasksReserved,
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
    | CallbacksChanged
    | DrainAsked
)

__all__ = [
    "AgentChanged",
    "AttemptOpened",
    "AttemptRefused",
    "CallbacksChanged",
    "CampaignLoaded",
    "CommandFailed",
    "DigitPressed",
    "DrainAsked",
    "Event",
    "HangUpAsked",
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
    "ReadyAsked",
    "SeenLeg",
    "SessionFound",
    "SignInAsked",
    "SignOutAsked",
    "SwitchFound",
    "SwitchLost",
    "TasksReserved",
]
