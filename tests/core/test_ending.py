"""Calls that we end ourselves are closed with what was decided, whatever is heard of their legs."""

from ccdialer.core import events as e
from ccdialer.core.attempt import CallState
from ccdialer.core.campaign import ABANDONED
from ccdialer.core.disposition import Disposition
from tests.core.world import World, dialing, talking


def test_a_word_of_the_end_is_not_awaited_for_ever() -> None:
    world, call = talking()
    world.obeys = False
    world.tell(e.HangUpAsked(1))
    assert call.state is CallState.ENDING
    world.wait(9.9)
    assert world.outcomes == []
    world.wait(0.2)
    assert world.outcomes == [Disposition.TALKED]
    world.hang_up(call.leg_id)
    assert world.outcomes == [Disposition.TALKED]


def test_doubt_does_not_dial() -> None:
    world, call = dialing(ring_timeout_s=25.0)
    world.tell(e.OriginateFailed(call.leg_id, False, "no reply"))
    world.wait(34.0)
    assert world.call is call
    world.wait(1.0)
    assert world.outcomes == [Disposition.LOST]
    assert world.closed.retry_after_s == 3600.0


def test_who_picks_up_as_we_let_go_was_abandoned() -> None:
    world, call = dialing(min_ring_s=15.0)
    world.ring(call)
    world.pause("anna")
    world.obeys = False
    world.wait(15.0)
    world.answer(call)
    world.hang_up(call.leg_id)
    assert world.outcomes == [Disposition.ABANDONED]
    assert world.board.runs[1].history.day == ABANDONED


def test_the_end_of_the_day_ends_every_call() -> None:
    world, _ = talking()
    world.campaign(2, id=2, agent_first=True)
    world.agent("bert")
    world.silent.add("PJSIP/bert")
    world.sign_in("bert")
    assert CallState.SUMMONING in {call.state for call in world.calls}
    world.tell(e.DrainAsked(60.0))
    world.wait(60.0)
    assert sorted(world.outcomes) == [Disposition.CANCELLED, Disposition.TALKED]
    assert not world.legs.keys() - {world.seat("anna").leg_id}


def test_a_world_without_calls_ends_quietly() -> None:
    world = World()
    world.tell(e.DrainAsked(60.0))
    world.wait(60.0)
    assert world.outcomes == []
