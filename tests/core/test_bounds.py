"""Asterisk knows by itself how long a caller may wait and talk."""

from __future__ import annotations

from ccdialer.core import commands as c
from ccdialer.core.board import Call
from ccdialer.core.bounds import MARGIN_S
from tests.core.test_callers import queue_of
from tests.core.world import World


def bounds_of(world: World, call: Call) -> list[tuple[float, bool]]:
    return [(b.limit_s, b.is_talking) for b in world.every(c.Bound) if b.leg_id == call.leg_id]


def test_a_wait_is_bounded_once_and_a_talk_anew() -> None:
    world = queue_of(max_wait_s=300.0, more={"max_call_s": 1800.0})
    call = world.waits()
    world.wait(100.0)
    assert bounds_of(world, call) == [(300.0 + MARGIN_S, False)]
    world.sign_in("anna", kept_up=True)
    assert bounds_of(world, call)[1:] == [(1800.0, True)]


def test_who_is_not_let_in_is_not_bounded() -> None:
    world = queue_of(max_waiting=0)
    assert world.call_in() is None
    assert not world.every(c.Bound)


def test_a_longer_wait_is_made_known_to_asterisk() -> None:
    world = queue_of(max_wait_s=300.0)
    call = world.waits()
    world.queue(max_wait_s=900.0)
    world.wait(20.0)
    ((_, _), (later, is_talking)) = bounds_of(world, call)
    assert (300.0 < later <= 900.0 + MARGIN_S, is_talking) == (True, False)


def test_after_a_cut_what_is_left_is_said_again() -> None:
    world = queue_of(max_wait_s=300.0)
    call = world.waits()
    world.wait(100.0)
    world.lose_switch()
    world.wait(10.0)
    world.find_switch()
    assert bounds_of(world, call)[1:] == [(190.0 + MARGIN_S, False)]
