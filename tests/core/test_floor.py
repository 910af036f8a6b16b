"""Agents sign in and out, pause, and wrap up."""

import pytest

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.board import FloorRules
from ccdialer.core.disposition import Disposition
from tests.core.world import World, dialing, talking


def states_recorded(world: World) -> list[str]:
    return [record.state.value for record in world.every(c.RecordAgentState)]


def test_an_agent_who_is_rung_per_call_is_available_at_once() -> None:
    world = World()
    world.sign_in("anna")
    assert world.state("anna") is AgentState.AVAILABLE
    assert world.every(c.Originate) == []


def test_an_agent_who_is_kept_up_is_rung_and_bridged() -> None:
    world = World()
    world.sign_in("anna", kept_up=True)
    (originate,) = world.every(c.Originate)
    assert (originate.endpoint, originate.auto_answer) == ("PJSIP/anna", True)
    assert world.bridges == {world.seat("anna").bridge_id: {originate.leg_id}}
    assert states_recorded(world) == ["signing_in", "available"]


def test_a_phone_that_does_not_answer_is_not_signed_in() -> None:
    world = World()
    world.agent("anna", kept_up=True)
    world.silent.add("PJSIP/anna")
    world.sign_in("anna")
    world.wait(20.0)
    assert world.state("anna") is AgentState.OFFLINE
    assert not world.legs
    assert world.every(c.RecordAgentState)[-1].reason == "phone did not answer"


def test_the_timer_of_an_earlier_sign_in_does_not_end_a_later_one() -> None:
    world = World()
    world.agent("anna", kept_up=True)
    world.silent.add("PJSIP/anna")
    world.sign_in("anna")
    world.wait(15.0)
    world.sign_out("anna")
    world.sign_in("anna")
    world.wait(10.0)
    assert world.state("anna") is AgentState.SIGNING_IN
    world.wait(10.0)
    assert world.state("anna") is AgentState.OFFLINE


def test_pause_while_signing_in_comes_with_the_arrival() -> None:
    world = World(prompt=False)
    world.sign_in("anna", kept_up=True)
    world.pause("anna", "coffee")
    world.catch_up()
    assert (world.state("anna"), world.seat("anna").reason) == (AgentState.PAUSED, "coffee")


def test_signing_out_hangs_the_kept_up_leg_up() -> None:
    world = World()
    world.sign_in("anna", kept_up=True)
    world.sign_out("anna")
    assert world.state("anna") is AgentState.OFFLINE
    assert not world.legs
    assert not world.bridges


def test_a_kept_up_agent_who_hangs_up_is_signed_out() -> None:
    world = World()
    world.sign_in("anna", kept_up=True)
    world.hang_up(str(world.seat("anna").leg_id))
    assert world.state("anna") is AgentState.OFFLINE
    assert world.every(c.RecordAgentState)[-1].reason == "phone hung up"


def test_a_kept_up_agent_who_hangs_up_in_a_talk_ends_it_and_is_signed_out() -> None:
    world = World()
    world.campaign(tasks=1)
    world.sign_in("anna", kept_up=True)
    world.answer(world.call)
    world.hang_up(str(world.seat("anna").leg_id))
    assert world.state("anna") is AgentState.OFFLINE
    assert world.every(c.RecordAgentState)[-1].reason == "phone hung up"
    assert world.outcomes == [Disposition.TALKED]


def test_a_pause_asked_for_during_a_call_comes_after_its_wrap_up() -> None:
    world, call = talking(wrap_up_s=15.0)
    world.add_tasks(3)
    world.pause("anna", "lunch")
    assert world.state("anna") is AgentState.TALKING
    world.hang_up(call.leg_id)
    world.wait(14.0)
    assert world.state("anna") is AgentState.WRAP_UP
    world.wait(60.0)
    assert (world.state("anna"), world.seat("anna").reason) == (AgentState.PAUSED, "lunch")
    assert len(world.dialed) == 1


def test_a_pause_without_wrap_up_comes_before_the_next_call() -> None:
    world, call = talking(wrap_up_s=0.0)
    world.pause("anna")
    world.hang_up(call.leg_id)
    assert world.state("anna") is AgentState.PAUSED


def test_ready_takes_a_pause_back() -> None:
    world, call = talking(wrap_up_s=0.0)
    world.pause("anna")
    world.ready("anna")
    world.hang_up(call.leg_id)
    assert world.state("anna") is AgentState.AVAILABLE


def test_a_sign_out_during_a_call_comes_after_it() -> None:
    world, call = talking()
    world.sign_out("anna")
    assert world.state("anna") is AgentState.TALKING
    world.hang_up(call.leg_id)
    assert world.state("anna") is AgentState.OFFLINE


def test_ready_cannot_take_back_a_phone_that_is_gone() -> None:
    world, call = talking(kept_up=True)
    world.obeys = False
    world.hang_up(str(call.agent_leg_id))
    world.ready("anna")
    world.hang_up(call.leg_id)
    assert world.state("anna") is AgentState.OFFLINE


def test_a_phone_that_calls_again_is_kept_up_in_place_of_the_lost_leg() -> None:
    world, call = talking(kept_up=True)
    world.obeys = False
    world.hang_up(str(call.agent_leg_id))
    world.obeys = True
    world.legs["phone-1"] = True
    world.tell(e.SignInAsked(world.agents["anna"], "another", "phone-1"))
    world.hang_up(call.leg_id)
    world.wait(15.0)
    assert world.state("anna") is AgentState.AVAILABLE
    assert world.bridges[world.seat("anna").bridge_id] == {"phone-1"}


def test_wrap_up_has_a_limit() -> None:
    world, call = talking(wrap_up_s=15.0)
    world.hang_up(call.leg_id)
    world.wait(14.9)
    assert world.state("anna") is AgentState.WRAP_UP
    world.wait(0.1)
    assert world.state("anna") is AgentState.AVAILABLE


def test_the_timer_of_an_earlier_wrap_up_does_not_end_a_later_one() -> None:
    world, call = talking(wrap_up_s=15.0)
    world.add_tasks(1)
    world.hang_up(call.leg_id)
    world.wait(2.0)
    world.ready("anna")
    world.wait(3.0)
    world.answer(world.call)
    world.wait(5.0)
    world.hang_up(world.call.leg_id)
    world.wait(14.0)  # 15 s after the first one began were over 9 s ago
    assert world.state("anna") is AgentState.WRAP_UP
    world.wait(1.0)
    assert world.state("anna") is AgentState.AVAILABLE


def test_a_limit_raised_during_wrap_up_holds() -> None:
    world, call = talking(wrap_up_s=15.0)
    world.hang_up(call.leg_id)
    world.campaign(0, wrap_up_s=30.0)
    world.wait(29.0)
    assert world.state("anna") is AgentState.WRAP_UP
    world.wait(1.0)
    assert world.state("anna") is AgentState.AVAILABLE


@pytest.mark.parametrize("kept_up", [True, False])
def test_an_agent_whose_client_left_is_available_and_blameless(kept_up: bool) -> None:
    world, call = dialing(kept_up)
    world.obeys = False
    world.silent.add("PJSIP/anna")
    world.answer(call)
    world.hang_up(call.leg_id)
    assert world.state("anna") is AgentState.AVAILABLE
    assert world.seat("anna").missed == 0


def test_a_phone_that_never_answers_is_paused_after_some_calls() -> None:
    world = World(FloorRules(max_missed=3))
    world.campaign(10)
    world.sign_in("anna")
    world.silent.add("PJSIP/anna")
    for missed in (1, 2, 3):
        assert world.state("anna") is AgentState.AVAILABLE
        world.answer(world.call)
        world.wait(2.0)
        assert world.seat("anna").missed == missed
    assert world.state("anna") is AgentState.PAUSED
    assert world.seat("anna").reason == "not answering"
    assert world.outcomes == [Disposition.ABANDONED] * 3
    world.ready("anna")
    assert world.seat("anna").missed == 0


def test_a_phone_that_had_no_time_has_missed_nothing() -> None:
    world, call = dialing(kept_up=False)
    world.silent.add("PJSIP/anna")
    world.pause("anna")
    world.answer(call)
    world.wait(1.8)
    world.ready("anna")
    assert call.state is CallState.CONNECTING
    world.wait(0.2)
    assert world.outcomes == [Disposition.ABANDONED]
    assert world.seat("anna").missed == 0


def test_a_limit_raised_while_the_phone_rings_still_ends() -> None:
    world = World()
    world.silent.add("PJSIP/anna")
    world.sign_in("anna", kept_up=True)
    world.board.rules = FloorRules(agent_ring_s=60.0)
    world.wait(25.0)
    assert world.state("anna") is AgentState.SIGNING_IN
    world.wait(60.0)
    assert world.state("anna") is AgentState.OFFLINE


def test_who_signs_out_while_asterisk_is_away_is_hung_up_when_it_is_back() -> None:
    world = World()
    leg_id = "1700000000.55"  # her phone called us: the id is Asterisk's own
    world.legs[leg_id] = True
    world.tell(e.SignInAsked(world.agent("anna", kept_up=True), "0" * 32, leg_id))
    assert world.state("anna") is AgentState.AVAILABLE
    world.lose_switch()
    world.sign_out("anna")
    world.legs[leg_id] = True  # nobody heard the hang-up
    hung_up = len(world.every(c.HangUp))
    world.find_switch()
    assert world.every(c.HangUp)[hung_up:] == [c.HangUp(leg_id)]
