"""After a restart or a lost socket: adopt what lives, close what does not, dial nobody twice."""

import pytest

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.campaign import Mode
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import Task
from tests.core.world import START, World, dialing, talking

BOTH = pytest.mark.parametrize("kept_up", [True, False])


@BOTH
@pytest.mark.parametrize("sessions_first", [True, False])
def test_a_talk_is_adopted(kept_up: bool, sessions_first: bool) -> None:
    world, call = talking(kept_up)
    world.wait(30.0)
    world.restart(sessions_first)
    world.find_switch()
    assert world.state("anna") is AgentState.TALKING
    assert call.leg_id in world.legs
    assert world.dialed == [call.leg_id]
    world.wait(30.0)
    world.hang_up(call.leg_id)
    closed = world.closed
    assert (closed.disposition, closed.agent_id) == (Disposition.TALKED, 1)
    assert closed.joined_at == closed.ended_at - 60.0
    assert world.state("anna") is AgentState.WRAP_UP


@BOTH
def test_the_agent_of_an_adopted_talk_hangs_up(kept_up: bool) -> None:
    world, call = talking(kept_up)
    world.restart()
    world.find_switch()
    world.hang_up(str(call.agent_leg_id))
    assert world.outcomes == [Disposition.TALKED]
    assert not world.calls


@BOTH
def test_a_talk_whose_agent_went_meanwhile_ends(kept_up: bool) -> None:
    world, call = talking(kept_up)
    del world.legs[str(call.agent_leg_id)]
    world.restart()
    world.find_switch()
    assert world.outcomes == [Disposition.TALKED]
    assert not world.legs


def test_a_talk_that_ended_meanwhile_was_a_talk() -> None:
    world, call = talking()
    del world.legs[call.leg_id]
    world.restart()
    world.find_switch()
    assert world.outcomes == [Disposition.TALKED]


def test_who_answered_meanwhile_gets_an_agent() -> None:
    world, call = dialing()
    world.legs[call.leg_id] = True
    world.restart()
    world.find_switch()
    assert world.call.state is CallState.TALKING
    assert world.dialed == [call.leg_id]


def test_who_still_rings_is_waited_for() -> None:
    world, _call = dialing()
    world.restart()
    world.find_switch()
    assert world.call.state is CallState.DIALING
    world.answer(world.call)
    assert world.call.state is CallState.TALKING


def test_a_call_that_is_gone_is_lost_once_and_not_redialed_at_once() -> None:
    world, call = dialing()
    world.legs.clear()
    world.restart()
    world.find_switch()
    world.find_switch()
    world.tell(e.LegEnded(call.leg_id, 16))
    world.wait(60.0)
    assert world.outcomes == [Disposition.LOST]
    assert world.closed.retry_after_s == 3600.0
    assert world.dialed == [call.leg_id]


def test_strays_are_ended() -> None:
    world = World(connected=False)
    legs = ("ccd-0000000099-c1", "ccd-0000000099-a1", "somebody-else-s")
    world.legs = dict.fromkeys(legs, True)
    world.bridges = {"ccd-0000000099-b1": set(), "conference": set()}
    world.find_switch()
    assert set(world.legs) == {"somebody-else-s"}
    assert set(world.bridges) == {"conference"}


def test_an_agent_s_stray_leg_keeps_its_id_until_it_has_ended() -> None:
    world, call = dialing(kept_up=False)
    world.silent.add("PJSIP/anna")
    world.answer(call)
    rung = str(call.agent_leg_id)
    world.silent.clear()
    world.restart()
    world.find_switch()
    assert rung not in world.legs
    assert world.call.agent_leg_id == rung.replace("-a1", "-a2")
    assert world.call.state is CallState.TALKING


def test_a_stray_leg_keeps_its_id_from_the_agent_who_is_held() -> None:
    world, call = dialing(kept_up=False, agent_first=True)
    rung = str(call.agent_leg_id)
    world.legs = {call.leg_id: True, rung: True}  # answered while nobody was there
    world.restart()
    world.find_switch()
    assert rung not in world.legs
    assert world.call.agent_leg_id == rung.replace("-a1", "-a2")
    assert world.call.state is CallState.TALKING


def test_who_was_joined_is_not_joined_by_another() -> None:
    """The talk was not written down yet; another client has answered meanwhile."""
    world = World()
    world.campaign(2, mode=Mode.POWER, lines_per_agent=2.0)
    world.sign_in("anna", kept_up=True)
    other, joined = world.calls
    world.answer(joined)
    world.storage.joins.clear()
    world.legs[other.leg_id] = True
    world.restart()
    world.find_switch()
    (in_bridge,) = world.bridges.values()
    assert in_bridge == {joined.leg_id, world.seat("anna").leg_id}
    assert world.storage.joins[joined.attempt_id].agent_id == world.agents["anna"].id
    states = {call.attempt_id: call.state for call in world.calls}
    assert states == {
        joined.attempt_id: CallState.TALKING,
        other.attempt_id: CallState.WAITING,
    }


def test_a_held_agent_is_set_free_by_who_joined_another() -> None:
    """He was held for the client; then he was lost, another one took the client, and of neither
    anything was written down."""
    world, call = dialing(agent_first=True)
    world.sign_in("bert", kept_up=True)
    bert = world.seat("bert")
    world.legs[call.leg_id] = True
    world.bridges[bert.bridge_id].add(call.leg_id)
    world.restart()
    world.find_switch()
    assert world.state("bert") is AgentState.TALKING
    assert world.state("anna") is AgentState.AVAILABLE


def test_nothing_is_lost_before_asterisk_was_asked() -> None:
    world, _ = dialing()
    world.restart()
    assert world.outcomes == []
    assert world.every(c.HangUp) == []


def test_an_agent_found_paused_stays_so() -> None:
    world = World()
    world.sign_in("anna", kept_up=True)
    world.pause("anna", "lunch")
    world.restart()
    world.find_switch()
    assert (world.state("anna"), world.seat("anna").reason) == (AgentState.PAUSED, "lunch")


def test_an_agent_whose_phone_still_rings_is_not_available() -> None:
    world = World()
    world.agent("anna", kept_up=True)
    world.silent.add("PJSIP/anna")
    world.sign_in("anna")
    world.restart()
    world.find_switch()
    assert world.state("anna") is AgentState.SIGNING_IN
    leg_id = str(world.seat("anna").leg_id)
    world.legs[leg_id] = True
    world.tell(e.LegAnswered(leg_id))
    assert world.state("anna") is AgentState.AVAILABLE


def test_an_agent_whose_kept_up_leg_is_gone_is_signed_out() -> None:
    world = World()
    world.sign_in("anna", kept_up=True)
    world.legs.clear()
    world.restart()
    world.find_switch()
    assert world.state("anna") is AgentState.OFFLINE


def test_a_kept_up_leg_without_its_bridge_gets_one() -> None:
    world = World()
    world.sign_in("anna", kept_up=True)
    world.bridges.clear()
    world.restart()
    world.find_switch()
    assert world.bridges == {world.seat("anna").bridge_id: {world.seat("anna").leg_id}}


def test_an_attempt_of_an_unknown_campaign_is_lost() -> None:
    world = World()
    task = Task(5, 9, ("+79160000005",))
    found = e.OpenAttemptFound("0000000050", task, task.numbers[0], START, None, None, None, None)
    (closed,) = world.dialer.receive(found, world.now)
    assert isinstance(closed, c.CloseAttempt)
    assert (closed.disposition, closed.retry_after_s) == (Disposition.LOST, 3600.0)


def test_of_two_open_talks_of_one_agent_the_later_is_his() -> None:
    world, call = talking(kept_up=True)
    world.restart()
    earlier = e.OpenAttemptFound(
        attempt_id="0000000099",
        task=Task(77, 1, ("+79160000077",)),
        number="+79160000077",
        opened_at=START - 100.0,
        answered_at=START - 90.0,
        joined_at=START - 90.0,
        agent_id=1,
        agent_leg_id=call.agent_leg_id,
    )
    world.storage.opened["0000000099"] = c.OpenAttempt(
        "0000000099", 77, 1, "+79160000077", "ccd-0000000099-c1", START - 100.0
    )
    world.storage.tasks[77] = earlier.task
    world.tell(earlier)
    world.find_switch()
    assert world.closed.attempt_id == "0000000099"
    assert world.seat("anna").call is world.call


def test_a_lost_socket_alone_ends_nothing() -> None:
    world, call = talking()
    world.lose_switch()
    world.wait(5.0)
    world.find_switch()
    assert world.call is call
    assert call.state is CallState.TALKING


def test_a_join_that_was_not_heard_of_is_seen() -> None:
    world, call = dialing(kept_up=True)
    world.obeys = False
    world.answer(call)
    world.bridges[world.seat("anna").bridge_id].add(call.leg_id)
    world.lose_switch()
    world.find_switch()
    assert call.state is CallState.TALKING


def test_a_hang_up_that_was_not_heard_is_said_again() -> None:
    world, call = talking()
    world.lose_switch()
    world.tell(e.HangUpAsked(1))
    assert call.leg_id in world.legs
    world.find_switch()
    assert call.leg_id not in world.legs
    assert world.outcomes == [Disposition.TALKED]


def test_the_journal_says_that_an_adopted_agent_talks() -> None:
    world, _ = talking()
    world.restart()
    assert world.every(c.RecordAgentState)[-1].state is AgentState.TALKING
