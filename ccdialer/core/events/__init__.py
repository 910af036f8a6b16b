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
    AllResumed,
    AllStopped,
    AttemptOpened,
    AttemptRefused,
    CallerFound,
    CallerQueued,
    CampaignLoaded,
    CampaignMoved,
    ContactReserved,
    HoursLearned,
    LegOpened,
    LegRefused,
    OpenAttemptFound,
    ProjectLoaded,
    SessionFound,
    TasksReserved,
    TrunksLoaded,
    WorkCounted,
)
from ccdialer.core.events.from_switch import (
    CallerArrived,
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
    RecordingEnded,
    RecordingFailed,
    RecordingStarted,
    SeenLeg,
    SendBackFailed,
    SwitchFound,
    SwitchLost,
    TrunkStateChanged,
)

Event = (
    CampaignLoaded
    | ProjectLoaded
    | WorkCounted
    | HoursLearned
    | TasksReserved
    | ContactReserved
    | CampaignMoved
    | AttemptOpened
    | AttemptRefused
    | LegOpened
    | LegRefused
    | TrunksLoaded
    | AllStopped
    | AllResumed
    | OpenAttemptFound
    | SessionFound
    | CallerQueued
    | CallerFound
    | LegRinging
    | LegAnswered
    | LegEnded
    | LegJoined
    | OriginateFailed
    | CommandFailed
    | SendBackFailed
    | MachineJudged
    | PlaybackEnded
    | RecordingStarted
    | RecordingFailed
    | RecordingEnded
    | DigitPressed
    | PhoneCalled
    | CallerArrived
    | TrunkStateChanged
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
    "AllResumed",
    "AllStopped",
    "AttemptOpened",
    "AttemptRefused",
    "CallAsked",
    "CallbacksChanged",
    "CallerArrived",
    "CallerFound",
    "CallerQueued",
    "CampaignLoaded",
    "CampaignMoved",
    "CommandFailed",
    "ContactAsked",
    "ContactReserved",
    "DigitPressed",
    "DrainAsked",
    "Event",
    "HangUpAsked",
    "HoursLearned",
    "LegAnswered",
    "LegEnded",
    "LegJoined",
    "LegOpened",
    "LegRefused",
    "LegRinging",
    "MachineJudged",
    "OpenAttemptFound",
    "OriginateFailed",
    "PauseAsked",
    "PhoneCalled",
    "PlaybackEnded",
    "ProjectLoaded",
    "ReadyAsked",
    "RecordingEnded",
    "RecordingFailed",
    "RecordingStarted",
    "ResultGiven",
    "SeenLeg",
    "SendBackFailed",
    "SessionFound",
    "SignInAsked",
    "SignOutAsked",
    "SkipAsked",
    "SwitchFound",
    "SwitchLost",
    "TasksReserved",
    "TrunkStateChanged",
    "TrunksLoaded",
    "WorkCounted",
]
