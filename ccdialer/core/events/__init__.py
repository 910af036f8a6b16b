"""Facts reported to the core, past tense. `At` which instant is the driver's second argument."""

from __future__ import annotations

from ccdialer.core.events.from_people import (
    AgentChanged,
    CallAsked,
    CallbacksChanged,
    ContactAsked,
    DrainAsked,
    HangUpAsked,
    PauseAsked,
    ReadyAsked,
    ResultGiven,
    SignInAsked,
    SignOutAsked,
    SkipAsked,
)
from ccdialer.core.events.from_storage import (
    AttemptOpened,
    AttemptRefused,
    CampaignLoaded,
    CampaignMoved,
    ContactReserved,
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
    | ContactReserved
    | CampaignMoved
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
    | ContactAsked
    | CallAsked
    | SkipAsked
    | ResultGiven
    | AgentChanged
    | CallbacksChanged
    | DrainAsked
)

__all__ = [
    "AgentChanged",
    "AttemptOpened",
    "AttemptRefused",
    "CallAsked",
    "CallbacksChanged",
    "CampaignLoaded",
    "CampaignMoved",
    "CommandFailed",
    "ContactAsked",
    "ContactReserved",
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
    "ResultGiven",
    "SeenLeg",
    "SessionFound",
    "SignInAsked",
    "SignOutAsked",
    "SkipAsked",
    "SwitchFound",
    "SwitchLost",
    "TasksReserved",
]
