"""Deeds asked of the world, imperative. The first kind goes to storage, the second to Asterisk."""

from __future__ import annotations

from ccdialer.core.commands.to_storage import (
    CloseAttempt,
    OpenAttempt,
    PrunePaces,
    RecordAbandoned,
    RecordAgentState,
    RecordJoin,
    RecordLearned,
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
)

StorageCommand = (
    ReserveTasks
    | ReleaseTasks
    | OpenAttempt
    | RecordJoin
    | RecordAbandoned
    | CloseAttempt
    | RecordAgentState
    | RecordLearned
    | RecordPace
    | PrunePaces
)
SwitchCommand = Originate | OpenBridge | Join | CloseBridge | Play | DetectMachine | HangUp
Command = StorageCommand | SwitchCommand

__all__ = [
    "CloseAttempt",
    "CloseBridge",
    "Command",
    "DetectMachine",
    "HangUp",
    "Join",
    "OpenAttempt",
    "OpenBridge",
    "Originate",
    "Play",
    "PrunePaces",
    "RecordAbandoned",
    "RecordAgentState",
    "RecordJoin",
    "RecordLearned",
    "RecordPace",
    "ReleaseTasks",
    "ReserveTasks",
    "StorageCommand",
    "SwitchCommand",
]
