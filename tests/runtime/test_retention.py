"""Recordings of a node are weighed, settled and deleted; nobody else's are touched."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ccdialer import storage
from ccdialer.config import Config, Recordings
from ccdialer.core.commands import NoteRecording, OpenRecording
from ccdialer.core.events import RecordingEnded, RecordingFailed
from ccdialer.core.stored import RecordingState
from ccdialer.runtime import retention as module
from ccdialer.runtime.archive import path_of
from ccdialer.runtime.retention import Retention, limits_of, no_room, settle, taken
from ccdialer.storage import Database, RecordingFilter
from tests.runtime.floor import NODE, Floor, until, wall

S = RecordingState
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
KB = 1e-6  # of a gigabyte
ALL = RecordingFilter()

Begin = Callable[..., str]


@dataclass
class Shelf:
    """A folder of recordings; `delete` is Asterisk's hand."""

    folder: Path
    refuses: set[str] = field(default_factory=set)
    deleted: list[str] = field(default_factory=list)

    def put(self, name: str, size: int = 1000, age_s: float = 7200.0) -> Path:
        path = path_of(str(self.folder), name, "wav")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0" * size)
        changed = wall() / 1000 - age_s
        os.utime(path, (changed, changed))
        return path

    async def delete(self, name: str) -> str:
        if name in self.refuses:
            return "500 Internal Server Error"
        self.deleted.append(name)
        path_of(str(self.folder), name, "wav").unlink(missing_ok=True)
        return ""

    def names(self) -> set[str]:
        return {str(path.relative_to(self.folder))[:-4] for path in self.folder.rglob("*.wav")}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "shelf").mkdir()
    return Shelf(tmp_path / "shelf")


@pytest.fixture
async def begin(floor: Floor, shelf: Shelf) -> Begin:
    """Makes the recording of a call that was over long ago, with its file; its name."""
    count = iter(range(100))

    def make(age_ms: int = DAY_MS, size: int = 1000, node: str = NODE, live: bool = False) -> str:
        attempt_id = f"{next(count):032x}"
        _attempt(floor, attempt_id, wall() - age_ms, live)
        name = f"2026-11-25/{attempt_id}"
        at = (wall() - age_ms) / 1000
        _carry(floor.db, OpenRecording(attempt_id, name, "wav", at), node=node)
        _carry(floor.db, NoteRecording(attempt_id, name, S.DONE, at, "", 1.0, size))
        shelf.put(name, size)
        return name

    return make


def _attempt(floor: Floor, attempt_id: str, at: int, live: bool) -> None:
    number = f"+7916{int(attempt_id, 16):07d}"
    row = storage.TaskRow(((number, number),), wall() + DAY_MS)  # not due
    storage.insert_tasks(floor.db, floor.campaign.id, [row], at)
    found = storage.list_tasks(floor.db, storage.TaskFilter(number=number))
    floor.db.run(
        "INSERT INTO attempt (id, task_id, campaign_id, number, node, opened_at, ended_at, counts,"
        " note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')",
        (
            *(attempt_id, found[0]["id"], floor.campaign.id, number, NODE, at),
            *(None if live else at + 1000, True),
        ),
    )


def _carry(db: Database, *commands: Any, node: str = NODE) -> None:
    storage.carry_out(db, commands, node, lambda seconds: round(seconds * 1000))


def made(floor: Floor, shelf: Shelf, **wanted: Any) -> Retention:
    settings = replace(Recordings(folder=str(shelf.folder), min_free_gb=0), **wanted)
    retention = Retention(floor.library, floor.driver, shelf.delete)
    retention.take(Config(node=NODE, recordings=settings))
    return retention


def states(db: Database) -> dict[str, str]:
    return {row["name"]: row["state"] for row in storage.list_recordings(db, ALL)}


async def test_too_old_is_deleted_marked_and_noted(
    floor: Floor, shelf: Shelf, begin: Begin
) -> None:
    old, young = begin(age_ms=8 * DAY_MS), begin(age_ms=6 * DAY_MS)
    await made(floor, shelf, keep_days=7).take_stock()
    assert shelf.names() == {young}
    assert states(floor.db) == {old: S.DELETED, young: S.DONE}
    (entry,) = storage.read_journal(floor.db, "recording")
    assert (entry["state"], entry["reason"], entry["node"]) == ("deleted", "retention", NODE)
    assert entry["detail"] == {"files": 1, "bytes": 1000, "first": old, "last": old}


async def test_too_much_is_deleted_oldest_first_and_never_a_running_one(
    floor: Floor, shelf: Shelf, begin: Begin
) -> None:
    running = begin(age_ms=10 * HOUR_MS, live=True)
    oldest, middle, newest = (begin(age_ms=n * HOUR_MS) for n in (9, 8, 7))
    being_written = begin(age_ms=9 * HOUR_MS + 1000)
    shelf.put(being_written, 1000, age_s=1.0)
    await made(floor, shelf, keep_gb=3 * KB).take_stock()
    assert shelf.deleted == [oldest, middle]
    assert shelf.names() == {running, being_written, newest}


async def test_another_node_s_and_unknown_files_stay(
    floor: Floor, shelf: Shelf, begin: Begin
) -> None:
    theirs = begin(age_ms=90 * DAY_MS, node="two")
    stray = "2026-11-25/0fff"
    shelf.put(stray, 5000)
    with capture_logs() as logs:
        retention = made(floor, shelf, keep_days=1, keep_gb=KB / 10)
        await retention.take_stock()
        await retention.take_stock()
    assert shelf.names() == {theirs, stray}
    assert ["1 recordings" in line.get("trouble", "") for line in logs] == [True], "told once"


async def test_what_asterisk_did_not_delete_is_tried_again(
    floor: Floor, shelf: Shelf, begin: Begin
) -> None:
    name = begin(age_ms=8 * DAY_MS)
    shelf.refuses.add(name)
    retention = made(floor, shelf, keep_days=7)
    with capture_logs() as logs:
        await retention.take_stock()
    assert shelf.names() == {name}
    assert any("500" in line.get("trouble", "") for line in logs)
    shelf.refuses.clear()
    await retention.take_stock()
    assert shelf.names() == set()
    assert len(storage.read_journal(floor.db, "recording")) == 1


async def test_a_run_is_bounded(
    floor: Floor, shelf: Shelf, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(module, "PAGE", 2)
    for n in range(5):
        begin(age_ms=(20 - n) * DAY_MS)
    retention = made(floor, shelf, keep_days=7)
    counts = []
    for _ in range(3):
        await retention.take_stock()
        counts.append(len(shelf.names()))
    assert counts == [3, 1, 0]


async def test_what_ended_while_no_daemon_was_there_is_settled(
    floor: Floor, shelf: Shelf, begin: Begin
) -> None:
    whole, lost, live = begin(size=44 + 48000), begin(), begin(live=True)
    floor.db.run("UPDATE recording SET state = 'running', size = NULL, seconds = NULL")
    path_of(str(shelf.folder), lost, "wav").unlink()
    assert settle(floor.db, str(shelf.folder / "away"), NODE, wall()) == 0
    assert settle(floor.db, str(shelf.folder), NODE, wall()) == 2
    rows = {row["name"]: row for row in storage.list_recordings(floor.db, ALL)}
    assert (rows[whole]["state"], rows[whole]["seconds"]) == (S.DONE, 3.0)
    assert (rows[lost]["state"], rows[live]["state"]) == (S.FAILED, S.RUNNING)
    assert "no file was found" in rows[lost]["reason"]


async def test_a_recording_is_weighed_when_it_ends(
    floor: Floor, shelf: Shelf, begin: Begin
) -> None:
    name = begin(size=44 + 40000)
    floor.db.run("UPDATE recording SET state = 'running', size = NULL, seconds = NULL")
    retention = made(floor, shelf)
    retention.hear(RecordingEnded("of/others", 3))
    retention.hear(RecordingEnded(name, 3))
    await until(lambda: states(floor.db)[name] == S.DONE)
    (row,) = storage.list_recordings(floor.db, ALL)
    assert (row["size"], row["seconds"]) == (40044, 2.5)


async def test_a_failure_is_logged_and_kept(floor: Floor, shelf: Shelf, begin: Begin) -> None:
    name = begin()
    floor.db.run("UPDATE recording SET state = 'running'")
    with capture_logs() as logs:
        made(floor, shelf).hear(RecordingFailed(name, "disk full"))
    await until(lambda: states(floor.db)[name] == S.FAILED)
    (line,) = [entry for entry in logs if entry["event"] == "talk not recorded"]
    assert (line["log_level"], line["reason"]) == ("warning", "disk full")


async def test_a_folder_that_is_not_to_be_seen_is_told_once(floor: Floor, shelf: Shelf) -> None:
    retention = made(floor, Shelf(shelf.folder / "none"))
    with capture_logs() as logs:
        await retention.take_stock()
        await retention.take_stock()
    assert [line["trouble"] for line in logs if line["event"] == "folder of recordings"] == [
        f"{shelf.folder}/none: No such file or directory"
    ]


async def test_on_a_full_disk_nothing_is_recorded_until_there_is_room(
    floor: Floor, shelf: Shelf
) -> None:
    free_gb = shutil.disk_usage(shelf.folder).free / 1e9
    retention = made(floor, shelf, min_free_gb=2 * free_gb)
    rules = floor.driver.dialer.board
    assert "recordings.min_free_gb is" in rules.rules.no_recording
    retention.take(Config(node=NODE, recordings=Recordings(str(shelf.folder), min_free_gb=0)))
    assert rules.rules.no_recording == ""


def test_a_full_disk_lowers_what_may_be_kept(tmp_path: Path) -> None:
    free_gb = shutil.disk_usage(tmp_path).free / 1e9
    full = Recordings(str(tmp_path), keep_gb=0, min_free_gb=2 * free_gb)
    keep = limits_of(full, 10**9).keep_bytes
    assert keep is not None
    assert keep < 10**9
    assert limits_of(replace(full, min_free_gb=0), 10**9).keep_bytes is None
    assert no_room(replace(full, folder="/nowhere")) == ""


async def test_an_hour_of_minutes_takes_stock_once(
    floor: Floor, shelf: Shelf, begin: Begin
) -> None:
    begin(age_ms=8 * DAY_MS)
    retention = made(floor, shelf, keep_days=7)
    await retention.tend()
    assert shelf.names() == set()
    begin(age_ms=9 * DAY_MS)
    await retention.tend()
    assert len(shelf.names()) == 1


async def test_a_database_that_is_away_is_told_and_the_next_minute_tries_again(
    floor: Floor, shelf: Shelf, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(age_ms=8 * DAY_MS)
    retention = made(floor, shelf, keep_days=7)
    monkeypatch.setattr(storage.database, "BUSY_TIMEOUT_S", 0.1)
    blocker = sqlite3.connect(str(floor.db.path), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with capture_logs() as logs:
        await retention.tend()
    assert "locked" in logs[-1]["trouble"]
    assert len(shelf.names()) == 1
    blocker.execute("ROLLBACK")
    blocker.close()
    await retention.tend()
    assert shelf.names() == set()


def test_stock_without_files_is_nothing(db: Database, shelf: Shelf) -> None:
    found = taken(db, Recordings(str(shelf.folder), min_free_gb=0), NODE, wall())
    assert (found.going, found.kept, found.strays) == ((), 0, 0)
