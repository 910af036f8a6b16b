"""Store: the tasks of simulated campaigns, claimed, tried and tried again as storage would."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import islice

from ccdialer.core import commands as c
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import AttemptOpened, AttemptRefused, Event, LegOpened, TasksReserved
from ccdialer.core.task import Step, Task, TaskMove, Try, next_number
from ccdialer.core.trunk import NoRoute
from ccdialer.sim.agenda import Agenda
from ccdialer.sim.permits import Permits

LOOKS = 10
"""A claim looks for people who may be called so many times; the next one goes on behind them."""

AGAIN = frozenset({TaskMove.RETRY, TaskMove.RELEASE})


@dataclass(slots=True)
class List:
    """One campaign's tasks: people not called yet are only counted, not kept."""

    tasks: int
    fresh: int = 0  # people who have been handed out for the first time
    later: list[tuple[float, int, Task]] = field(default_factory=list)  # heap: to be dialed again
    settled_at: list[float] = field(default_factory=list)  # when people were done with, in order

    @property
    def left(self) -> int:
        """People who are still to be called."""
        return self.tasks - len(self.settled_at)


@dataclass(frozen=True, slots=True)
class Called:
    """People of a list who are in it with a history: how many, their attempts so far, their usable
    numbers, and when they are due, an instant."""

    people: int
    attempts: int
    numbers: int
    due_at: float


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
        self.permits: Permits | None = None  # None: everybody may be called at any time
        self.deeds: dict[type, Callable[..., None]] = {
            c.ReserveTasks: self._reserve,
            c.ReleaseTasks: self._release,
            c.OpenAttempt: self._open,
            c.OpenLeg: self._open_leg,
            c.CloseAttempt: self._close,
            c.RecordMiss: self._miss,
        }

    def add(self, campaign_id: int, tasks: int) -> None:
        """A campaign with so many people on its list."""
        self._lists[campaign_id] = List(tasks)

    def begin_with(self, campaign_id: int, called: Iterable[Called]) -> None:
        """The first people of the list have been called before."""
        tasks = self._lists[campaign_id]
        for group in called:
            numbers = tuple(f"+7{n:010d}" for n in range(max(1, group.numbers)))
            for _ in range(group.people):
                task_id = campaign_id * self.SPAN + tasks.fresh
                tasks.fresh += 1
                self._again(Task(task_id, campaign_id, numbers, group.attempts), group.due_at)

    def call_back(self, campaign_id: int, dues: Iterable[float], owners: Iterable[int]) -> None:
        """The campaign's people are called back, each at his instant and by his agent; 0: by
        anyone."""
        tasks = self._lists[campaign_id]
        for due_at, owner_id in zip(dues, owners, strict=False):
            lead, tasks.fresh = tasks.fresh, tasks.fresh + 1
            task = Task(campaign_id * self.SPAN + lead, campaign_id, (f"+7{lead:010d}",))
            self._again(replace(task, owner_id=owner_id or None, due_at=due_at), due_at)

    def follow(self, yesterday: Store) -> None:
        """Go on with yesterday's lists; who was about to be dialed then is due at once."""
        self._lists, self._serial = yesterday._lists, yesterday._serial
        if self.permits is not None and yesterday.permits is not None:
            self.permits.memory = yesterday.permits.memory
        for task in (*yesterday._handed.values(), *yesterday._tried.values()):
            self._again(task, self._agenda.now)

    def list_of(self, campaign_id: int) -> List:
        """A campaign's tasks as they stand."""
        return self._lists[campaign_id]

    def lead_of(self, task_id: int) -> int:
        """A person's place in the list, from 0."""
        return task_id % self.SPAN

    def task_of(self, attempt_id: str) -> Task:
        """The task of an open attempt."""
        return self._tried[attempt_id]

    def _reserve(self, command: c.ReserveTasks) -> None:
        found = self._ready(self._lists[command.campaign_id], command)
        for task in found:
            self._handed[task.id] = task
        later = self._lists[command.campaign_id].later
        due_at = later[0][0] if command.is_sticky and later else None
        answer = TasksReserved(command.campaign_id, tuple(found), command.count, due_at)
        self._agenda.after(self._commit_s, self._tell, answer)

    def _ready(self, tasks: List, command: c.ReserveTasks) -> list[Task]:
        """Those who may be called; the others come back when they may. As in storage, only so many
        are looked at."""
        ready: list[Task] = []
        for _ in range(LOOKS):
            wanted = replace(command, count=command.count - len(ready))
            due = self._due(tasks, wanted)
            ready += [task for task in due if not self._is_held(task)]
            if len(ready) == command.count or len(due) < wanted.count:
                break
        return ready

    def _is_held(self, task: Task) -> bool:
        """Whether he may not be called now; then he waits until he may."""
        if self.permits is None:
            return False
        until = self.permits.held_until(task.campaign_id, task.id, self._agenda.now)
        if until is not None:
            self._again(task, until)
        return until is not None

    def _due(self, tasks: List, command: c.ReserveTasks) -> list[Task]:
        """Those to be tried again come first, as they have waited longest."""
        found: list[Task] = []
        while tasks.later and tasks.later[0][0] <= self._agenda.now and len(found) < command.count:
            found.append(heapq.heappop(tasks.later)[2])
        first = tasks.fresh
        tasks.fresh = min(tasks.tasks, first + command.count - len(found))
        base = command.campaign_id * self.SPAN
        fresh = islice(range(first, tasks.fresh), command.count)
        found += [
            Task(base + n, command.campaign_id, (f"+7{n:010d}",), created_at=0.0) for n in fresh
        ]
        return found

    def _release(self, command: c.ReleaseTasks) -> None:
        for task_id in command.task_ids:
            task = self._handed.pop(task_id)
            self._again(task, self._agenda.now if task.due_at is None else task.due_at)

    def _again(self, task: Task, at: float) -> None:
        self._serial += 1
        heapq.heappush(self._lists[task.campaign_id].later, (at, self._serial, task))

    def _open(self, command: c.OpenAttempt) -> None:
        task = self._handed.pop(command.task_id)
        if self._is_held(task):
            self._refuse(command.attempt_id, "he may not be called now")
            return
        if isinstance(command.route, NoRoute):
            self._again(task, self._agenda.now + command.route.wait_s)
            self._refuse(command.attempt_id, command.route.reason)
            return
        self._tried[command.attempt_id] = task
        if self.permits is not None:
            self.permits.dialed(task.id, self._agenda.now)
        self._agenda.after(self._commit_s, self._tell, AttemptOpened(command.attempt_id))

    def _refuse(self, attempt_id: str, reason: str) -> None:
        answer = AttemptRefused(attempt_id, reason)
        self._agenda.after(self._commit_s, self._tell, answer)

    def _open_leg(self, command: c.OpenLeg) -> None:
        answer = LegOpened(command.attempt_id, command.leg_id)
        self._agenda.after(self._commit_s, self._tell, answer)

    def _close(self, command: c.CloseAttempt) -> None:
        task = self._tried.pop(command.attempt_id)
        if self.permits is not None and command.disposition is Disposition.ABANDONED:
            self.permits.abandoned(task.id, command.ended_at)
        if command.task_move not in AGAIN:
            self._lists[task.campaign_id].settled_at.append(command.ended_at)
            return
        again = _after(task, command)
        due_at = command.ended_at + command.retry_after_s
        if task.due_at is not None and command.task_move is TaskMove.RETRY:  # a ladder of its own
            again = replace(again, due_at=due_at, step=Step.ANYONE, step_at=None)
        self._again(again, due_at)

    def _miss(self, command: c.RecordMiss) -> None:
        task = self._handed[command.task_id]
        self._handed[task.id] = replace(task, step=command.next_step, step_at=command.at)


def _after(task: Task, command: c.CloseAttempt) -> Task:
    """The task as storage hands it out the next time."""
    if command.dialed_at is None and not command.counts:
        return task
    numbers = task.numbers
    if command.bad_number:
        numbers = tuple(number for number in numbers if number != next_number(task))
    return replace(
        task,
        numbers=numbers,
        attempts=task.attempts + command.counts,
        past=(*task.past, Try(command.disposition, command.counts)),
        prefers=task.prefers if command.next_number is None else command.next_number,
    )
