"""Rows and commands that the tests of this room begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from ccdialer import storage
from ccdialer.core.attempt import client_leg
from ccdialer.core.campaign import Campaign
from ccdialer.core.commands import CloseAttempt, OpenAttempt, StorageCommand
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import Event
from ccdialer.core.task import Task, TaskMove, next_number
from ccdialer.storage import Database, TaskRow

NOW = 1_800_000_000_000  # epoch ms
NODE = "one"


def to_wall(seconds: float) -> int:
    return round(seconds * 1000)


def at(after_s: float = 0.0) -> float:
    """A core instant."""
    return NOW / 1000 + after_s


def number(index: int) -> str:
    return f"+7495{index:07}"


def row(index: int, **changes: Any) -> TaskRow:
    return TaskRow(numbers=[(number(index), f"8495{index:07}")], due_at=NOW)._replace(**changes)


def insert(db: Database, campaign: Campaign, rows: Sequence[TaskRow]) -> None:
    assert storage.insert_tasks(db, campaign.id, rows, NOW) == [None] * len(rows)


def claim(db: Database, campaign: Campaign, count: int = 100, node: str = NODE) -> list[Task]:
    return list(storage.claim_tasks(db, campaign.id, count, NOW, node))


def carry(db: Database, *commands: StorageCommand, node: str = NODE) -> list[Event]:
    return storage.carry_out(db, commands, node, to_wall, NOW)


def opening(task: Task, **changes: Any) -> OpenAttempt:
    attempt_id = uuid4().hex
    command = OpenAttempt(
        attempt_id, task.id, task.campaign_id, next_number(task), client_leg(attempt_id), at()
    )
    return replace(command, **changes)


def closing(opened: OpenAttempt, **changes: Any) -> CloseAttempt:
    command = CloseAttempt(
        attempt_id=opened.attempt_id,
        task_id=opened.task_id,
        disposition=Disposition.BUSY,
        task_move=TaskMove.RETRY,
        retry_after_s=600.0,
        counts=True,
        bad_number=False,
        cause=17,
        sip_code=486,
        ended_at=at(10),
        dialed_at=at(0.1),
    )
    return replace(command, **changes)


def state_of(db: Database, task_id: int) -> str:
    return str(storage.show_task(db, task_id)["state"])
