"""Who comes into a queue again: the same call, with phones of its own; after a talk another one."""

from __future__ import annotations

from dataclasses import replace

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Call
from ccdialer.core.queue import Fate
from ccdialer.core.visits import KEPT
from tests.core.world import World


def two_queues(*logins: str) -> World:
    world = World()
    world.queue(8)
    world.queue(9, max_wait_s=30.0, overflow="queue campaign 8")
    world.sign_in(*logins)
    world.silent |= {f"PJSIP/{login}" for login in logins}
    return world


def comes_again(world: World, call: Call, queue: int = 8) -> None:
    """The dialplan sends him there."""
    assert call.caller is not None
    world.legs[call.leg_id] = True
    world.tell(e.CallerQueued(queue, call.caller))


def test_a_phone_rung_in_the_next_queue_has_a_leg_of_its_own() -> None:
    """The one of the queue before may not have ended yet."""
    world = two_queues("anna", "bert")
    call = world.waits()
    world.wait(60.0)
    assert world.fate(call).fate is Fate.SENT_ON
    before = {ring.leg_id for ring in world.every(c.Originate)}
    comes_again(world, call)
    after = [ring.leg_id for ring in world.every(c.Originate)][len(before) :]
    assert after
    assert not before & set(after)
    assert set(world.board.calls) == {call.attempt_id}, "it is one call"


def test_who_is_transferred_after_a_talk_waits_as_another_call() -> None:
    world = two_queues("anna")
    world.silent.clear()
    talk = world.waits()
    assert talk.state is CallState.TALKING
    world.sign_out("anna")
    world.hang_up(talk.leg_id)
    comes_again(world, talk)
    (again,) = world.calls
    assert again.attempt_id != talk.attempt_id
    world.hang_up(again.leg_id)
    assert [world.fate(each).fate for each in (talk, again)] == [Fate.ANSWERED, Fate.LEFT]


def test_a_phone_that_a_killed_daemon_rang_for_him_keeps_its_leg_s_id() -> None:
    """It did not live to write down that he came."""
    world = two_queues("anna", "bert")
    call = world.waits()
    stray = call.agent_leg_id
    assert stray is not None
    del world.storage.callers[call.attempt_id]
    world.restart()
    world.obeys = False  # the stray ends later
    world.find_switch()
    comes_again(world, call)
    (again,) = world.calls
    assert again.attempt_id == call.attempt_id
    assert again.agent_leg_id not in (None, stray)


def test_only_the_latest_are_remembered() -> None:
    world = two_queues()
    for _ in range(KEPT + 3):
        world.hang_up(world.waits().leg_id)
    assert len(world.board.visits) == KEPT
    gone = list(world.storage.gone)
    assert list(world.board.visits) == gone[3:]


def test_of_two_calls_with_one_id_the_later_gets_another() -> None:
    world = two_queues()
    call = world.waits()
    assert call.caller is not None
    world.legs["other"] = True
    world.tell(e.CallerQueued(8, replace(call.caller, leg_id="other")))
    assert len(world.calls) == 2
