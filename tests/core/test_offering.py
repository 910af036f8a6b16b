"""A caller is offered to his own agent, then to his groups, then to everybody."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.attempt import CallState
from ccdialer.core.board import Call
from ccdialer.core.campaign import Mode
from ccdialer.core.offering import EVERYBODY, groups_at
from ccdialer.core.queue import Caller, Widening
from tests.core.world import World

GOLD, SILVER = frozenset({"gold"}), frozenset({"silver"})


def world_of(*logins: str, more: dict[str, Any] | None = None, **settings: Any) -> World:
    """anna is of the golden group, bert of the silver one, carl of none."""
    world = World()
    for login, groups in (("anna", GOLD), ("bert", SILVER), ("carl", frozenset[str]())):
        world.agent(login, kept_up=True, groups=groups)
    world.queue(9, more, **settings)
    world.sign_in(*logins, kept_up=True)
    return world


def talks_with(call: Call) -> str:
    assert call.state is CallState.TALKING
    assert call.seat is not None
    return call.seat.agent.login


def owned(world: World, login: str, wait_s: float = 20.0) -> Call:
    return world.waits(owner_id=world.agents[login].id, owner_wait_s=wait_s)


def test_his_own_agent_comes_first_though_others_are_free() -> None:
    world = world_of("anna", "bert", "carl")
    assert talks_with(owned(world, "carl")) == "carl"


def test_a_busy_owner_is_waited_for_and_then_no_longer() -> None:
    world = world_of("anna", "carl")
    first = owned(world, "carl")
    second = owned(world, "carl")
    world.wait(19.9)
    assert (talks_with(first), second.state) == ("carl", CallState.WAITING)
    world.wait(0.1)
    assert talks_with(second) == "anna"


def test_an_owner_who_becomes_free_in_time_has_him() -> None:
    world = world_of("anna", "carl")
    first, second = owned(world, "carl"), owned(world, "carl")
    world.wait(5.0)
    world.hang_up(first.leg_id)
    assert talks_with(second) == "carl"


@pytest.mark.parametrize("deed", ["sign_out", "pause"])
def test_an_absent_owner_is_not_waited_for(deed: str) -> None:
    world = world_of("anna", "carl")
    getattr(world, deed)("carl")
    assert talks_with(owned(world, "carl")) == "anna"


def test_an_owner_who_does_not_take_him_is_not_waited_for() -> None:
    world = World()
    world.queue()
    world.sign_in("carl", kept_up=False)
    world.silent.add("PJSIP/carl")
    call = owned(world, "carl", 60.0)
    world.sign_in("anna", kept_up=True)
    assert call.agent_leg_id is not None
    world.hang_up(call.agent_leg_id, 19)
    assert talks_with(call) == "anna"


def test_rings_widen_the_longer_he_waits() -> None:
    steps = (Widening(0.0, ("gold",)), Widening(20.0, ("silver",)), Widening(40.0))
    world = world_of("anna", "bert", "carl", widening=steps)
    for _ in range(2):
        world.waits()
    (anna, second) = world.calls
    assert talks_with(anna) == "anna"
    assert second.state is CallState.WAITING, "only gold at first"
    world.wait(20.0)
    assert talks_with(second) == "bert"
    third = world.waits()
    world.wait(39.9)
    assert third.state is CallState.WAITING
    world.wait(0.1)
    assert talks_with(third) == "carl"


def test_his_route_s_group_has_him_alone_while_anybody_of_it_is_there() -> None:
    world = world_of("anna", "carl")
    first, second = world.waits(groups=GOLD), world.waits(groups=GOLD)
    world.wait(100.0)
    assert (talks_with(first), second.state) == ("anna", CallState.WAITING)
    world.sign_out("anna")
    world.hang_up(first.leg_id)
    assert talks_with(second) == "carl", "nobody of the group is left"


def test_the_queue_of_higher_priority_is_served_first_and_callers_before_clients() -> None:
    world = world_of(more={"priority": 5})
    world.queue(8, {"priority": 7})
    world.campaign(1, id=1, mode=Mode.POWER, lines_per_agent=1.0, priority=5)
    low, high = world.waits(queue=9), world.waits(queue=8)
    world.sign_in("carl", kept_up=True)
    assert talks_with(high) == "carl"
    assert low.state is CallState.WAITING


def test_of_one_queue_who_waits_longest_unless_his_route_puts_another_first() -> None:
    world = world_of()
    early, late, urgent = world.waits(), world.waits(), world.waits(priority=9)
    for served in (urgent, early, late):
        world.sign_in("carl", kept_up=True)
        assert talks_with(served) == "carl"
        world.hang_up(served.leg_id)


def test_an_agent_who_is_set_aside_for_a_ringing_client_is_not_taken_by_an_equal_queue() -> None:
    world = world_of(more={"priority": 5})
    world.campaign(1, priority=5)
    world.sign_in("carl", kept_up=True)
    (client,) = world.calls
    caller = world.waits()
    assert caller.state is CallState.WAITING
    world.answer(client)
    assert talks_with(client) == "carl"


def test_a_queue_that_goes_before_the_campaign_takes_its_agent() -> None:
    world = world_of(more={"priority": 8})
    world.campaign(1, priority=5)
    world.sign_in("carl", kept_up=True)
    assert talks_with(world.waits()) == "carl"


STEPS = st.lists(
    st.builds(
        Widening,
        st.floats(0, 100),
        st.lists(st.sampled_from(["gold", "silver"]), max_size=2).map(tuple),
    ),
    max_size=4,
)


@given(STEPS, st.sampled_from([EVERYBODY, GOLD]), st.floats(0, 200), st.floats(0, 200))
def test_who_waits_longer_is_offered_to_no_fewer(
    steps: list[Widening], own: frozenset[str], one: float, other: float
) -> None:
    world = World()
    world.queue(widening=tuple(steps))
    run, caller = world.board.runs[9], Caller("c", "l", groups=own)
    sooner, later = (groups_at(run, caller, waited) for waited in sorted((one, other)))
    assert later == EVERYBODY or (sooner != EVERYBODY and sooner <= later)
