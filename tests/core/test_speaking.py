"""Callers are told their place and their wait, and are offered a callback."""

from __future__ import annotations

import pytest

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.attempt import CallState
from ccdialer.core.speaking import expected_wait_s, place_of, sounds_of, spoken
from tests.core.world import World


def served(world: World, count: int, every_s: float) -> None:
    """So many callers are joined, one every so many seconds."""
    for _ in range(count):
        call = world.waits()
        world.wait(every_s)
        world.hang_up(call.leg_id)


def test_the_wait_is_told_by_how_fast_callers_were_joined() -> None:
    world = World()
    world.queue(announce_wait=True)
    world.sign_in("anna", kept_up=True)
    served(world, 4, 90.0)
    run = world.board.runs[9]
    assert expected_wait_s(run, 1, world.now) == pytest.approx(90.0)
    assert expected_wait_s(run, 3, world.now) == pytest.approx(270.0)
    assert expected_wait_s(run, 90, world.now) == run.campaign.settings.queue.max_wait_s
    world.sign_out("anna")
    call = world.waits()
    assert sounds_of(world.board, call, world.now) == [
        *("sound:queue-holdtime", "sound:digits/2", "sound:queue-minutes", "sound:queue-thankyou")
    ]


def test_too_few_or_too_old_joins_tell_nothing() -> None:
    world = World()
    world.queue(announce_wait=True)
    world.sign_in("anna", kept_up=True)
    served(world, 2, 10.0)
    run = world.board.runs[9]
    assert expected_wait_s(run, 1, world.now) is None
    served(world, 2, 10.0)
    assert expected_wait_s(run, 1, world.now) is not None
    assert expected_wait_s(run, 1, world.now + 2000.0) is None


def test_a_place_is_of_his_queue_and_by_the_order_of_service() -> None:
    world = World()
    world.queue(8)
    world.queue(9)
    first, other, urgent = world.waits(), world.waits(queue=8), world.waits(priority=9)
    assert [place_of(world.board, call) for call in (urgent, first, other)] == [1, 2, 1]


def test_nothing_is_said_over_what_is_being_said() -> None:
    world = World()
    world.queue(greeting="sound:long", announce_every_s=5.0, announce_place=True)
    call = world.waits()
    world.wait(30.0)
    assert len(world.every(c.Play)) == 1
    world.tell(e.PlaybackEnded(call.sound))
    world.wait(10.0)
    assert len(world.every(c.Play)) == 2


def test_nothing_is_offered_without_a_sound_that_says_so() -> None:
    world = World()
    world.queue(offer_callback_after_s=5.0)
    call = world.waits()
    world.wait(60.0)
    world.tell(e.DigitPressed(call.leg_id, "1"))
    assert not world.every(c.Play)
    assert call.state is CallState.WAITING


def test_an_offer_comes_once() -> None:
    world = World()
    world.queue(offer_callback_after_s=5.0, announce_every_s=0.0, offer_sound="sound:press-1")
    call = world.waits()
    world.wait(5.0)
    assert [play.sounds for play in world.every(c.Play)] == ["sound:press-1"]
    world.tell(e.PlaybackEnded(call.sound))
    world.wait(60.0)
    assert len(world.every(c.Play)) == 1


@pytest.mark.parametrize(
    ("number", "words"),
    [
        *((1, "1"), (13, "13"), (20, "20"), (21, "20 1"), (30, "30"), (100, "1 hundred")),
        *((342, "3 hundred 40 2"), (5000, "9 hundred 90 9")),
    ],
)
def test_numbers_are_said_by_sounds_that_can_be_cut_short(number: int, words: str) -> None:
    assert spoken(number) == [f"sound:digits/{word}" for word in words.split()]
