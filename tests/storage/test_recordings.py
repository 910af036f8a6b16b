"""Recordings are found from their attempt, and what is said of them late or twice harms nothing."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.commands import NoteRecording, OpenAttempt, OpenRecording, RecordJoin
from ccdialer.core.queue import Fate
from ccdialer.core.stored import RecordingState
from ccdialer.storage import Database, RecordingFilter
from tests.storage.callers import agent_of, comes, ends, joins, queue_of
from tests.storage.samples import NODE, NOW, at, carry, claim, closing, insert, number, opening, row

S = RecordingState


@pytest.fixture
def talks(db: Database, campaign: Campaign) -> list[OpenAttempt]:
    """Three attempts that were joined."""
    insert(db, campaign, [row(i) for i in range(3)])
    opened = [opening(task) for task in claim(db, campaign, 3)]
    carry(db, *opened, *(RecordJoin(o.attempt_id, 7, "leg", at(5), at(6)) for o in opened))
    return opened


def begun(opened: OpenAttempt, part: str = "", after_s: float = 6) -> OpenRecording:
    name = f"2027-01-15/{opened.attempt_id}{part}"
    return OpenRecording(opened.attempt_id, name, "wav", at(after_s))


def told(recording: OpenRecording, state: S, **known: Any) -> NoteRecording:
    return NoteRecording(recording.attempt_id, recording.name, state, at(60), **known)


def test_a_recording_is_found_from_its_attempt(db: Database, talks: list[OpenAttempt]) -> None:
    recording = begun(talks[0])
    carry(db, recording, told(recording, S.RUNNING), told(recording, S.DONE, seconds=3.0))
    carry(db, told(recording, S.DONE, size=48044))
    (found,) = storage.list_recordings(db, RecordingFilter(attempt_id=talks[0].attempt_id))
    assert (found["name"], found["format"]) == (recording.name, "wav")
    assert (found["node"], found["state"]) == (NODE, S.DONE)
    assert (found["seconds"], found["size"], found["begun_at"]) == (3.0, 48044, NOW + 6000)
    assert (found["campaign"], found["number"]) == ("demo", talks[0].number)
    rows = {r["id"]: r["recordings"] for r in storage.list_attempts(db, storage.AttemptFilter())}
    assert [part["name"] for part in rows[talks[0].attempt_id]] == [recording.name]
    assert rows[talks[1].attempt_id] == []


def test_opening_and_news_in_one_batch_and_again(db: Database, talks: list[OpenAttempt]) -> None:
    first, second = begun(talks[0]), begun(talks[1])
    batch = (
        *(first, told(first, S.RUNNING), second, told(second, S.FAILED, reason="disk full")),
        *(told(first, S.DONE, seconds=1.0), begun(talks[2])),
    )
    for _ in range(2):
        carry(db, *batch)
    rows = storage.list_recordings(db, RecordingFilter())
    assert [row["state"] for row in sorted(rows, key=lambda r: r["number"])] == [
        *(S.DONE, S.FAILED, S.ASKED)
    ]
    assert {row["reason"] for row in rows} == {"", "disk full"}


def test_recordings_are_filtered(db: Database, talks: list[OpenAttempt]) -> None:
    made = [begun(opened, after_s=n) for n, opened in enumerate(talks)]
    carry(db, *made, told(made[0], S.DONE))

    def names(**wanted: Any) -> list[str]:
        return [row["name"] for row in storage.list_recordings(db, RecordingFilter(**wanted))]

    every = [recording.name for recording in made]
    assert names() == names(campaign_id=talks[0].campaign_id) == names(agent_id=7) == every
    assert names(campaign_id=0) == names(agent_id=8) == []
    assert names(number=talks[1].number) == [every[1]]
    assert names(since=NOW + 1000, until=NOW + 2000) == [every[1]]
    assert names(states=(S.DONE,)) == [every[0]]
    assert names(after=(NOW, every[0]), limit=1) == [every[1]]


def test_the_recording_of_a_live_talk_is_not_deleted(
    db: Database, talks: list[OpenAttempt]
) -> None:
    live, over = begun(talks[0]), begun(talks[1])
    carry(db, live, over, told(over, S.DONE), closing(talks[1]))
    both = [live.name, over.name, "2027-01-15/unknown"]
    known = storage.known_files(db, NODE, both)
    assert {name: file.is_live for name, file in known.items()} == {
        live.name: True,
        over.name: False,
    }
    assert storage.mark_deleted(db, both, "30 days are over", NOW) == [over.name]
    carry(db, told(over, S.DONE, size=1))  # late, and without effect
    (gone,) = storage.list_recordings(db, RecordingFilter(states=(S.DELETED,)))
    assert (gone["name"], gone["reason"]) == (over.name, "30 days are over")
    assert gone["deleted_at"] == NOW
    assert storage.mark_deleted(db, [over.name], "again", NOW + 1) == [over.name]
    (gone,) = storage.list_recordings(db, RecordingFilter(states=(S.DELETED,)))
    assert gone["deleted_at"] == NOW


def test_what_nobody_told_the_end_of_is_found(db: Database, talks: list[OpenAttempt]) -> None:
    made = [begun(opened) for opened in talks]
    carry(db, *made, told(made[0], S.DONE), closing(talks[0]), closing(talks[1]))
    assert storage.unfinished(db, NODE, NOW + 60_000, 10) == [(made[1].name, "wav")]
    assert storage.unfinished(db, NODE, NOW, 10) == []
    assert storage.unfinished(db, "two", NOW + 60_000, 10) == []


def test_a_node_that_starts_knows_how_many_files_a_talk_has(
    db: Database, talks: list[OpenAttempt]
) -> None:
    second, other = begun(talks[0], "-2"), begun(talks[1])
    carry(db, begun(talks[0]), second, told(second, S.RUNNING), other, told(other, S.FAILED))
    found = {
        f.attempt_id: (f.recordings, f.is_recorded) for f in storage.open_attempts_of(db, NODE)
    }
    assert [found[opened.attempt_id] for opened in talks] == [(2, True), (1, False), (0, False)]


def test_news_of_what_is_not_known_is_nothing(db: Database, talks: list[OpenAttempt]) -> None:
    carry(db, told(begun(talks[0]), S.DONE))
    assert storage.list_recordings(db, RecordingFilter(number=number(9))) == []
    assert storage.list_recordings(db, RecordingFilter()) == []


def test_talks_with_callers_are_recorded_like_others(
    db: Database, talks: list[OpenAttempt]
) -> None:
    queue, anna = queue_of(db), agent_of(db, "anna")
    came = comes(queue, 9)
    carry(db, came, joins(came, anna))
    name = f"2027-01-15/{came.caller.call_id}"
    recording = OpenRecording(came.caller.call_id, name, "wav", at(10))
    carry(db, begun(talks[0]), recording, told(recording, S.RUNNING))
    for wanted in (
        RecordingFilter(number=number(9)),
        RecordingFilter(campaign_id=queue.id),
        RecordingFilter(agent_id=anna),
        RecordingFilter(attempt_id=came.caller.call_id),
    ):
        (found,) = storage.list_recordings(db, wanted)
        assert (found["name"], found["campaign"], found["agent"]) == (name, "sales", "anna")
        assert (found["attempt"], found["number"]) == (came.caller.call_id, number(9))
    assert len(storage.list_recordings(db, RecordingFilter())) == 2
    assert storage.known_files(db, NODE, [name])[name].is_live
    assert storage.mark_deleted(db, [name], "test", NOW) == []  # he talks
    assert storage.unfinished(db, NODE, NOW + 60_000, 9) == []
    carry(db, ends(came, Fate.ANSWERED, 40))
    assert storage.unfinished(db, NODE, NOW + 60_000, 9) == [(name, "wav")]
    assert not storage.known_files(db, NODE, [name])[name].is_live
    assert storage.mark_deleted(db, [name], "test", NOW) == [name]
