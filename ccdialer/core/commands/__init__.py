"""Deeds asked of the world, imperative. The first kind goes to storage, the second to Asterisk."""

from __future__ import annotations

from ccdialer.core.commands.of_callers import (
    CloseForgotten,
    CloseInbound,
    JoinInbound,
    LoseCaller,
    OpenInbound,
    RecordRoute,
)
from ccdialer.core.commands.to_storage import (
    CloseAttempt,
    NoteRecording,
    OpenAttempt,
    OpenLeg,
    OpenRecording,
    PrunePaces,
    RecordAbandoned,
    RecordAgentState,
    RecordJoin,
    RecordLearned,
    RecordMiss,
    RecordPace,
    RecordResult,
    ReleaseTasks,
    ReserveContact,
    ReserveTasks,
    SettleCampaigns,
    SkipContact,
)
from ccdialer.core.commands.to_switch import (
    Bound,
    CloseBridge,
    DetectMachine,
    Entertain,
    HangUp,
    Hush,
    Join,
    OpenBridge,
    Originate,
    Play,
    SendBack,
    StartRecording,
    StopRecording,
)

StorageCommand = (
    ReserveTasks
    | ReleaseTasks
    | ReserveContact
    | SkipContact
    | RecordResult
    | SettleCampaigns
    | OpenAttempt
    | OpenLeg
    | RecordJoin
    | RecordAbandoned
    | OpenRecording
    | NoteRecording
    | CloseAttempt
    | RecordAgentState
    | RecordMiss
    | RecordLearned
    | RecordPace
    | PrunePaces
    | RecordRoute
    | OpenInbound
    | JoinInbound
    | CloseInbound
    | CloseForgotten
    | LoseCaller
)
SwitchCommand = (
    Originate
    | OpenBridge
    | Join
    | CloseBridge
    | Play
    | DetectMachine
    | StartRecording
    | StopRecording
    | HangUp
    | SendBack
    | Bound
    | Entertain
    | Hush
)
Command = StorageCommand | SwitchCommand

__all__ = [
    "Bound",
    "CloseAttempt",
    "CloseBridge",
    "CloseForgotten",
    "CloseInbound",
    "Command",
    "DetectMachine",
    "Entertain",
    "HangUp",
    "Hush",
    "Join",
    "JoinInbound",
    "LoseCaller",
    "NoteRecording",
    "OpenAttempt",
    "OpenBridge",
    "OpenInbound",
    "OpenLeg",
    "OpenRecording",
    "Originate",
    "Play",
    "PrunePaces",
    "RecordAbandoned",
    "RecordAgentState",
    "RecordJoin",
    "RecordLearned",
    "RecordMiss",
    "RecordPace",
    "RecordResult",
    "RecordRoute",
    "ReleaseTasks",
    "ReserveContact",
    "ReserveTasks",
    "SendBack",
    "SettleCampaigns",
    "SkipContact",
    "StartRecording",
    "StopRecording",
    "StorageCommand",
    "SwitchCommand",
]
