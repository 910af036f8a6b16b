"""What an earlier run has left is believed to live until Asterisk says otherwise."""

from __future__ import annotations

import pytest

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.attempt import CallState
from ccdialer.core.queue import Caller, Fate
from tests.core.world import START, World


def found(**known: object) -> e.CallerFound:
    facts = {"joined_at": None, "agent_id": None, "agent_leg_id": None, **known}
    return e.CallerFound(9, Caller("c" * 32, "1764.1", "+79161112233"), START - 30.0, **facts)  # type: ignore[arg-type]


def test_a_caller_of_an_earlier_run_who_is_gone_is_lost() -> None:
    world = World(connected=False)
    world.queue()
    world.storage.callers["c" * 32] = c.OpenInbound(9, found().caller, START - 30.0)
    world.tell(found())
    world.tell(found())  # once
    assert world.call.state is CallState.WAITING
    world.find_switch()
    assert world.storage.gone["c" * 32].fate is Fate.LOST


def test_a_talk_of_an_earlier_run_whose_end_nobody_saw_was_a_talk() -> None:
    world = World(connected=False)
    world.queue()
    anna = world.agent("anna", kept_up=True)
    world.storage.callers["c" * 32] = c.OpenInbound(9, found().caller, START - 30.0)
    world.storage.met["c" * 32] = c.JoinInbound("c" * 32, anna.id, "leg", START - 20.0)
    world.tell(found(joined_at=START - 20.0, agent_id=anna.id, agent_leg_id="leg"))
    assert world.call.state is CallState.TALKING
    assert world.call.opened_at == START - 30.0
    world.find_switch()
    gone = world.storage.gone["c" * 32]
    assert (gone.fate, gone.agent_id, gone.joined_at) == (Fate.ANSWERED, anna.id, START - 20.0)


def test_a_caller_of_a_queue_that_is_gone_is_closed() -> None:
    world = World()
    world.storage.callers["c" * 32] = c.OpenInbound(9, found().caller, START - 30.0)
    world.tell(found())
    assert world.storage.gone["c" * 32].reason == "the queue is gone"


@pytest.mark.parametrize("sessions_first", [True, False])
def test_an_agent_and_his_caller_find_each_other_whoever_is_told_first(
    sessions_first: bool,
) -> None:
    world = World()
    world.queue()
    world.sign_in("anna", kept_up=True)
    call = world.waits()
    world.restart(sessions_first)
    assert world.seat("anna").call is world.board.calls[call.attempt_id]
    world.find_switch()
    assert world.board.calls[call.attempt_id].state is CallState.TALKING
