"""Task: one client to be reached, its states, and the table of allowed moves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ccdialer.core.disposition import Disposition


class TaskState(StrEnum):
    """Where a task stands; stored by name."""

    WAITING = "waiting"  # to be dialed at due_at or later
    RESERVED = "reserved"  # in a daemon's hopper
    ACTIVE = "active"  # an attempt is open
    DONE = "done"  # the client was reached
    FAILED = "failed"  # attempts used up, or no number left that can be dialed
    CANCELLED = "cancelled"  # withdrawn by a person or another system


class TaskMove(StrEnum):
    """What can happen to a task."""

    RESERVE = "reserve"
    RELEASE = "release"
    DIAL = "dial"
    RETRY = "retry"
    FINISH = "finish"
    GIVE_UP = "give_up"
    CANCEL = "cancel"


MOVES: dict[tuple[TaskState, TaskMove], TaskState] = {
    (TaskState.WAITING, TaskMove.RESERVE): TaskState.RESERVED,
    (TaskState.WAITING, TaskMove.CANCEL): TaskState.CANCELLED,
    (TaskState.RESERVED, TaskMove.RELEASE): TaskState.WAITING,
    (TaskState.RESERVED, TaskMove.DIAL): TaskState.ACTIVE,
    (TaskState.RESERVED, TaskMove.CANCEL): TaskState.CANCELLED,
    (TaskState.ACTIVE, TaskMove.RELEASE): TaskState.WAITING,
    (TaskState.ACTIVE, TaskMove.RETRY): TaskState.WAITING,
    (TaskState.ACTIVE, TaskMove.FINISH): TaskState.DONE,
    (TaskState.ACTIVE, TaskMove.GIVE_UP): TaskState.FAILED,
    (TaskState.ACTIVE, TaskMove.CANCEL): TaskState.CANCELLED,
}


class Step(StrEnum):
    """Who a callback is for at this moment; the ladder goes down this list."""

    OWNER = "owner"  # the agent it is pinned to
    GROUP = "group"  # whoever is in a group with him, or in the group it is pinned to
    ANYONE = "anyone"  # all who serve the campaign


OPEN_STATES = frozenset({TaskState.WAITING, TaskState.RESERVED, TaskState.ACTIVE})
PRIORITIES = range(10)  # 9 is dialed first; few, so that the claim is one index probe for each


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt of a task that is over."""

    disposition: Disposition
    counts: bool  # it used up one of the task's attempts


@dataclass(frozen=True, slots=True)
class Task:
    """A reserved task as the core sees it: what is needed to dial and to decide about the next
    attempt, nothing else."""

    id: int
    campaign_id: int
    numbers: tuple[str, ...]  # E.164, still worth dialing, in order of preference, never empty
    attempts: int = 0  # attempts that counted, so far
    past: tuple[Try, ...] = ()  # every attempt that was dialed, in order
    created_at: float | None = None  # epoch seconds
    zone: str = ""  # IANA zone of the client; empty: nobody knows
    prefers: str = ""  # the number that is to be dialed next; empty: in turn
    priority: int = 5
    due_at: float | None = None  # core time; of callbacks
    owner_id: int | None = None  # the agent whom it is pinned to
    groups: frozenset[str] = frozenset()  # the owner's, or the one it is pinned to
    owner_leave_until: float | None = None  # core time; he is on leave before it
    step: Step = Step.ANYONE
    step_at: float | None = None  # since when it is at this step


def next_number(task: Task) -> str:
    """The number for the next attempt: as the last one decided, else the numbers in turn."""
    if task.prefers in task.numbers:
        return task.prefers
    return task.numbers[task.attempts % len(task.numbers)]


def following(task: Task) -> str:
    """The number whose turn comes after that of the next attempt."""
    place = task.numbers.index(next_number(task))
    return task.numbers[(place + 1) % len(task.numbers)]
