"""What is known at a moment."""

import pytest

from ccdialer.core.agent import AgentMove, AgentState
from ccdialer.core.attempt import CallMove
from tests.core.world import World, dialing, talking


def test_whose_leg_it_is() -> None:
    world, call = talking(kept_up=True)
    assert world.board.call_of_leg(call.leg_id) is call
    assert world.board.call_of_leg(str(call.agent_leg_id)) is None
    assert world.board.call_of_leg("unknown") is None


def test_who_is_at_a_phone() -> None:
    world = World()
    world.sign_in("anna", "bert")
    assert world.board.seat_of_phone("PJSIP/bert") is world.seat("bert")
    assert world.board.seat_of_phone("PJSIP/carl") is None


def test_a_kept_up_agent_without_his_leg_has_no_phone() -> None:
    world, call = talking(kept_up=True)
    assert world.board.has_phone(world.seat("anna"))
    world.obeys = False
    world.hang_up(str(call.agent_leg_id))
    assert not world.board.has_phone(world.seat("anna"))


def test_an_impossible_move_is_a_bug() -> None:
    world, call = dialing()
    with pytest.raises(KeyError):
        call.move(CallMove.JOIN)
    with pytest.raises(KeyError):
        world.seat("anna").move(AgentMove.JOIN, world.now)


def test_time_is_kept_by_state() -> None:
    world, call = talking()
    world.wait(10.0)
    world.hang_up(call.leg_id)
    world.wait(5.0)
    world.pause("anna")
    world.wait(7.0)
    world.ready("anna")
    seat = world.seat("anna")
    assert (seat.talk_s, seat.wrap_up_s, seat.paused_s) == (10.0, 5.0, 7.0)
    assert (seat.state, seat.idle_since) == (AgentState.AVAILABLE, world.now)
    assert world.board.available(world.board.seats.values()) == [seat]
