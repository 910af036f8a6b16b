"""What people ask for."""

from dataclasses import replace

import pytest

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.campaign import ABANDONED, Mode
from ccdialer.core.disposition import Disposition
from ccdialer.core.features import SIGNED_IN
from tests.core.world import World, dialing, talking


def test_a_phone_that_signs_in_is_told_so_and_hung_up() -> None:
    world = World()
    world.legs["phone-1"] = True
    world.tell(e.SignInAsked(world.agent("anna"), "s", "phone-1"))
    (play,) = world.every(c.Play)
    assert (play.leg_id, play.sounds) == ("phone-1", SIGNED_IN)
    assert world.state("anna") is AgentState.AVAILABLE
    world.tell(e.PlaybackEnded(play.playback_id))
    assert not world.legs


def test_a_phone_to_be_kept_up_is_not_rung_back() -> None:
    world = World()
    world.legs["phone-1"] = True
    world.tell(e.SignInAsked(world.agent("anna", kept_up=True), "s", "phone-1"))
    assert world.every(c.Originate) == []
    assert world.bridges == {world.seat("anna").bridge_id: {"phone-1"}}
    assert world.state("anna") is AgentState.AVAILABLE


def test_signing_in_twice_takes_a_sign_out_back() -> None:
    world, call = talking(wrap_up_s=0.0)
    world.sign_out("anna")
    world.sign_in("anna")
    world.hang_up(call.leg_id)
    assert world.state("anna") is AgentState.AVAILABLE


def test_the_agent_ends_the_talk() -> None:
    world, call = talking()
    world.tell(e.HangUpAsked(1))
    assert call.leg_id not in world.legs
    assert world.outcomes == [Disposition.TALKED]
    world.tell(e.HangUpAsked(1))
    assert len(world.outcomes) == 1


def test_an_agent_s_record_is_changed_while_he_works() -> None:
    world, _ = dialing()
    world.tell(e.AgentChanged(replace(world.agents["anna"], name="Anna K.")))
    assert world.seat("anna").agent.name == "Anna K."


def test_a_drain_places_nothing_and_lets_live_calls_finish() -> None:
    world = World()
    world.campaign(20)
    world.sign_in("anna", "bert")
    first, second = world.calls
    world.answer(first)
    world.tell(e.DrainAsked(30.0))
    assert not world.storage.reserved
    world.answer(second)
    assert second.state is CallState.TALKING
    world.hang_up(second.leg_id)
    world.wait(29.0)
    assert world.call is first
    world.wait(1.0)
    assert world.outcomes == [Disposition.TALKED, Disposition.TALKED]
    assert not world.calls
    assert len(world.dialed) == 2


@pytest.mark.parametrize("obeys", [True, False])
def test_the_end_of_a_drain_closes_every_attempt(obeys: bool) -> None:
    world = World()
    world.campaign(20, mode=Mode.POWER, lines_per_agent=3.0, amd=True)
    world.sign_in("anna")
    ringing, detecting, waiting = world.calls
    world.answer(detecting)
    world.answer(waiting)
    world.pause("anna")
    world.tell(e.MachineJudged(waiting.leg_id, False, "HUMAN"))
    world.ring(ringing)
    world.obeys = obeys
    world.tell(e.DrainAsked(1.0))
    world.wait(1.0 + (0.0 if obeys else 10.0))
    assert sorted(world.outcomes) == ["abandoned", "abandoned", "cancelled"]
    assert world.board.runs[1].history.day == ABANDONED + ABANDONED


def test_an_attempt_that_is_opened_after_the_drain_began_is_not_dialed() -> None:
    world = World(prompt=False)
    world.campaign(1)
    world.sign_in("anna")
    world.tell(world.news.popleft())
    world.tell(e.DrainAsked(0.0))
    world.wait(1.0)
    world.catch_up()
    assert world.dialed == []
    assert world.outcomes == [Disposition.CANCELLED]
