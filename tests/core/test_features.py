"""Feature codes, by a call and by keys."""

import pytest

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.agent import AgentState
from ccdialer.core.board import FloorRules
from ccdialer.core.disposition import Disposition
from ccdialer.core.features import CODES, FEATURES, UNKNOWN
from ccdialer.core.result import Given, Result
from tests.core.world import World, reading, talking

RULES = FloorRules(pause_reasons={"1": "lunch", "2": "training"})


def call_code(world: World, feature: str, argument: str = "") -> None:
    world.legs["phone"] = True
    world.tell(e.PhoneCalled("phone", "PJSIP/anna", feature, argument))


def press(world: World, keys: str) -> None:
    for key in keys:
        world.tell(e.DigitPressed(str(world.seat("anna").leg_id), key))


def test_pause_and_ready_by_calls() -> None:
    world = World(RULES)
    world.sign_in("anna")
    call_code(world, "pause", "1")
    assert (world.state("anna"), world.seat("anna").reason) == (AgentState.PAUSED, "lunch")
    call_code(world, "ready")
    assert world.state("anna") is AgentState.AVAILABLE
    call_code(world, "logout")
    assert world.state("anna") is AgentState.OFFLINE


def test_a_code_is_confirmed_and_the_phone_hung_up() -> None:
    world = World(RULES)
    world.sign_in("anna")
    call_code(world, "pause")
    (play,) = world.every(c.Play)
    assert play.sounds == FEATURES["pause"].confirmation
    world.tell(e.PlaybackEnded(play.playback_id))
    assert not world.legs
    assert not world.board.farewells


@pytest.mark.parametrize(("phone", "feature"), [("PJSIP/xyz", "pause"), ("PJSIP/anna", "dance")])
def test_what_is_not_understood_is_said_to_be_so(phone: str, feature: str) -> None:
    world = World(RULES)
    world.sign_in("anna")
    world.tell(e.PhoneCalled("phone", phone, feature, ""))
    assert [play.sounds for play in world.every(c.Play)] == [UNKNOWN]
    assert world.state("anna") is AgentState.AVAILABLE


def test_a_confirmation_whose_end_was_not_heard_ends_when_asterisk_is_found() -> None:
    world = World(RULES)
    world.sign_in("anna")
    call_code(world, "pause")
    world.lose_switch()
    world.find_switch()
    assert not world.legs


def test_pause_and_ready_by_keys() -> None:
    world = World(RULES)
    world.sign_in("anna", kept_up=True)
    press(world, "*43")
    assert (world.state("anna"), world.seat("anna").reason) == (AgentState.PAUSED, "pause")
    press(world, "2")
    assert world.seat("anna").reason == "training"
    press(world, "*44")
    assert world.state("anna") is AgentState.AVAILABLE
    press(world, "*42")
    assert world.state("anna") is AgentState.OFFLINE


def test_the_client_is_hung_up_by_keys() -> None:
    world, _ = talking(kept_up=True)
    press(world, "9*45")
    assert world.outcomes == [Disposition.TALKED]


def test_a_client_s_keys_mean_nothing() -> None:
    world, call = talking(kept_up=True)
    for key in "*45":
        world.tell(e.DigitPressed(call.leg_id, key))
    assert world.outcomes == []


def test_every_code_has_its_deed() -> None:
    assert {*CODES.values(), "result"} == set(FEATURES)


def test_an_assignment_is_worked_at_by_calls() -> None:
    world = reading(0)
    world.add_tasks(1)
    call_code(world, "next")
    assert world.seat("anna").contact is not None
    call_code(world, "call")
    assert "phone" not in world.legs, "hung up at once: it is rung now"
    world.answer(world.call)
    assert world.state("anna") is AgentState.TALKING
    call_code(world, "result", "2")
    (said,) = world.every(c.RecordResult)
    assert said.given == Given(Result.REFUSAL)


def test_a_code_for_which_there_is_nothing_to_do_is_said_to_be_so() -> None:
    world = World(RULES)
    world.sign_in("anna")
    for feature in ("next", "call", "skip", "result"):
        call_code(world, feature, "1")
    assert [play.sounds for play in world.every(c.Play)] == [UNKNOWN] * 4


@pytest.mark.parametrize("kept_up", [True, False])
def test_a_result_is_keyed_during_the_talk(kept_up: bool) -> None:
    world, call = talking(kept_up)
    for key in "*583":
        world.tell(e.DigitPressed(str(call.agent_leg_id), key))
    (said,) = world.every(c.RecordResult)
    assert said.given == Given(Result.CALLBACK, minutes=10)
    assert world.state("anna") is AgentState.TALKING


def test_an_assignment_is_worked_at_by_keys() -> None:
    world = reading(2, kept_up=True)
    first = world.seat("anna").contact
    press(world, "*59")
    press(world, "*56")
    assert world.seat("anna").contact not in (None, first)
    press(world, "*57")
    world.answer(world.call)
    assert world.state("anna") is AgentState.TALKING
