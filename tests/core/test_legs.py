"""What is heard of a leg goes to whoever's it is."""

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.disposition import Disposition
from tests.core.world import World, dialing, talking


def test_a_leg_of_ours_that_nobody_wants_is_hung_up() -> None:
    world = World()
    commands = world.tell(e.LegAnswered("ccd-0000000077-c1"))
    assert commands == [c.HangUp("ccd-0000000077-c1")]
    assert world.tell(e.LegAnswered("phone-7")) == []


def test_facts_told_twice_are_facts_once() -> None:
    world, call = talking(kept_up=False)
    bridge = next(iter(world.bridges))
    for event in (
        e.LegRinging(call.leg_id),
        e.LegAnswered(call.leg_id),
        e.LegAnswered(str(call.agent_leg_id)),
        e.LegJoined(bridge, call.leg_id),
    ):
        world.tell(event)
    assert call.state is CallState.TALKING
    assert len(world.every(c.RecordJoin)) == 1
    world.hang_up(call.leg_id)
    world.tell(e.LegEnded(call.leg_id, 16))
    assert world.outcomes == [Disposition.TALKED]


def test_an_answer_after_the_end_is_hung_up() -> None:
    world, call = dialing()
    world.hang_up(call.leg_id, 17)
    assert world.tell(e.LegAnswered(call.leg_id)) == [c.HangUp(call.leg_id)]
    assert world.outcomes == [Disposition.BUSY]


def test_the_end_of_an_agent_s_earlier_leg_hurts_nobody() -> None:
    world, call = dialing(kept_up=False)
    world.sign_in("bert")
    world.silent.add("PJSIP/anna")
    world.answer(call)
    rung = str(call.agent_leg_id)
    world.hang_up(rung, 20)
    world.tell(e.LegEnded(rung, 20))
    world.tell(e.LegAnswered(rung))
    assert call.state is CallState.TALKING
    assert world.state("anna") is AgentState.AVAILABLE


def test_a_failed_ring_of_an_agent_in_doubt_is_settled_by_the_deadline() -> None:
    world, call = dialing(kept_up=False)
    world.silent.add("PJSIP/anna")
    world.answer(call)
    world.tell(e.OriginateFailed(str(call.agent_leg_id), False, "no reply"))
    assert call.state is CallState.CONNECTING
    world.wait(2.0)
    assert world.outcomes == [Disposition.ABANDONED]
    assert not world.legs


def test_a_kept_up_leg_that_gets_no_bridge_is_of_no_use() -> None:
    world = World()
    world.obeys = False
    world.sign_in("anna", kept_up=True)
    world.tell(e.CommandFailed(str(world.seat("anna").leg_id), "OpenBridge", "no bridge"))
    assert world.state("anna") is AgentState.OFFLINE
    assert world.every(c.RecordAgentState)[-1].reason == "no bridge"


def test_a_late_failure_of_an_earlier_agent_s_join_is_not_the_next_one_s() -> None:
    world, call = dialing(kept_up=False)
    world.sign_in("bert")
    world.silent |= {"PJSIP/anna", "PJSIP/bert"}
    world.answer(call)
    world.hang_up(str(call.agent_leg_id), 20)
    assert call.seat is world.seat("bert")
    world.tell(e.CommandFailed(call.leg_id, "OpenBridge", "late"))
    assert call.seat is world.seat("bert")
