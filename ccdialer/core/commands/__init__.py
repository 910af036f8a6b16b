"""Deeds asked of the world, imperative. The first kind goes to storage, the second to Asterisk."""

from __future__ import annotations

from ccdialer.core.commands.to_storage import (
    CloseAttempt,
    NoteRecording,
    OpenAttempt,
    OpenLeg,
    OpenRecording,
    PrunePaces,
    RecordAgentState,
    RecordJoin,
    RecordLearned,
    RecordMiss,
    RecordPace,
    ReleaseTasks,
    ReserveTasks,
)
from ccdialer.core.commands.to_switch import (
    CloseBridge,
    DetectMachine,
    HangUp,
    Join,
    OpenBridge,
    Originate,
    Play,
    StartRecording,
    StopRecording,
)

StorageCommand = (
    ReserveTasks
    | ReleaseTasks
    | OpenAttempt
    | OpenLeg
    | RecordJoin
    | OpenRecording
    | NoteRecording
    | CloseAttempt
    | RecordAgentState
    | RecordMiss
    | RecordLearned
    | RecordPace
    | PrunePaces
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
)
Command = StorageCommand | SwitchCommand

__all__ = [
    "CloseAttempt",
    "CloseBridge",
    "Command",
    "DetectMachine",
    "HangUp",
    "Join",
    "NoteRecording",
    "OpenAttempt",
    "OpenBridge",
    "OpenLeg",
    "OpenRecording",
    "Originate",
    "Play",
    "PrunePaces",
    "RecordAgentState",
    "RecordJoin",
    "RecordLearned",
    "RecordMiss",
    "RecordPace",
    "ReleaseTasks",
    "ReserveTasks",
    "StartRecording",
    "StopRecording",
    "StorageCommand",
    "SwitchCommand",
]
