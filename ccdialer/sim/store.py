"""Store: the tasks of simulated campaigns, claimed, tried and tried again as storage would."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from ccdialer.core import commands as c
from ccdialer.core.events import AttemptOpened, Event, TasksReserved
from ccdialer.core.task import Task, TaskMove
from ccdialer.sim.agenda import Agenda

AGAIN = frozenset({TaskMove.RETRY, TaskMove.RELEASE})


@dataclass(slots=True)
class List:
    """One campaign's tasks: people not called yet are only counted, not kept."""

    tasks: int
    fresh: int = 0  # people who have been handed out for the first time
    later: list[tuple[float, int, Task]] = field(default_factory=list)  # heap: to be dialed again


class Store:
    """Answers the core's storage commands (`deeds`) after the time that a commit takes.

    Task ids are a campaign's id and the person's place in its list.
    """

    SPAN = 1 << 32  # people of one list, at most

    def __init__(self, agenda: Agenda, tell: Callable[[Event], None], commit_s: float) -> None:
        self._agenda, self._tell, self._commit_s = agenda, tell, commit_s
        self._lists: dict[int, List] = {}
        self._tried: dict[str, Task] = {}  # tasks of open attempts
        self._handed: dict[int, Task] = {}  # reserved tasks
        self._serial = 0
        self.deeds: dict[type, Callable[..., None]] = {
            c.ReserveTasks: self._reserve,
            c.ReleaseTasks: self._release,
            c.OpenAttempt: self._open,
            c.CloseAttempt: self._close,
        }

    def add(self, campaign_id: int, tasks: int) -> None:
        """A campaign with so many people on its list."""
        self._lists[campaign_id] = List(tasks)

    def lead_of(self, task_id: int) -> int:
        """A person's place in the list, from 0."""
        return task_id % self.SPAN

    def task_of(self, attempt_id: str) -> Task:
        """The task of an open attempt."""
        return self._tried[attempt_id]

    def _reserve(self, command: c.ReserveTasks) -> None:
        found = self._due(self._lists[command.campaign_id], command)
        for task in found:
            self._handed[task.id] = task
        answer = TasksReserved(command.campaign_id, tuple(found), command.count)
        self._agenda.after(self._commit_s, self._tell, answer)

    def _due(self, tasks: List, command: c.ReserveTasks) -> list[Task]:
        """Those to be tried again come first, as they have waited longest."""
        found: list[Task] = []
        while tasks.later and tasks.later[0][0] <= self._agenda.now and len(found) < command.count:
            found.append(heapq.heappop(tasks.later)[2])
        first = tasks.fresh
        tasks.fresh = min(tasks.tasks, first + command.count - len(found))
        base = command.campaign_id * self.SPAN
        fresh = islice(range(first, tasks.fresh), command.count)
        found += [Task(base + n, command.campaign_id, (f"+7{n:010d}",)) for n in fresh]
        return found

    def _release(self, command: c.ReleaseTasks) -> None:
        for task_id in command.task_ids:
            self._again(self._handed.pop(task_id), self._agenda.now)

    def _again(self, task: Task, at: float) -> None:
        self._serial += 1
        heapq.heappush(self._lists[task.campaign_id].later, (at, self._serial, task))

    def _open(self, command: c.OpenAttempt) -> None:
        self._tried[command.attempt_id] = self._handed.pop(command.task_id)
        self._agenda.after(self._commit_s, self._tell, AttemptOpened(command.attempt_id))

    def _close(self, command: c.CloseAttempt) -> None:
        task = self._tried.pop(command.attempt_id)
        if command.task_move in AGAIN:
            again = Task(task.id, task.campaign_id, task.numbers, task.attempts + command.counts)
            self._again(again, command.ended_at + command.retry_after_s)
