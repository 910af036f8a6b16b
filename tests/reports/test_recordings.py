"""The report of recordings: a row for each, page by page."""

from __future__ import annotations

import pytest

from ccdialer.core.commands import NoteRecording, OpenRecording
from ccdialer.core.disposition import Disposition
from ccdialer.core.stored import RecordingState
from ccdialer.reports import attempts, recordings, table
from ccdialer.storage import AttemptFilter, RecordingFilter, list_attempts
from tests.reports.scenes import Scene


def record(scene: Scene, number: str) -> str:
    """A talk that is recorded; the attempt's id."""
    scene.add(number)
    scene.call(Disposition.TALKED)
    attempt_id = str(list_attempts(scene.db, AttemptFilter())[-1]["id"])
    name, at = f"2026-09-21/{attempt_id}", scene.now / 1000
    scene.carry(OpenRecording(attempt_id, name, "wav", at))
    scene.carry(NoteRecording(attempt_id, name, RecordingState.DONE, at, "", 60.0, 960_044))
    scene.now += 1000
    return attempt_id


def test_a_row_for_each_though_they_come_in_pages(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "PAGE", 2)
    made = [record(scene, f"+7916000000{n}") for n in range(5)]
    found = recordings.recordings(scene.db, RecordingFilter(limit=0))
    keys = [column.key for column in found.columns]
    rows = [dict(zip(keys, row, strict=True)) for row in found.rows]
    assert [row["attempt_id"] for row in rows] == made
    first = rows[0]
    assert (first["campaign"], first["agent"], first["state"]) == ("demo", "anna", "done")
    assert (first["seconds"], first["mb"], first["size"]) == (60.0, 0.960044, 960_044)


def test_an_attempt_tells_its_recording(scene: Scene) -> None:
    attempt_id = record(scene, "+79160000000")
    (stored,) = list_attempts(scene.db, AttemptFilter())
    told = attempts.record(stored)
    assert (told["recording"], told["recording_name"]) == ("done", f"2026-09-21/{attempt_id}")
