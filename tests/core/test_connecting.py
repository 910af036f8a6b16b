"""A live client and an agent are brought together, or he is abandoned in time."""

from dataclasses import replace

import pytest

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Call
from ccdialer.core.campaign import TALKED, Mode
from ccdialer.core.disposition import Disposition
from tests.core.world import World, dialing


def two_clients(**settings: object) -> tuple[World, list[Call]]:
    """Two clients dialed for anna, who is kept up."""
    world = World()
    world.campaign(2, mode=Mode.POWER, lines_per_agent=2.0, **settings)
    world.sign_in("anna", kept_up=True)
    first, second = world.calls
    return world, [world.answer(first), world.answer(second)]


def test_a_kept_up_agent_is_joined_in_his_own_bridge() -> None:
    world, call = dialing(kept_up=True)
    world.answer(call)
    assert world.every(c.Join) == [c.Join(world.seat("anna").bridge_id, call.leg_id)]
    assert world.every(c.CloseBridge) == []
    world.hang_up(call.leg_id)
    assert world.seat("anna").leg_id in world.legs


def test_a_rung_agent_gets_a_bridge_for_the_talk() -> None:
    world, call = dialing(kept_up=False)
    world.answer(call)
    (bridge,) = world.bridges
    assert world.bridges[bridge] == {call.leg_id, call.agent_leg_id}
    world.hang_up(call.leg_id)
    assert not world.bridges
    assert not world.legs


def test_the_name_on_an_agent_s_phone_is_a_name_whatever_it_holds() -> None:
    world, call = dialing(kept_up=False)
    run = call.run
    run.campaign = replace(run.campaign, name='the "new" <+7999> list')
    world.answer(call)
    shown = world.every(c.Originate)[-1].caller_id
    assert shown == f"\"the 'new' (+7999) list\" <{call.number}>"


def test_the_agent_hears_the_campaign_before_the_client() -> None:
    world, call = dialing(announce="sound:verify")
    world.answer(call)
    (play,) = world.every(c.Play)
    assert (play.leg_id, play.sounds) == (call.agent_leg_id, "sound:verify")
    assert call.state is CallState.CONNECTING
    assert world.every(c.Join) == []
    world.tell(e.PlaybackEnded(play.playback_id))
    assert call.state is CallState.TALKING


def test_a_long_announcement_is_cut_before_the_client_is_abandoned() -> None:
    world, call = dialing(announce="sound:verify", connect_within_s=2.0)
    world.answer(call)
    world.wait(1.6)
    assert call.state is CallState.CONNECTING
    world.wait(0.1)
    assert call.state is CallState.TALKING
    world.tell(e.PlaybackEnded(world.every(c.Play)[0].playback_id))
    assert len(world.every(c.Join)) == 1


def test_an_agent_s_leg_answered_twice_is_told_once() -> None:
    world, call = dialing(kept_up=False, announce="sound:verify")
    world.answer(call)
    world.tell(e.LegAnswered(str(call.agent_leg_id)))
    assert len(world.every(c.Play)) == 1


def test_the_end_of_an_earlier_agent_s_announcement_joins_nobody() -> None:
    world, call = dialing(kept_up=False, announce="sound:verify")
    world.sign_in("bert")
    world.silent.add("PJSIP/bert")
    world.answer(call)
    world.hang_up(str(call.agent_leg_id))
    assert call.seat is world.seat("bert")
    world.tell(e.PlaybackEnded(world.every(c.Play)[0].playback_id))
    world.wait(1.9)
    assert world.every(c.OpenBridge) == []


def test_an_agent_free_in_time_takes_the_waiting_client() -> None:
    world, (first, second) = two_clients(wrap_up_s=0.0)
    world.wait(1.9)
    world.hang_up(first.leg_id)
    assert second.state is CallState.TALKING
    assert world.outcomes == [Disposition.TALKED]


def test_a_client_whose_agent_s_phone_fails_goes_to_the_next() -> None:
    world, call = dialing(kept_up=False)
    world.sign_in("bert")
    world.silent.add("PJSIP/anna")
    world.answer(call)
    assert call.seat is world.seat("anna")
    world.hang_up(str(call.agent_leg_id), 20)
    assert call.state is CallState.TALKING
    assert call.seat is world.seat("bert")
    assert world.seat("anna").missed == 1


def test_a_phone_that_cannot_be_called_at_all_is_missed_too() -> None:
    world, call = dialing(kept_up=False)
    world.sign_in("bert")
    world.broken.add("PJSIP/anna")
    world.answer(call)
    assert call.seat is world.seat("bert")


@pytest.mark.parametrize("kept_up", [True, False])
def test_the_agent_hangs_up_while_talking(kept_up: bool) -> None:
    world, call = dialing(kept_up)
    world.answer(call)
    world.hang_up(str(call.agent_leg_id))
    assert world.outcomes == [Disposition.TALKED]
    assert world.state("anna").value == ("offline" if kept_up else "wrap_up")


def test_a_kept_up_agent_hangs_up_while_he_is_told() -> None:
    world, call = dialing(kept_up=True, announce="sound:verify")
    world.answer(call)
    world.hang_up(str(call.agent_leg_id))
    assert call.state is CallState.WAITING
    assert world.state("anna").value == "offline"


def test_a_join_that_fails_gives_the_client_to_the_next() -> None:
    world, call = dialing(kept_up=True)
    world.sign_in("bert", kept_up=True)
    world.obeys = False
    world.answer(call)
    world.obeys = True
    world.tell(e.CommandFailed(call.leg_id, "Join", "bridge not found"))
    assert call.seat is world.seat("bert")
    assert call.state is CallState.TALKING


def test_the_failure_of_an_earlier_join_frees_nobody() -> None:
    """Asterisk is slow to say so, and the client is being joined to another by then."""
    world, call = dialing(kept_up=True)
    world.sign_in("bert", kept_up=True)
    world.obeys = False
    world.answer(call)
    world.tell(e.CommandFailed(call.leg_id, "OpenBridge", "late", "ccd-0000000000-b1"))
    assert call.seat is world.seat("anna")
    world.obeys = True
    anna = world.seat("anna").bridge_id
    world.tell(e.CommandFailed(call.leg_id, "Join", "bridge not found", anna))
    assert call.seat is world.seat("bert")


def test_a_join_that_fails_as_the_client_has_gone() -> None:
    world, call = dialing(kept_up=True)
    world.obeys = False
    world.answer(call)
    world.tell(e.CommandFailed(call.leg_id, "Join", "channel not found"))
    world.hang_up(call.leg_id)
    world.tell(e.CommandFailed(call.leg_id, "Join", "channel not found"))
    assert world.outcomes == [Disposition.LEFT]
    assert world.state("anna").value == "available"


def test_a_join_without_a_word_is_given_up() -> None:
    world, call = dialing(kept_up=True, connect_within_s=2.0)
    world.obeys = False
    world.answer(call)
    world.wait(2.9)
    assert call.state is CallState.CONNECTING
    world.obeys = True
    world.wait(0.1)
    assert world.outcomes == [Disposition.ABANDONED]


def test_a_client_seen_in_another_bridge_does_not_talk() -> None:
    world, call = dialing(kept_up=True)
    world.obeys = False
    world.answer(call)
    world.tell(e.LegJoined("ccd-0000000000-b1", call.leg_id))
    assert call.state is CallState.CONNECTING
    world.tell(e.LegJoined(world.seat("anna").bridge_id, call.leg_id))
    assert call.state is CallState.TALKING


def test_a_failure_past_the_deadline_abandons_at_once() -> None:
    world, call = dialing(kept_up=True, connect_within_s=2.0)
    world.sign_in("bert", kept_up=True)
    world.obeys = False
    world.answer(call)
    world.wait(2.5)
    world.obeys = True
    world.tell(e.CommandFailed(call.leg_id, "Join", "too late"))
    assert world.outcomes == [Disposition.ABANDONED]


def test_a_live_answer_counts_from_the_join() -> None:
    world, call = dialing()
    world.answer(call)
    assert world.board.runs[1].history.day == TALKED
    world.hang_up(call.leg_id)
    assert world.board.runs[1].history.day == TALKED


def test_a_client_who_is_joined_after_he_was_let_down_is_hung_up() -> None:
    """Asterisk was slow: the agent may have another client in his bridge by now."""
    world, call = dialing(safe_harbour="sound:sorry")
    world.obeys = False  # the join is sent, and nothing comes of it
    world.answer(call)
    world.wait(4.0)
    assert call.state is CallState.PARTING
    bridge_id = world.seat("anna").bridge_id
    assert c.HangUp(call.leg_id) in world.tell(e.LegJoined(bridge_id, call.leg_id))
    world.obeys = True
    world.hang_up(call.leg_id)
    assert world.outcomes == [Disposition.ABANDONED]
