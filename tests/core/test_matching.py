"""Who waits longest to who is idle longest."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import MOST_RINGS, CallState
from ccdialer.core.board import Call
from ccdialer.core.campaign import CampaignState, Mode
from ccdialer.core.matching import in_turn, is_late, may_serve
from tests.core.world import World, dialing


def test_the_longest_idle_agent_is_chosen() -> None:
    world = World()
    world.campaign(10)
    for login in ("anna", "bert", "carl"):
        world.sign_in(login)
        world.wait(1.0)
    world.pause("anna")
    world.ready("anna")
    chosen = [world.answer(call).seat for call in world.calls[:3]]
    assert [seat.agent.login for seat in chosen if seat] == ["bert", "carl", "anna"]


def test_a_reservation_that_came_to_nothing_costs_no_place() -> None:
    world = World()
    world.campaign(10)
    world.sign_in("anna")
    world.wait(1.0)
    world.sign_in("bert")
    world.silent.add("PJSIP/anna")
    first, second = world.calls[:2]
    world.answer(first)
    world.wait(0.2)
    world.hang_up(first.leg_id)
    assert world.answer(second).seat is world.seat("anna")


def test_an_agent_who_missed_a_call_goes_last() -> None:
    world = World()
    world.campaign(10)
    world.sign_in("anna", "bert")
    world.silent.add("PJSIP/anna")
    world.wait(1.0)
    first, second = world.calls[:2]
    world.answer(first)
    world.hang_up(str(first.agent_leg_id), 20)
    world.hang_up(first.leg_id)
    world.ready("bert")
    assert world.seat("anna").idle_since < world.now + 0.1
    assert world.answer(second).seat is world.seat("anna")


def test_the_longest_waiting_client_is_served_first() -> None:
    world = World()
    world.campaign(4, mode=Mode.POWER, lines_per_agent=4.0)
    world.sign_in("anna")
    calls = world.calls
    world.pause("anna")
    for call in (calls[2], calls[0], calls[1]):
        world.answer(call)
        world.wait(0.1)
    world.ready("anna")
    assert calls[2].state is CallState.TALKING


def test_a_client_given_back_keeps_his_place() -> None:
    world = World()
    world.campaign(3, mode=Mode.POWER, lines_per_agent=2.0)
    world.sign_in("anna", "bert")
    world.silent |= {"PJSIP/anna", "PJSIP/bert"}
    calls = world.calls
    for call in calls:
        world.answer(call)
        world.wait(0.1)
    for call in calls[:2]:
        call.tried |= {1, 2}
    world.hang_up(str(calls[0].agent_leg_id), 20)
    world.hang_up(str(calls[1].agent_leg_id), 20)
    assert list(world.board.waiting) == calls[:2]


def test_nobody_is_matched_while_asterisk_is_away() -> None:
    world, call = dialing()
    world.pause("anna")
    world.answer(call)
    world.lose_switch()
    world.ready("anna")
    assert call.state is CallState.WAITING
    world.find_switch()
    assert call.state is CallState.TALKING


def test_an_agent_of_another_project_does_not_serve() -> None:
    world, call = dialing()
    seat = world.seat("anna")
    assert may_serve(seat, call)
    call.tried.add(seat.agent.id)
    assert not may_serve(seat, call)


def test_no_more_phones_are_rung_than_a_leg_s_id_has_digits() -> None:
    world = World()
    world.campaign(1)
    logins = [f"agent{n}" for n in range(MOST_RINGS + 3)]
    world.sign_in(*logins)
    world.broken |= {f"PJSIP/{login}" for login in logins}
    call = world.answer(world.call)
    assert (call.rings, call.state) == (MOST_RINGS, CallState.WAITING)


def test_a_higher_priority_is_served_first() -> None:
    world = World()
    world.campaign(5, 1, mode=Mode.POWER, lines_per_agent=2.0)
    world.campaign(5, 2, mode=Mode.POWER, lines_per_agent=2.0, priority=9)
    world.sign_in("anna", "bert", kept_up=True)
    world.wait(5.0)
    calls = sorted(world.calls, key=lambda call: call.run.campaign.id)
    world.board.connected = False  # answers are heard, nobody is connected yet
    for call in calls:
        world.answer(call)
    world.board.connected = True
    world.wait(0.5)
    assert {call.run.campaign.id for call in world.calls if call.seat} == {2}


def test_an_agent_set_aside_for_a_ringing_call_is_not_given_to_another_campaign() -> None:
    world = World()
    world.campaign(1, 1, mode=Mode.POWER, lines_per_agent=1.0)
    world.campaign(1, 2, mode=Mode.PROGRESSIVE)
    world.sign_in("anna", "bert", kept_up=True)
    world.wait(1.0)
    power, careful = sorted(world.calls, key=lambda call: call.run.campaign.id)
    kept = next(seat for seat in world.board.seats.values() if seat.kept_for is careful.run)
    other = next(seat for seat in world.board.seats.values() if seat is not kept)
    world.pause(other.agent.login)
    world.answer(power)
    assert power.seat is None, "the only idle agent is promised to the other call"
    world.answer(careful)
    assert careful.seat is kept


def test_who_was_set_aside_is_free_again_when_the_call_ends_or_its_campaign_stops() -> None:
    for ends in (True, False):
        world = World()
        world.campaign(1, 1, mode=Mode.PROGRESSIVE)
        world.sign_in("anna", kept_up=True)
        world.wait(1.0)
        (seat,) = world.board.seats.values()
        assert seat.kept_for is world.call.run
        if ends:
            world.hang_up(world.call.leg_id)
        else:
            world.load(CampaignState.PAUSED)
        assert seat.kept_for is None


def test_a_campaign_that_names_its_agents_is_served_by_them_alone() -> None:
    world = World()
    world.campaign(3, agents=("bert",))
    world.sign_in("anna", "bert")
    assert len(world.dialed) == 1
    world.answer(world.call)
    assert world.state("bert") is AgentState.TALKING
    assert world.state("anna") is AgentState.AVAILABLE


def test_an_agent_whom_one_campaign_names_is_dealt_out_by_himself() -> None:
    world = World()
    world.campaign(9, 1, agents=("bert",), priority=9)
    world.campaign(9, 2)
    world.sign_in("anna", "bert")
    world.wait(1.0)
    assert sorted(call.run.campaign.id for call in world.calls) == [1, 2]


# --- callers beside clients -----------------------------------------------------------------------

PATIENT = {"mode": Mode.POWER, "lines_per_agent": 4.0, "connect_within_s": 600.0}
"""Clients who wait as long as callers do, so that the order alone decides."""


def contended(queue_priority: int, campaign_priority: int) -> tuple[World, Call, Call]:
    """A caller and a client who wait for the only agent; the client has come first."""
    world = World()
    world.queue(9, {"priority": queue_priority}, max_wait_s=3600.0)
    world.campaign(4, 1, priority=campaign_priority, **PATIENT)
    world.sign_in("anna", kept_up=True)
    world.wait(1.0)
    world.pause("anna")
    client = world.answer(world.calls[0])
    return world, world.waits(), client


@pytest.mark.parametrize(
    ("queue_priority", "waited_s", "is_caller_first"),
    [(6, 1.0, True), (5, 1.0, True), (4, 1.0, False), (4, 19.0, False), (4, 21.0, True)],
)
def test_a_caller_goes_before_clients_of_equal_priority_and_of_any_once_he_is_late(
    queue_priority: int, waited_s: float, is_caller_first: bool
) -> None:
    world, caller, client = contended(queue_priority, 5)
    world.wait(waited_s)
    world.ready("anna")
    first = caller if is_caller_first else client
    assert world.seat("anna").call is first


def test_a_caller_has_a_free_agent_though_calls_of_a_higher_campaign_ring() -> None:
    world = World()
    world.queue(9, {"priority": 1})
    world.campaign(8, 1, mode=Mode.POWER, lines_per_agent=4.0, priority=9)
    world.sign_in("anna", kept_up=True)
    world.wait(1.0)
    assert len(world.dialed) == 4
    assert world.waits().state is CallState.TALKING


@pytest.mark.parametrize(("queue_priority", "has_her"), [(9, True), (5, False), (1, False)])
def test_only_a_higher_queue_takes_who_is_set_aside_for_a_ringing_client(
    queue_priority: int, has_her: bool
) -> None:
    world = World()
    world.queue(9, {"priority": queue_priority})
    world.campaign(1, 1, mode=Mode.PROGRESSIVE)
    world.sign_in("anna", kept_up=True)
    world.wait(1.0)
    assert world.seat("anna").kept_for is world.call.run
    assert (world.waits().seat is world.seat("anna")) is has_her


@pytest.mark.parametrize("priority", [5, 1])
def test_who_was_set_aside_in_vain_goes_to_a_caller_before_anybody_is_dialed_anew(
    priority: int,
) -> None:
    world = World()
    world.queue(9, {"priority": priority})
    world.campaign(9, 1, mode=Mode.PROGRESSIVE)
    world.sign_in("anna", "bert", kept_up=True)
    world.wait(1.0)
    first, second = world.calls
    callers = [world.waits(), world.waits()]
    assert [caller.seat for caller in callers] == [None, None]
    world.hang_up(first.leg_id, 19)
    assert callers[0].state is CallState.TALKING
    assert callers[1].seat is None, "the other agent is set aside for a client who may yet answer"
    assert world.answer(second).state is CallState.TALKING
    assert len(world.dialed) == 2


def test_who_serves_only_the_campaign_is_not_held_up_by_a_queue_that_is_late() -> None:
    world, caller, _ = contended(3, 5)
    world.wait(30.0)
    assert is_late(caller, world.now)
    assert in_turn(world.board, world.now)[0] is caller
    queue = caller.run.campaign
    caller.run.campaign = replace(queue, settings=replace(queue.settings, agents=("bert",)))
    assert in_turn(world.board, world.now)[-1] is caller


@hypothesis_settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.sampled_from([7, 8, 9]), st.none() | st.integers(0, 9), st.floats(0, 60)),
        max_size=8,
    ),
    st.lists(st.integers(0, 9), min_size=3, max_size=3),
    st.integers(0, 9),
)
def test_clients_never_change_the_order_of_callers_and_late_ones_go_before_them_all(
    come: list[tuple[int, int | None, float]], priorities: list[int], campaign_priority: int
) -> None:
    world = World()
    for id, priority in zip((7, 8, 9), priorities, strict=True):
        world.queue(id, {"priority": priority}, max_wait_s=3600.0)
    world.campaign(4, 1, priority=campaign_priority, **PATIENT)
    world.sign_in("anna", kept_up=True)
    world.wait(1.0)
    world.pause("anna")
    for call in world.calls:
        world.answer(call)
    for queue, own, waited_s in come:
        world.waits(queue=queue, priority=own).opened_at -= waited_s
    order = in_turn(world.board, world.now)
    waiting = [call for call in world.board.waiting if call.caller is not None]
    assert [call for call in order if call in waiting] == sorted(waiting, key=_among_callers)
    clients = [n for n, call in enumerate(order) if call.caller is None]
    late = [n for n, call in enumerate(order) if is_late(call, world.now)]
    assert len(clients) == 4
    assert not late or max(late) < min(clients)


def _among_callers(call: Call) -> tuple[int, int]:
    assert call.caller is not None
    priority, own = call.run.campaign.settings.priority, call.caller.priority
    return (-priority, -(priority if own is None else own))
