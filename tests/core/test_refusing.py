"""An agent who does not take a caller loses him to the next, and may have him again later."""

from __future__ import annotations

from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.refusing import AGAIN_S, unconnect
from tests.core.world import World, dialing


def test_a_caller_keeps_his_place_when_his_agent_s_phone_fails() -> None:
    world = World()
    world.queue()
    first, second = world.waits(), world.waits()
    world.sign_in("anna", kept_up=False)
    world.silent.add("PJSIP/anna")
    assert first.state is CallState.TALKING
    world.hang_up(first.leg_id)
    assert second.agent_leg_id is not None
    third = world.waits()
    world.hang_up(second.agent_leg_id, 19)
    assert list(world.board.waiting) == [second]
    assert third.state is CallState.CONNECTING, "whom she has not refused she is offered at once"


def test_a_caller_has_no_deadline_of_abandonment() -> None:
    world = World()
    world.queue(more={"connect_within_s": 2.0})
    call = world.waits()
    world.wait(300.0)
    assert call.state is CallState.WAITING
    assert not call.run.history.day.abandoned


def test_who_misses_too_often_is_paused_and_his_caller_waits_on() -> None:
    world = World()
    world.queue()
    world.sign_in("anna", kept_up=False)
    world.broken.add("PJSIP/anna")
    call = world.waits()
    world.wait(world.board.rules.max_missed * AGAIN_S)
    assert world.state("anna") is AgentState.PAUSED
    assert call.state is CallState.WAITING


def test_nobody_is_taken_off_a_call_that_is_being_dialed() -> None:
    world, call = dialing()
    assert unconnect(world.board, call) is None
