"""The pieces keep their own books."""

import pytest

from ccdialer.core.agent import AgentMove, AgentState
from ccdialer.core.attempt import CallMove
from tests.core.world import dialing, talking


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
