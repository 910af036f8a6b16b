"""Store: tasks are claimed once, come back when they are due, and the list ends."""

from dataclasses import replace

from ccdialer.core import commands as c
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import AttemptOpened, AttemptRefused, Event, LegOpened, TasksReserved
from ccdialer.core.task import Step, Task, TaskMove
from ccdialer.core.trunk import NoRoute, Route
from ccdialer.sim.agenda import Agenda
from ccdialer.sim.store import Called, Store


class Told:
    """A store with one campaign of three people, and what it answers."""

    def __init__(self) -> None:
        self.said: list[Event] = []
        self.agenda = Agenda(0.0)
        self.store = Store(self.agenda, self.said.append, 0.005)
        self.store.add(1, 3)

    def ask(self, command: c.Command) -> list[Event]:
        self.said.clear()
        self.store.deeds[type(command)](command)
        while self.agenda.next_at() <= self.agenda.now + 1.0:
            self.agenda.step()
        return self.said

    def reserve(self, count: int) -> list[int]:
        (answer,) = self.ask(c.ReserveTasks(1, count))
        assert isinstance(answer, TasksReserved)
        return [self.store.lead_of(task.id) for task in answer.tasks]


def closing(task_id: int, move: TaskMove, at: float) -> c.CloseAttempt:
    return c.CloseAttempt("a", task_id, Disposition.BUSY, move, 600.0, True, False, 17, None, at)


def test_a_list_is_handed_out_once() -> None:
    told = Told()
    assert told.reserve(2) == [0, 1]
    assert told.reserve(2) == [2]
    assert told.reserve(2) == []


def test_released_tasks_come_first_again() -> None:
    told = Told()
    told.reserve(2)
    told.ask(c.ReleaseTasks((1 * Store.SPAN + 1,)))
    assert told.reserve(2) == [1, 2]


def test_a_task_is_tried_again_when_its_pause_is_over() -> None:
    told = Told()
    told.reserve(3)
    task_id = 1 * Store.SPAN
    (answer,) = told.ask(c.OpenAttempt("a", task_id, 1, "+7", "ccd-a-c1", 0.0))
    assert answer == AttemptOpened("a")
    told.ask(closing(task_id, TaskMove.RETRY, at=100.0))
    told.agenda.now = 699.0
    assert told.reserve(1) == []
    told.agenda.now = 700.0
    assert told.reserve(1) == [0]


def test_who_was_reached_is_not_called_again() -> None:
    told = Told()
    told.reserve(3)
    task_id = 1 * Store.SPAN
    told.ask(c.OpenAttempt("a", task_id, 1, "+7", "ccd-a-c1", 0.0))
    told.ask(closing(task_id, TaskMove.FINISH, at=100.0))
    told.agenda.now = 1e6
    assert told.reserve(1) == []


def test_the_list_goes_on_tomorrow() -> None:
    told = Told()
    first, second, _ = [task.id for task in _tasks(told, 3)]
    told.ask(c.OpenAttempt("a", first, 1, "+7", "leg", 0.0))
    told.ask(closing(first, TaskMove.FINISH, 10.0))
    tomorrow = Told()
    tomorrow.agenda.now = 86400.0
    tomorrow.store.follow(told.store)
    assert tomorrow.store.list_of(1).left == 2
    assert tomorrow.store.list_of(1).settled_at == [10.0]
    assert tomorrow.reserve(5) == [told.store.lead_of(second), 2]  # they were about to be dialed


def test_people_who_were_called_before_come_with_their_attempts() -> None:
    told = Told()
    told.store.begin_with(1, [Called(people=2, attempts=1, numbers=2, due_at=600.0)])
    assert told.reserve(5) == [2]  # the third has never been called
    told.agenda.now = 700.0
    tasks = _tasks(told, 5)
    assert [(told.store.lead_of(t.id), t.attempts, len(t.numbers)) for t in tasks] == [
        (0, 1, 2),
        (1, 1, 2),
    ]


def test_a_number_that_does_not_exist_is_not_dialed_again() -> None:
    told = Told()
    told.store.begin_with(1, [Called(1, 0, 2, 0.0)])
    task = _tasks(told, 1)[0]
    told.ask(c.OpenAttempt("a", task.id, 1, task.numbers[0], "leg", 0.0))
    told.ask(replace(closing(task.id, TaskMove.RETRY, 10.0), bad_number=True))
    told.agenda.now = 1000.0
    assert _tasks(told, 1)[0].numbers == task.numbers[1:]


def _tasks(told: Told, count: int) -> tuple[Task, ...]:
    (answer,) = told.ask(c.ReserveTasks(1, count))
    assert isinstance(answer, TasksReserved)
    return answer.tasks


def test_a_number_that_no_trunk_calls_waits() -> None:
    told = Told()
    told.reserve(3)
    task_id = 1 * Store.SPAN
    way = NoRoute("no price", 900.0)
    (answer,) = told.ask(c.OpenAttempt("a", task_id, 1, "+7", "ccd-a-c1", 0.0, route=way))
    assert answer == AttemptRefused("a", "no price")
    told.agenda.now = 899.0
    assert told.reserve(1) == []
    told.agenda.now = 901.0
    assert told.reserve(1) == [0]


def test_a_further_leg_is_committed() -> None:
    told = Told()
    way = Route(1, "spare", "PJSIP/7@spare", "")
    leg = c.OpenLeg("a", 1, 1, "+7", "ccd-a-c2", way, 0.0, "ccd-a-c1", 34, 503)
    assert told.ask(leg) == [LegOpened("a", "ccd-a-c2")]


def test_a_callback_is_due_at_its_instant_and_keeps_its_owner() -> None:
    told = Told()
    told.store.add(2, 2)
    told.store.call_back(2, [50.0, 90.0], [7, 0])
    reserve = c.ReserveTasks(2, 10, is_sticky=True)
    assert told.ask(reserve) == [TasksReserved(2, (), 10, 50.0)]
    told.agenda.now = 60.0
    (answer,) = told.ask(reserve)
    assert isinstance(answer, TasksReserved)
    (task,) = answer.tasks
    assert (task.owner_id, task.due_at, answer.next_due_at) == (7, 50.0, 90.0)
    told.ask(c.RecordMiss(task.id, 2, 7, Step.OWNER, Step.ANYONE, 80.0, ""))
    told.ask(c.OpenAttempt("a", task.id, 2, "+7", "ccd-a-c1", 80.0))
    told.ask(closing(task.id, TaskMove.RETRY, at=100.0))
    told.agenda.now = 701.0
    (answer,) = told.ask(reserve)
    assert isinstance(answer, TasksReserved)
    later = [(t.owner_id, t.due_at, t.step_at) for t in answer.tasks]
    assert later == [(None, 90.0, None), (7, 700.0, None)]
