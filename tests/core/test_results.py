"""What an agent says of the client he talks with, or talked with last."""

from __future__ import annotations

from ccdialer.core import commands as c
from ccdialer.core.result import Given, Result
from tests.core.world import World, reading, talking

SUCCESS = Given(Result.SUCCESS, kind="quote wanted", comment="by mail")
CALLBACK = Given(Result.CALLBACK, minutes=12)


def said(world: World) -> c.RecordResult:
    (found,) = world.every(c.RecordResult)
    return found


def test_a_result_during_the_talk() -> None:
    world, call = talking()
    world.result("anna", SUCCESS)
    assert (said(world).attempt_id, said(world).given) == (call.attempt_id, SUCCESS)
    assert said(world).agent_id == world.agents["anna"].id


def test_a_result_in_wrap_up_and_later_is_of_the_last_call() -> None:
    world, call = talking(wrap_up_s=30.0)
    world.hang_up(call.leg_id)
    world.result("anna", SUCCESS)
    world.wait(31.0)
    world.result("anna", CALLBACK)
    assert [told.attempt_id for told in world.every(c.RecordResult)] == [call.attempt_id] * 2


def test_who_has_not_talked_has_nothing_to_say() -> None:
    world = World()
    world.campaign(1)
    world.sign_in("anna")
    world.result("anna", SUCCESS)
    assert world.every(c.RecordResult) == []


def test_a_result_while_the_next_contact_is_read_is_of_nobody() -> None:
    world = reading(2)
    world.call_contact("anna")
    world.hang_up(world.call.leg_id, 17, 486)
    world.ask("anna")
    world.result("anna", SUCCESS)
    world.call_contact("anna")
    world.result("anna", SUCCESS)
    assert world.every(c.RecordResult) == []


def test_a_result_of_a_client_who_was_not_reached() -> None:
    world = reading()
    world.call_contact("anna")
    call = world.call
    world.hang_up(call.leg_id, 17, 486)
    world.result("anna", Given(Result.REFUSAL, reason="not in charge"))
    assert said(world).attempt_id == call.attempt_id


def test_a_callback_of_an_assignment_is_a_place_in_the_queue() -> None:
    world = reading()
    world.call_contact("anna")
    world.answer(world.call)
    world.result("anna", CALLBACK)
    assert (said(world).callback_places, said(world).callback_at) == (3, None)
    assert said(world).is_promised


def test_everywhere_else_it_is_an_instant() -> None:
    world, _ = talking(callback_to_agent=False)
    world.result("anna", CALLBACK)
    assert (said(world).callback_places, said(world).callback_at) == (None, world.now + 720.0)
    assert not said(world).is_promised


def test_an_exact_time_is_kept() -> None:
    world = reading()
    world.call_contact("anna")
    world.answer(world.call)
    world.result("anna", Given(Result.CALLBACK, at=world.now + 1e6))
    assert (said(world).callback_places, said(world).callback_at) == (None, world.now + 1e6)
