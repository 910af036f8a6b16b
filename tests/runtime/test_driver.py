"""The real core in a real loop: timers ring, faults are survived, deeds go where they belong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.board import FloorRules
from ccdialer.core.commands import Command, HangUp, Originate, RecordAgentState, StorageCommand
from ccdialer.core.dialer import Dialer
from ccdialer.core.events import (
    Event,
    LegAnswered,
    SeenLeg,
    SignInAsked,
    SignOutAsked,
    SwitchFound,
)
from ccdialer.runtime.clock import Clock, new_id
from ccdialer.runtime.driver import Driver
from tests.runtime.floor import until

KATE = Agent(1, "kate", "Kate", "PJSIP/kate", True, frozenset({1}))
ANNA = Agent(2, "anna", "Anna", "PJSIP/anna", False, frozenset({1}))
STRAY = "ccd-" + "0" * 32 + "-c1"


class Bench:
    """A driver, and what went where."""

    def __init__(self, **rules: float) -> None:
        rules = {"agent_ring_s": 0.03, "hang_up_grace_s": 0.03, **rules}
        self.driver = Driver(Dialer(new_id, FloorRules(**rules)), Clock())  # type: ignore[arg-type]
        self.stored: list[StorageCommand] = []
        self.done: list[Any] = []
        self.driver.to_storage = self.stored.append
        self.driver.to_switch = self.done.append

    def states(self) -> list[AgentState]:
        return [deed.state for deed in self.stored if isinstance(deed, RecordAgentState)]


@pytest.fixture
async def bench() -> Any:
    made = Bench()
    yield made
    made.driver.stop()


async def test_deeds_go_where_they_belong(bench: Bench) -> None:
    bench.driver.tell_all([SignInAsked(KATE, new_id()), SignInAsked(ANNA, new_id())])
    assert [type(deed) for deed in bench.done] == [Originate]
    assert bench.states() == [AgentState.SIGNING_IN, AgentState.AVAILABLE]


async def test_before_it_is_wired_deeds_go_nowhere() -> None:
    driver = Driver(Dialer(new_id), Clock())
    driver.tell(SignInAsked(KATE, new_id()))
    driver.stop()


async def test_a_timer_rings_by_itself(bench: Bench) -> None:
    bench.driver.tell(SignInAsked(KATE, new_id()))
    await until(lambda: AgentState.OFFLINE in bench.states(), "the silent phone is given up")
    assert bench.stored[-1].reason == "phone did not answer"  # type: ignore[union-attr]


async def test_an_earlier_timer_overtakes_a_later_one(bench: Bench) -> None:
    bench.driver.dialer.board.rules = FloorRules(agent_ring_s=600)
    bench.driver.tell(SignInAsked(KATE, new_id()))
    bench.driver.dialer.board.rules = FloorRules(agent_ring_s=0.01, hang_up_grace_s=0.01)
    patient = Agent(3, "olga", "Olga", "PJSIP/olga", True, frozenset())
    bench.driver.tell(SignInAsked(patient, new_id()))
    await until(lambda: AgentState.OFFLINE in bench.states())
    assert list(bench.driver.dialer.board.seats) == [KATE.id]


async def test_a_fact_that_the_core_cannot_take_in_is_logged_and_the_next_is_taken(
    bench: Bench,
) -> None:
    with capture_logs() as logs:
        bench.driver.tell("rubbish")  # type: ignore[arg-type]
        bench.driver.tell(SignInAsked(ANNA, new_id()))
    assert (logs[0]["event"], logs[0]["fact"]) == ("the core could not take this in", "'rubbish'")
    assert logs[0]["exc_info"]
    assert bench.states() == [AgentState.AVAILABLE]


async def test_a_fault_that_comes_at_every_step_does_not_hold_back_deeds(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def settle(now: float, is_pace_moved: bool) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(bench.driver.dialer, "_settle", settle)
    with capture_logs() as logs:
        bench.driver.tell(SwitchFound((SeenLeg(STRAY, True, None),)))
        bench.driver.tell(LegAnswered(STRAY))
    assert [line["event"] for line in logs] == ["the core could not take this in"] * 2
    assert bench.done == [HangUp(STRAY), HangUp(STRAY)]


async def test_a_deed_that_cannot_be_passed_on_does_not_take_the_others(bench: Bench) -> None:
    def refuse(deed: object) -> None:
        raise RuntimeError("no socket")

    bench.driver.to_switch = refuse
    with capture_logs() as logs:
        bench.driver.tell(SignInAsked(KATE, new_id()))
    assert logs[0]["event"] == "a deed could not be passed on"
    assert bench.states() == [AgentState.SIGNING_IN]


async def test_watchers_see_facts_timers_and_deeds_while_they_are_inside(bench: Bench) -> None:
    seen: list[tuple[Event | None, list[Command]]] = []
    asked = SignInAsked(KATE, new_id())
    with bench.driver.watched(lambda fact, deeds: seen.append((fact, deeds))):
        bench.driver.tell(asked)
        await until(lambda: bench.states()[-1] is AgentState.OFFLINE)
    bench.driver.tell(SignInAsked(ANNA, new_id()))
    assert seen[0][0] is asked
    assert [type(deed) for deed in seen[0][1]] == [Originate, RecordAgentState]
    assert [fact for fact, _ in seen[1:]] == [None] * (len(seen) - 1)
    assert AgentState.OFFLINE in [getattr(deed, "state", "") for deed in seen[-1][1]]


async def test_a_watcher_that_fails_disturbs_nobody(bench: Bench) -> None:
    def fail(fact: Event | None, deeds: list[Command]) -> None:
        raise ValueError

    seen: list[Event | None] = []
    watched: Callable[..., Any] = bench.driver.watched
    with capture_logs() as logs, watched(fail), watched(lambda fact, deeds: seen.append(fact)):
        bench.driver.tell(SignInAsked(ANNA, new_id()))
    assert logs[0]["event"] == "a watcher failed"
    assert len(seen) == 1
    assert bench.states() == [AgentState.AVAILABLE]


async def test_a_watcher_may_leave_while_it_is_told(bench: Bench) -> None:
    seen: list[str] = []

    def look_once(fact: Event | None, deeds: list[Command]) -> None:
        seen.append("first")
        first.__exit__(None, None, None)

    first = bench.driver.watched(look_once)
    first.__enter__()
    with bench.driver.watched(lambda fact, deeds: seen.append("second")):
        bench.driver.tell(SignInAsked(ANNA, new_id()))
        bench.driver.tell(SignOutAsked(ANNA.id))
    assert seen == ["first", "second", "second"]


async def test_after_the_end_no_timer_is_set(bench: Bench) -> None:
    bench.driver.tell(SignInAsked(KATE, new_id()))
    bench.driver.stop()
    bench.driver.tell(SignInAsked(ANNA, new_id()))
    assert bench.driver.dialer.next_timer() is not None
    assert bench.driver._alarm is not None
    assert bench.driver._alarm.cancelled()
