"""The emergency stop: nothing is dialed any more, and live talks go on."""

from __future__ import annotations

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.attempt import CallState
from ccdialer.core.campaign import Mode
from ccdialer.core.disposition import Disposition
from tests.core.world import World, talking


def many() -> World:
    world = World()
    world.campaign(20, mode=Mode.POWER, lines_per_agent=3.0)
    world.sign_in("anna", kept_up=True)
    assert len(world.calls) == 3
    return world


def test_a_talk_goes_on() -> None:
    world, call = talking()
    world.tell(e.AllStopped("wrong list"))
    world.wait(60.0)
    assert call.state is CallState.TALKING
    world.hang_up(call.leg_id)
    assert world.outcomes == [Disposition.TALKED]


def test_what_is_not_answered_is_let_go_and_the_hopper_given_back() -> None:
    world = many()
    rung, *others = world.calls
    world.ring(rung)
    world.tell(e.AllStopped("wrong list"))
    assert not world.board.runs[1].hopper
    assert sorted(world.outcomes) == ["cancelled", "cancelled", "no_answer"]
    assert {call.leg_id for call in (rung, *others)} == {h.leg_id for h in world.every(c.HangUp)}
    world.add_tasks(10)
    world.wait(600.0)
    assert len(world.dialed) == 3


def test_an_attempt_that_is_being_committed_is_not_dialed() -> None:
    world = World(prompt=False)
    world.campaign(1)
    world.sign_in("anna")
    world.tell(world.news.popleft())
    world.tell(e.AllStopped("wrong list"))
    world.catch_up()
    assert world.dialed == []
    assert world.outcomes == [Disposition.CANCELLED]


def test_after_a_restart_nobody_is_rung_on_and_who_has_answered_is_served() -> None:
    world = many()
    answered, *others = world.calls
    world.legs[answered.leg_id] = True
    world.restart()
    world.board.stopped = "wrong list"  # the daemon tells it before it tells of attempts
    world.find_switch()
    assert [call.state for call in world.calls] == [CallState.TALKING]
    assert {h.leg_id for h in world.every(c.HangUp)} == {call.leg_id for call in others}
    assert world.outcomes == [Disposition.LOST] * 2


def test_no_trunk_is_tried_after_it() -> None:
    world = World()
    world.trunk("cheap", 1)
    world.trunk("dear", 2)
    world.campaign(1, dial="")
    world.sign_in("anna")
    world.obeys = False
    call = world.call
    world.tell(e.AllStopped("wrong list"))
    world.fail_route(call)
    assert world.every(c.OpenLeg) == []


def test_dialing_goes_on_when_it_is_taken_back() -> None:
    world = many()
    world.tell(e.AllStopped("wrong list"))
    world.tell(e.AllStopped("wrong list"))
    world.tell(e.AllResumed())
    world.wait(3.0)
    assert len(world.dialed) == 6
