"""An agent is reserved before anybody is dialed: no client who answers is without one."""

import pytest

from ccdialer.core import calls
from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Call
from ccdialer.core.campaign import CampaignState, Mode
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import Task, TaskMove
from tests.core.world import World

BOTH = pytest.mark.parametrize("kept_up", [True, False])


def client_first(kept_up: bool = True, **settings: object) -> tuple[World, Call]:
    """The only client is dialed for anna, who is held for him; bert works, too."""
    world = World()
    world.campaign(0, mode=Mode.POWER, **settings)
    world.sign_in("anna", "bert", kept_up=kept_up)
    task = Task(1, 1, ("+79160000001",))
    world.storage.reserved[1] = task
    call = calls.place(world.board, world.board.runs[1], task, world.now, world.seat("anna"))
    world._carry_out(world.dialer._settle(world.now, True, True))
    assert call.state is CallState.DIALING
    return world, call


def agent_first(kept_up: bool = False, **settings: object) -> World:
    """One task, and anna."""
    world = World()
    world.campaign(1, agent_first=True, **settings)
    world.sign_in("anna", kept_up=kept_up)
    return world


# --- client first -------------------------------------------------------------------------------


def test_the_held_agent_is_written_down_before_the_client_is_dialed() -> None:
    world, call = client_first()
    (opened,) = world.every(c.OpenAttempt)
    assert opened.held_agent_id == world.agents["anna"].id
    assert world.state("anna") is AgentState.RESERVED
    assert world.storage.sessions[opened.held_agent_id].state is AgentState.RESERVED
    assert world.dialed == [call.leg_id]


@BOTH
def test_the_client_is_joined_with_the_held_agent_as_he_answers(kept_up: bool) -> None:
    world, call = client_first(kept_up, announce="sound:verify")
    world.answer(call)
    assert (call.state, call.seat) == (CallState.TALKING, world.seat("anna"))
    assert world.every(c.Play) == []
    assert world.state("bert") is AgentState.AVAILABLE


def test_no_clock_of_abandonment_runs_while_the_held_agent_s_phone_rings() -> None:
    world, call = client_first(kept_up=False, connect_within_s=2.0)
    world.silent |= {"PJSIP/anna", "PJSIP/bert"}
    world.answer(call)
    world.wait(9.9)
    assert (call.state, call.seat) == (CallState.CONNECTING, world.seat("anna"))
    world.wait(2.1)
    assert call.seat is world.seat("bert"), "silent for too long: the next agent"
    world.wait(2.0)
    assert world.outcomes == [Disposition.ABANDONED], "from then on the clock ran"


def test_a_held_agent_whose_phone_fails_lets_the_client_go_to_the_next() -> None:
    world, call = client_first(kept_up=False)
    world.broken.add("PJSIP/anna")
    world.answer(call)
    assert (call.state, call.seat) == (CallState.TALKING, world.seat("bert"))
    assert world.seat("anna").missed == 1


@pytest.mark.parametrize("deed", ["pause", "sign_out"])
def test_the_next_agent_is_held_for_a_client_whose_agent_goes(deed: str) -> None:
    world, call = client_first()
    getattr(world, deed)("anna")
    assert world.state("anna") in (AgentState.PAUSED, AgentState.OFFLINE)
    assert call.seat is world.seat("bert")
    world.answer(call)
    assert call.state is CallState.TALKING


def test_without_a_next_agent_the_client_is_let_go() -> None:
    world, call = client_first()
    world.pause("bert")
    world.pause("anna")
    assert world.state("anna") is AgentState.PAUSED
    assert world.outcomes == [Disposition.CANCELLED]
    assert not world.closed.counts
    assert call.leg_id not in world.legs


def test_an_agent_who_hangs_up_his_kept_up_phone_is_not_held_any_more() -> None:
    world, call = client_first()
    world.hang_up(str(world.seat("anna").leg_id))
    assert world.state("anna") is AgentState.OFFLINE
    assert call.seat is world.seat("bert")


def test_an_agent_who_goes_before_the_commit_leaves_the_client_undialed() -> None:
    world = World(prompt=False)
    world.campaign(1, agent_first=True)
    world.sign_in("anna")
    world.tell(world.news.popleft())
    world.pause("anna")
    world.catch_up()
    assert world.dialed == []
    assert world.closed.task_move is TaskMove.RELEASE


def test_a_refused_attempt_sets_the_held_agent_free() -> None:
    world = World()
    world.storage.refuses.add(100_001)
    world.campaign(1, agent_first=True)
    world.sign_in("anna")
    assert not world.calls
    assert world.state("anna") is AgentState.AVAILABLE


def test_whoever_is_judged_a_person_after_his_agent_went_gets_another() -> None:
    world, call = client_first(amd=True)
    world.answer(call)
    world.pause("bert")
    world.pause("anna")
    assert (call.state, call.seat) == (CallState.DETECTING, None)
    world.ready("bert")
    world.tell(e.MachineJudged(call.leg_id, False, "HUMAN"))
    assert call.seat is world.seat("bert")


def test_a_failed_call_sets_the_held_agent_free() -> None:
    world, call = client_first()
    world.hang_up(call.leg_id, 17, 486)
    assert world.outcomes == [Disposition.BUSY]
    assert world.state("anna") is AgentState.AVAILABLE


@BOTH
@pytest.mark.parametrize("sessions_first", [True, False])
def test_a_held_agent_is_held_after_a_restart(kept_up: bool, sessions_first: bool) -> None:
    world, call = client_first(kept_up)
    world.restart(sessions_first)
    world.find_switch()
    assert world.call.seat is world.seat("anna")
    world.answer(world.call)
    assert (world.call.attempt_id, world.call.state) == (call.attempt_id, CallState.TALKING)
    assert world.call.seat is world.seat("anna")


# --- agent first --------------------------------------------------------------------------------


@BOTH
def test_the_client_is_dialed_when_the_agent_has_heard_the_campaign(kept_up: bool) -> None:
    world = agent_first(kept_up, announce="sound:verify")
    call = world.call
    assert (call.state, world.dialed) == (CallState.SUMMONING, [])
    (play,) = world.every(c.Play)
    assert (play.leg_id, play.sounds) == (call.agent_leg_id, "sound:verify")
    world.tell(e.PlaybackEnded(play.playback_id))
    assert (call.state, world.dialed) == (CallState.DIALING, [call.leg_id])
    world.answer(call)
    assert call.state is CallState.TALKING
    assert len(world.every(c.Play)) == 1


def test_the_end_of_an_announcement_is_not_awaited_for_ever() -> None:
    world = agent_first(announce="sound:verify")
    world.wait(14.9)
    assert world.dialed == []
    world.wait(0.2)
    assert world.dialed == [world.call.leg_id]


@BOTH
def test_each_call_has_its_agent(kept_up: bool) -> None:
    world = World()
    world.campaign(9, agent_first=True)
    world.sign_in("anna", "bert", kept_up=kept_up)
    assert len(world.calls) == 2
    assert {call.seat for call in world.calls} == {world.seat("anna"), world.seat("bert")}
    world.wait(30.0)
    assert len(world.calls) == 2, "nobody idle, nobody dialed"


def test_an_agent_who_does_not_answer_gives_the_client_to_the_next() -> None:
    world = World()
    world.silent.add("PJSIP/anna")
    world.agent("anna")
    world.campaign(1, agent_first=True)
    world.sign_in("anna", "bert")
    world.hang_up(str(world.call.agent_leg_id), 19)
    assert world.seat("anna").missed == 1
    assert world.call.seat is world.seat("bert")
    assert world.dialed == [world.call.leg_id]


def test_no_word_of_the_agent_s_phone_counts_as_no_answer() -> None:
    world = World()
    world.agent("anna")
    world.silent.add("PJSIP/anna")
    world.campaign(1, agent_first=True)
    world.sign_in("anna")
    (summoned,) = world.calls
    world.wait(19.9)
    assert world.call is summoned
    world.wait(0.2)
    assert world.closed.attempt_id == summoned.attempt_id
    assert (world.closed.task_move, world.closed.dialed_at) == (TaskMove.RELEASE, None)
    assert world.dialed == []


def test_a_client_is_not_dialed_for_a_campaign_that_was_stopped_meanwhile() -> None:
    world = agent_first(announce="sound:verify")
    world.load(CampaignState.STOPPED)
    world.tell(e.PlaybackEnded(world.every(c.Play)[0].playback_id))
    assert world.dialed == []
    assert world.outcomes == [Disposition.CANCELLED]
    assert not world.legs, "and the agent's phone is hung up"


def test_an_agent_who_hangs_up_while_his_client_rings_lets_him_go() -> None:
    world = agent_first()
    call = world.call
    world.hang_up(str(call.agent_leg_id))
    assert world.outcomes == [Disposition.CANCELLED]
    assert world.seat("anna").missed == 0


def test_after_a_restart_an_agent_who_was_called_first_is_free_and_nobody_is_dialed() -> None:
    world = agent_first(announce="sound:verify")
    world.restart()
    world.find_switch()
    assert world.dialed == []
    assert world.outcomes == [Disposition.LOST]
    assert world.state("anna") is AgentState.AVAILABLE
    assert not world.legs


@BOTH
def test_an_agent_may_decline_before_the_client_is_there(kept_up: bool) -> None:
    world, call = client_first(kept_up)
    world.tell(e.HangUpAsked(world.agents["anna"].id))
    assert world.state("anna") is AgentState.AVAILABLE
    assert call.seat is world.seat("bert")
