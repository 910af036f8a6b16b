"""Each client is called back by his own agent first, the moment that one is free."""

from dataclasses import replace

import pytest

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Call
from ccdialer.core.campaign import CampaignState, Mode, OwnerAway
from ccdialer.core.task import Step
from ccdialer.core.trunk import Rate
from tests.core.world import World

SALES = frozenset({"sales"})


def world_of(*logins: str, **settings: object) -> World:
    """Agents on duty, kept up; anna and bert are in a group."""
    world = World()
    for login in ("anna", "bert", "carl"):
        world.agent(login, kept_up=True, groups=SALES if login != "carl" else frozenset())
    asked = {"mode": Mode.CALLBACK, "owner_wait_s": 60.0, "group_wait_s": 30.0, **settings}
    world.campaign(0, **asked)
    world.sign_in(*logins, kept_up=True)
    return world


def held(world: World, call: Call) -> str:
    assert call.seat is not None
    return call.seat.agent.login


def busy(world: World, login: str) -> Call:
    """The agent talks with another client of his."""
    world.callback(login)
    world.tell(e.CallbacksChanged(False))
    (call,) = [call for call in world.calls if held(world, call) == login]
    return world.answer(call)


def test_the_owner_is_held_and_his_client_dialed_when_he_is_due() -> None:
    world = world_of("anna", "bert")
    world.callback("bert", due_in_s=100.0)
    world.wait(99.9)
    assert not world.calls
    world.wait(0.1)
    assert held(world, world.call) == "bert"
    assert world.dialed == [world.call.leg_id]
    (opened,) = world.every(c.OpenAttempt)
    assert opened.held_agent_id == world.agents["bert"].id


def test_an_owner_who_becomes_free_has_his_client_in_the_same_step() -> None:
    world = world_of("anna", "carl", wrap_up_s=0.0)
    first = busy(world, "anna")
    second = world.callback("anna")
    world.tell(e.CallbacksChanged(False))
    assert world.state("carl") is AgentState.AVAILABLE, "carl idles, and she is waited for"
    commands = world.dialer.receive(e.LegEnded(first.leg_id, 16), world.now)
    (opened,) = [one for one in commands if isinstance(one, c.OpenAttempt)]
    assert (opened.task_id, opened.held_agent_id) == (second.id, world.agents["anna"].id)


def test_the_group_and_then_anyone_comes_after_the_owner() -> None:
    world = world_of("bert", "carl")
    world.callback("anna")
    world.wait(59.9)
    assert not world.calls
    world.wait(0.2)
    assert held(world, world.call) == "bert"
    (miss,) = world.storage.misses
    assert (miss.agent_id, miss.step, miss.next_step) == (1, Step.OWNER, Step.GROUP)
    assert miss.reason == "signed out"


def test_nobody_of_the_group_there_is_a_miss_of_its_own() -> None:
    world = world_of("carl")
    task = world.callback("anna")
    world.wait(90.0)
    assert held(world, world.call) == "carl"
    told = [(miss.step, miss.at - (task.due_at or 0.0)) for miss in world.storage.misses]
    assert told == [(Step.OWNER, pytest.approx(60.0)), (Step.GROUP, pytest.approx(90.0))]


def test_a_miss_is_told_once_over_a_restart() -> None:
    world = world_of("carl")
    world.callback("anna")
    world.wait(70.0)
    assert len(world.storage.misses) == 1
    world.restart()
    world.find_switch()
    world.wait(10.0)
    assert len(world.storage.misses) == 1
    world.wait(15.0)
    assert [miss.step for miss in world.storage.misses] == [Step.OWNER, Step.GROUP]
    assert held(world, world.call) == "carl"


def test_a_restart_in_the_middle_of_a_wait_does_not_lengthen_it() -> None:
    world = world_of("carl", group_wait_s=0.0)
    world.callback("anna")
    world.wait(50.0)
    world.restart()
    world.find_switch()
    world.wait(9.0)
    assert not world.calls
    world.wait(1.1)
    assert held(world, world.call) == "carl"


@pytest.mark.parametrize("deed", ["sign_out", "pause"])
def test_an_owner_who_goes_is_not_waited_for_if_the_campaign_says_so(deed: str) -> None:
    world = world_of("anna", "carl", owner_away=OwnerAway.SKIP, owner_pause_limit_s=0.0)
    busy(world, "anna")
    world.callback("anna", groups=frozenset())
    world.tell(e.CallbacksChanged(False))
    getattr(world, deed)("anna")
    assert len(world.calls) == 1, "she is in a call, and will go after it"
    world.hang_up(world.call.leg_id)
    world.wait(20.0)
    assert held(world, world.call) == "carl"
    assert len(world.storage.misses) == 1


def test_an_owner_on_leave_is_not_waited_for() -> None:
    world = world_of("anna", "bert")
    world.callback("anna", owner_leave_until=world.now + 9e6)
    world.tell(e.CallbacksChanged(False))
    assert held(world, world.call) in ("anna", "bert")
    assert [miss.reason for miss in world.storage.misses] == ["on leave"]


def test_the_longest_due_comes_first_within_a_priority() -> None:
    world = world_of("anna", wrap_up_s=0.0)
    world.load(CampaignState.PAUSED)
    late = world.callback("anna", due_in_s=-50.0)
    later = world.callback("anna", due_in_s=-55.0)
    urgent = world.callback("anna", due_in_s=-10.0, priority=9)
    world.load(CampaignState.ACTIVE)
    world.wait(2.0)
    order = []
    for _ in range(3):
        order.append(world.call.task.id)
        world.answer(world.call)
        world.hang_up(world.call.leg_id)
    assert order == [urgent.id, later.id, late.id]


def test_a_full_trunk_keeps_nobody_from_whom_another_one_reaches() -> None:
    world = world_of("anna", "bert", dial="")
    world.trunk("ru", lines=1)
    uk = replace(world.trunk("uk"), rates={"44": Rate("44", 1)})
    world.trunks["uk"] = uk
    world.tell(e.TrunksLoaded(tuple(world.trunks.values())))
    world.callback()
    world.callback()
    abroad = world.callback(numbers=("+442071838750",))
    world.tell(e.CallbacksChanged(False))
    assert len(world.calls) == 2
    assert world.calls[-1].task.id == abroad.id


def test_a_moved_callback_is_read_anew_at_once() -> None:
    world = world_of("bert", "carl")
    task = world.callback("anna")
    world.tell(e.CallbacksChanged(False))
    assert not world.calls
    world.storage.reserved[task.id] = replace(task, owner_id=world.agents["bert"].id)
    world.tell(e.CallbacksChanged(True))
    assert held(world, world.call) == "bert"


def test_a_client_who_did_not_answer_comes_back_to_his_owner() -> None:
    world = world_of("anna", "carl", min_ring_s=0.0)
    world.callback("anna")
    world.tell(e.CallbacksChanged(False))
    world.hang_up(world.call.leg_id, 17, 486)
    world.wait(599.0)
    assert not world.calls
    world.wait(3.0)
    assert held(world, world.call) == "anna"
    assert world.storage.misses == []


def test_a_predictive_campaign_gets_no_agent_who_is_waited_for_by_a_client_of_his_own() -> None:
    world = world_of("anna", wrap_up_s=0.0)
    world.campaign(5, id=2, mode=Mode.POWER, lines_per_agent=2.0, wrap_up_s=0.0)
    world.wait(1.0)
    first, *_ = [call for call in world.calls if call.task.campaign_id == 2]
    world.answer(first)
    mine = world.callback("anna")
    world.tell(e.CallbacksChanged(False))
    world.hang_up(first.leg_id)
    call = world.seat("anna").call
    assert call is not None
    assert call.task.id == mine.id


def test_a_campaign_of_higher_priority_goes_before_callbacks() -> None:
    world = world_of("anna", priority=4)
    world.campaign(5, id=2, mode=Mode.PROGRESSIVE, priority=6)
    world.wait(1.0)
    world.callback("anna")
    world.tell(e.CallbacksChanged(False))
    assert {call.task.campaign_id for call in world.calls} == {2}


@pytest.mark.parametrize("priority", [1, 5, 9])
def test_a_caller_who_waits_goes_before_who_has_not_been_dialed(priority: int) -> None:
    world = world_of("anna", wrap_up_s=0.0)
    world.queue(9, {"priority": priority})
    first, caller = busy(world, "anna"), world.waits()
    world.callback("anna")
    world.tell(e.CallbacksChanged(False))
    world.hang_up(first.leg_id)
    assert world.seat("anna").call is caller


def test_a_queue_above_in_which_nobody_waits_keeps_no_agent_from_a_client_of_his_own() -> None:
    world = world_of("anna", "bert", wrap_up_s=0.0)
    world.queue(9, {"priority": 9})
    assert world.waits().state is CallState.TALKING
    (free,) = [name for name in ("anna", "bert") if world.state(name) is AgentState.AVAILABLE]
    mine = world.callback(free)
    world.tell(e.CallbacksChanged(False))
    call = world.seat(free).call
    assert call is not None
    assert call.task.id == mine.id


def test_what_another_node_s_agent_took_along_is_gone() -> None:
    world = world_of("carl")
    task = world.callback("anna")
    world.tell(e.CallbacksChanged(False))
    del world.storage.reserved[task.id]
    world.tell(e.TasksReserved(1, (), 10, gone=(task.id,)))
    world.wait(100.0)
    assert not world.calls
    assert not world.storage.misses


def test_the_held_owner_s_place_is_taken_only_by_who_may_have_the_callback() -> None:
    world = world_of("anna", "carl")
    world.callback("anna")
    world.tell(e.CallbacksChanged(False))
    assert world.call.state is CallState.DIALING
    world.pause("anna")
    assert world.state("carl") is AgentState.AVAILABLE
    assert not world.calls


def test_callbacks_go_back_when_the_campaign_stops() -> None:
    world = world_of("carl")
    task = world.callback("anna")
    world.tell(e.CallbacksChanged(False))
    world.load(CampaignState.STOPPED)
    assert [one.id for one in world.storage.due] == [task.id]
    assert not world.board.runs[1].stock
