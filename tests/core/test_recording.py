"""A talk is recorded from its beginning to its end, and nothing that fails there touches it."""

import re

import pytest

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import MOST_PARTS, CallState, recorder
from ccdialer.core.board import FloorRules
from ccdialer.core.disposition import Disposition
from ccdialer.core.stored import RecordingState
from tests.core.world import World, dialing, talking

S = RecordingState
WHOLE = [S.ASKED, S.RUNNING, S.DONE]


@pytest.mark.parametrize("kept_up", [True, False])
def test_a_talk_is_recorded_from_the_join_to_the_client_s_end(kept_up: bool) -> None:
    world, call = dialing(kept_up, record=True)
    assert world.every(c.StartRecording) == []
    world.answer(call)
    (start,) = world.every(c.StartRecording)
    assert start.leg_id == call.leg_id
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d/{call.attempt_id}", start.name)
    joins = [n for n, said in enumerate(world.said) if isinstance(said, c.Join | c.OpenBridge)]
    assert world.said.index(start) > joins[-1], "the join waited for it"
    world.hang_up(call.leg_id)
    assert world.storage.recordings == {start.name: WHOLE}
    assert world.every(c.StopRecording) == []  # it ends with the leg, by itself


def test_two_talks_of_a_kept_up_agent_are_two_files() -> None:
    world = World()
    world.campaign(2, record=True, wrap_up_s=0.0)
    world.sign_in("anna", kept_up=True)
    for _ in range(2):
        world.hang_up(world.answer(world.call).leg_id)
        world.wait(1.0)
    assert list(world.storage.recordings.values()) == [WHOLE, WHOLE]


def test_a_campaign_that_does_not_record_is_not_recorded() -> None:
    world, _ = talking(record=False, record_notice="sound:recorded")
    assert world.every(c.StartRecording) == world.every(c.Play) == []


def test_both_hear_that_they_are_recorded() -> None:
    world, call = talking(record=True, record_notice="sound:recorded")
    plays = world.every(c.Play)
    assert [play.leg_id for play in plays] == [call.leg_id, call.agent_leg_id]
    assert {play.sounds for play in plays} == {"sound:recorded"}
    assert world.said.index(world.every(c.StartRecording)[0]) < world.said.index(plays[0])
    for play in plays:
        world.tell(e.PlaybackEnded(play.playback_id))
    assert call.state is CallState.TALKING


def test_a_recording_that_fails_leaves_the_talk_alone() -> None:
    world, call = dialing(record=True)
    world.has_room = False
    world.answer(call)
    assert call.state is CallState.TALKING
    assert world.state("anna") is AgentState.TALKING
    (note,) = world.every(c.NoteRecording)
    assert (note.state, note.reason) == (S.FAILED, "500 Internal Server Error")
    world.hang_up(call.leg_id)
    assert world.outcomes == [Disposition.TALKED]


def test_where_nothing_can_be_recorded_the_reason_is_kept_and_nobody_is_told_he_is() -> None:
    rules = FloorRules(no_recording="0.1 GB free in the folder of recordings")
    world = World(rules)
    world.campaign(1, record=True, record_notice="sound:recorded")
    world.sign_in("anna")
    world.answer(world.call)
    assert world.every(c.StartRecording) == world.every(c.Play) == []
    (note,) = world.every(c.NoteRecording)
    assert (note.state, note.reason) == (S.FAILED, rules.no_recording)


def test_of_a_leg_whose_end_is_never_told_the_recording_is_ended() -> None:
    world, call = talking(record=True)
    world.obeys = False
    world.tell(e.HangUpAsked(world.agents["anna"].id))
    world.wait(20)
    assert world.outcomes == [Disposition.TALKED]
    assert world.recorders == {}
    assert list(world.storage.recordings.values()) == [WHOLE]
    assert call.state is CallState.CLOSED


@pytest.mark.parametrize("sessions_first", [True, False])
def test_a_recording_outlives_the_daemon(sessions_first: bool) -> None:
    world, call = talking(record=True)
    world.restart(sessions_first)
    world.find_switch()
    assert list(world.recorders) == [recorder(call.attempt_id, 1)]
    world.hang_up(call.leg_id)
    assert list(world.storage.recordings.values()) == [WHOLE]


def test_the_recording_of_a_talk_that_has_ended_is_ended_too() -> None:
    world, call = talking(record=True)
    world.restart()
    del world.legs[call.leg_id]
    world.find_switch()
    assert world.recorders == {}
    assert world.outcomes == [Disposition.TALKED]


def test_a_talk_found_again_without_its_recording_is_recorded_on() -> None:
    world, call = talking(record=True)
    world.restart()
    world.recorders.clear()
    world.find_switch()
    assert list(world.recorders) == [recorder(call.attempt_id, 2)]
    first, second = world.storage.recordings
    assert second == f"{first}-2"


def test_what_listens_and_may_not_write_is_not_believed() -> None:
    world, call = dialing(record=True)
    world.prompt = False
    world.answer(call)
    while not world.recorders:
        world.tell(world.news.popleft())
    world.news.clear()  # the word that it has started is lost with the socket
    world.prompt = True
    world.lose_switch()
    world.find_switch()
    assert list(world.recorders) == [recorder(call.attempt_id, 2)]
    first, second = world.storage.recordings.values()
    assert (first[-1], second[-1]) == (S.DONE, S.RUNNING)


def test_a_talk_is_not_cut_into_files_without_end() -> None:
    world, _ = talking(record=True)
    for _ in range(MOST_PARTS + 2):
        world.lose_switch()
        world.recorders.clear()
        world.find_switch()
    assert len(world.storage.recordings) == MOST_PARTS


def test_a_client_joined_while_nobody_looked_is_recorded_once() -> None:
    world, call = dialing(record=True)
    world.prompt = False
    world.answer(call)  # the word of the join is still on its way
    world.news.clear()
    world.lose_switch()
    world.find_switch()
    world.catch_up()
    assert call.state is CallState.TALKING
    assert len(world.storage.recordings) == 1


def test_what_others_record_is_none_of_ours() -> None:
    world, _ = talking(record=False)
    for name in ("voicemail", "2026-11-25/UPPER", "../2026-11-25/0000000001"):
        world.tell(e.RecordingStarted(name))
        world.tell(e.RecordingEnded(name, 3.0))
    assert world.every(c.NoteRecording) == []
