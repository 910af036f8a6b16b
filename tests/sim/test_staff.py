"""Staff: agents come, take breaks that last as planned, write as long as their clients ask, go."""

from dataclasses import replace

import pytest

from ccdialer.core import commands as c
from ccdialer.core.agent import AgentState
from ccdialer.core.events import Event, PauseAsked, ReadyAsked, SignInAsked, SignOutAsked
from ccdialer.sim.agenda import Agenda
from ccdialer.sim.people import Worker
from ccdialer.sim.staff import Staff

ANNA = Worker(1, "anna", ("one",), 1.5, 10.0, 500.0, ((100.0, 60.0),))


class Told:
    """Anna, and what she asks with its instant."""

    def __init__(self, ends: float = 1000.0, worker: Worker = ANNA) -> None:
        self.agenda = Agenda(0.0)
        self.said: list[tuple[float, Event]] = []
        self.staff = Staff(self.agenda, self.hear, ends)
        self.staff.come(worker, frozenset({1}), 0.0)

    def hear(self, event: Event) -> None:
        self.said.append((self.agenda.now, event))

    def until(self, instant: float) -> list[tuple[float, Event]]:
        while self.agenda.next_at() <= instant:
            self.agenda.step()
        self.agenda.now = instant
        said, self.said = self.said, []
        return said

    def is_now(self, state: AgentState) -> None:
        self.staff.recorded(c.RecordAgentState(1, state, "", self.agenda.now, "s", None))


def test_the_day_of_an_agent() -> None:
    told = Told()
    ((at, came),) = told.until(50.0)
    assert (at, type(came)) == (10.0, SignInAsked)
    assert told.until(120.0) == [(100.0, PauseAsked(1, "break"))]
    told.is_now(AgentState.PAUSED)  # the core lets her go only now
    assert told.until(200.0) == [(180.0, ReadyAsked(1))]
    assert told.until(600.0) == [(500.0, SignOutAsked(1))]


def test_wrap_up_lasts_as_long_as_she_needs() -> None:
    told = Told()
    assert told.staff.talks(1, 100.0, 20.0) == 150.0
    told.until(50.0)
    told.is_now(AgentState.WRAP_UP)
    assert told.until(90.0) == [(80.0, ReadyAsked(1))]


def test_a_wrap_up_that_was_ended_for_her_is_not_ended_again() -> None:
    told = Told()
    told.staff.talks(1, 100.0, 20.0)
    told.until(50.0)
    told.is_now(AgentState.WRAP_UP)
    told.until(60.0)
    told.is_now(AgentState.AVAILABLE)
    told.until(70.0)
    told.is_now(AgentState.WRAP_UP)  # of the next client
    assert told.until(90.0) == []
    assert told.until(99.5) == []
    assert told.until(110.0)[0] == (100.0, ReadyAsked(1)) or told.said == []


def test_who_wants_a_break_does_not_say_ready_after_wrap_up() -> None:
    told = Told()
    told.staff.talks(1, 100.0, 20.0)
    told.until(50.0)
    told.is_now(AgentState.TALKING)
    assert told.until(120.0) == [(100.0, PauseAsked(1, "break"))]
    told.is_now(AgentState.WRAP_UP)
    assert told.until(160.0) == [(150.0, PauseAsked(1, "break"))]
    told.is_now(AgentState.PAUSED)
    assert told.until(230.0) == [(220.0, ReadyAsked(1))]


def test_who_is_on_a_break_stays_when_all_others_leave() -> None:
    told = Told(worker=replace(ANNA, breaks=((100.0, 60.0), (140.0, 90.0))))
    told.until(120.0)
    told.is_now(AgentState.PAUSED)
    assert told.until(300.0) == [(230.0, ReadyAsked(1))]


def test_time_is_counted_by_state_and_not_beyond_the_end() -> None:
    told = Told(ends=400.0)
    for at, state in (
        (10.0, AgentState.AVAILABLE),
        (110.0, AgentState.TALKING),
        (310.0, AgentState.WRAP_UP),
        (330.0, AgentState.PAUSED),
        (340.0, AgentState.TALKING),
        (900.0, AgentState.WRAP_UP),
    ):
        told.agenda.now = at
        told.is_now(state)
    (day,) = told.staff.days()
    assert day.time.signed_in_s == pytest.approx(390.0)
    assert (day.time.talk_s, day.time.wrap_up_s, day.time.paused_s) == (260.0, 20.0, 10.0)
