"""Whom no agent meets in time is told so, if the campaign has words for it, and hung up."""

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.attempt import CallState
from ccdialer.core.campaign import ABANDONED, TALKED
from ccdialer.core.disposition import Disposition
from tests.core.test_connecting import two_clients


def test_without_a_message_the_abandoned_client_is_hung_up_at_the_deadline() -> None:
    world, (_, second) = two_clients(connect_within_s=2.0)
    world.wait(1.99)
    assert second.state is CallState.WAITING
    world.wait(0.01)
    assert world.outcomes == [Disposition.ABANDONED]
    assert world.board.runs[1].history.day == TALKED + ABANDONED
    assert world.closed.retry_after_s == 259200.0


def test_with_a_message_the_abandoned_client_hears_it() -> None:
    world, (_, second) = two_clients(safe_harbour="sound:sorry")
    world.wait(2.0)
    assert second.state is CallState.PARTING
    (play,) = world.every(c.Play)
    assert (play.leg_id, play.sounds) == (second.leg_id, "sound:sorry")
    world.tell(e.PlaybackEnded(play.playback_id))
    assert world.outcomes == [Disposition.ABANDONED]


def test_the_end_of_a_message_is_not_awaited_for_ever() -> None:
    world, _ = two_clients(safe_harbour="sound:sorry")
    world.wait(62.0)
    assert world.outcomes == [Disposition.ABANDONED]


def test_who_is_abandoned_is_written_down_before_he_hears_of_it() -> None:
    world, (_, second) = two_clients(safe_harbour="sound:sorry")
    world.wait(2.0)
    (kept,) = world.every(c.RecordAbandoned)
    assert (kept.attempt_id, kept.answered_at) == (second.attempt_id, second.answered_at)
    assert kept.at == kept.answered_at + 2.0
    assert world.said.index(kept) < world.said.index(world.every(c.Play)[0])
