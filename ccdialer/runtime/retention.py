"""Retention: recordings are weighed when they end, and deleted when time or room is over."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from ccdialer.config import Config, Recordings
from ccdialer.core.commands import NoteRecording
from ccdialer.core.events import RecordingEnded, RecordingFailed
from ccdialer.core.stored import DAY_S, Limits, RecordingState, Stored, attempt_in, to_go
from ccdialer.errors import StorageUnavailable
from ccdialer.runtime.archive import SeenFile, seconds_of, seen_in, size_of
from ccdialer.runtime.clock import wall_ms
from ccdialer.runtime.driver import Driver
from ccdialer.runtime.library import Library
from ccdialer.storage import (
    Database,
    Entry,
    KnownFile,
    known_files,
    mark_deleted,
    note,
    unfinished,
)
from ccdialer.storage.recordings import note_recordings

log = structlog.get_logger()

TEND_EVERY_S = 60.0
STOCK_EVERY_S = 3600.0
MOST_AT_ONCE = 2000
"""Files deleted in one run; the rest has to wait for the next."""
PAGE = 1000
FRESH_S = 60.0
"""A file changed since is being written, whatever is known of its talk."""
SETTLED_MS = 30_000
"""The word of a recording's end comes within this after its attempt is closed, if it comes."""
MB, GB = 1e6, 1e9

Delete = Callable[[str], Awaitable[str]]
"""Has Asterisk delete the recording of that name; empty, or why it did not."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What was found in the folder, and what is to be deleted now."""

    going: tuple[str, ...]
    size: int  # bytes of what goes
    kept: int  # files
    kept_size: int
    strays: int  # files of which no attempt is known
    strays_size: int


class Retention:
    """Cares for the recordings of one node. Asterisk deletes them: the files are its own, and the
    daemon needs no right to write where they are."""

    def __init__(self, library: Library, driver: Driver, delete: Delete) -> None:
        self._library = library
        self._driver = driver
        self._delete = delete
        self._node, self._wanted = "", Recordings()
        self._weighing: set[asyncio.Task[None]] = set()
        self._stock_at = -STOCK_EVERY_S
        self._told = ""

    def take(self, config: Config) -> None:
        """The configuration as it is from now on."""
        self._node, self._wanted = config.node, config.recordings
        self.look_for_room()

    def hear(self, event: RecordingEnded | RecordingFailed) -> None:
        """Tell the core of a recording's end, with the size of its file; a failure is logged."""
        attempt_id = attempt_in(event.name)
        if isinstance(event, RecordingFailed):
            if attempt_id:
                log.warning("talk not recorded", attempt=attempt_id, reason=event.reason)
            self._driver.tell(event)
        elif attempt_id:
            self._weigh_soon(event)

    def _weigh_soon(self, event: RecordingEnded) -> None:
        task = asyncio.get_running_loop().create_task(self._weigh(event))
        self._weighing.add(task)
        task.add_done_callback(self._weighing.discard)

    async def _weigh(self, event: RecordingEnded) -> None:
        wanted = self._wanted
        event = await asyncio.to_thread(weighed, event, wanted.folder, wanted.format)
        self._driver.tell(event)

    async def tend(self) -> None:
        """Every minute: is there room, what became of recordings whose end nobody told; and every
        hour, what must go."""
        wanted = self._wanted
        self.look_for_room()
        before = wall_ms() - SETTLED_MS
        now = self._driver.clock.now()
        try:
            await self._library.read(settle, wanted.folder, self._node, before)
            if now - self._stock_at >= STOCK_EVERY_S:
                await self.take_stock()
                self._stock_at = now
        except StorageUnavailable as error:
            log.warning("recordings not cared for", trouble=str(error))

    def look_for_room(self) -> None:
        """Nothing is recorded on a disk that is almost full: it is Asterisk's own, too."""
        board = self._driver.dialer.board
        trouble = no_room(self._wanted)
        if trouble and not board.rules.no_recording:
            log.error("talks are not recorded", trouble=trouble)
        board.rules = replace(board.rules, no_recording=trouble)

    async def take_stock(self) -> None:
        """Delete what must go, oldest first, and say so; report files of unknown origin."""
        wanted = self._wanted
        try:
            stock = await self._library.read(taken, wanted, self._node, wall_ms())
        except OSError as error:
            self._tell(f"{error.filename or wanted.folder}: {error.strerror}")
            return
        self._tell(_strays(stock, wanted.folder) if stock.strays else "")
        await self._remove(stock.going)
        if stock.going:
            log.info(
                "recordings deleted",
                files=len(stock.going),
                mb=round(stock.size / MB, 1),
                kept=stock.kept,
                kept_mb=round(stock.kept_size / MB, 1),
            )

    async def _remove(self, names: Sequence[str]) -> None:
        failures = [why for name in names if (why := await self._delete(name))]
        if failures:  # their rows say "deleted": the next run finds the files, and tries again
            log.warning("recordings not deleted", files=len(failures), trouble=failures[0])

    def _tell(self, trouble: str) -> None:
        if trouble and trouble != self._told:
            log.warning("folder of recordings", trouble=trouble)
        self._told = trouble


def no_room(wanted: Recordings) -> str:
    """Why nothing can be recorded now; empty: it can, or nobody here can tell."""
    try:
        free = shutil.disk_usage(wanted.folder).free
    except OSError:
        return ""
    if free >= wanted.min_free_gb * GB:
        return ""
    limit = f"recordings.min_free_gb is {wanted.min_free_gb:g}"
    return f"{free / GB:.1f} GB are free in {wanted.folder}, {limit}"


def _strays(stock: Stock, folder: str) -> str:
    size = f"{stock.strays_size / MB:.1f} MB"
    return f"{stock.strays} recordings ({size}) in {folder} belong to no attempt; they stay"


# --- on a reading thread ------------------------------------------------------------------------


def weighed(event: RecordingEnded, folder: str, kind: str) -> RecordingEnded:
    """The same with the size of the file, and with a length that is not rounded to seconds."""
    size = size_of(folder, event.name, kind)
    return event if size is None else replace(event, size=size, seconds=seconds_of(kind, size))


def settle(database: Database, folder: str, node: str, before: int) -> int:
    """Recordings that ended while no daemon was there: what their files tell. `before` in epoch ms;
    how many there were. Where the folder is not to be seen, they stay as they are."""
    if not Path(folder).is_dir():
        return 0
    found = [
        _settled(folder, name, kind)
        for name, kind in unfinished(database, node, before, MOST_AT_ONCE)
    ]
    note_recordings(database, found)
    return len(found)


def _settled(folder: str, name: str, kind: str) -> NoteRecording:
    size = size_of(folder, name, kind)
    if size is None:
        state, reason = RecordingState.FAILED, "no file was found when the talk was over"
        return NoteRecording(attempt_in(name), name, state, 0.0, reason)
    seconds = seconds_of(kind, size)
    return NoteRecording(attempt_in(name), name, RecordingState.DONE, 0.0, "", seconds, size)


def taken(database: Database, wanted: Recordings, node: str, now: int) -> Stock:
    """Look through the folder, decide, and mark what goes before it does. Raises OSError."""
    found = _sorted_out(database, list(seen_in(wanted.folder)), node, now / 1000)
    total = sum(file.size for file in found.ours)
    going = to_go(found.ours, limits_of(wanted, total), now / 1000)[:MOST_AT_ONCE]
    marked = _mark(database, going, node, now)
    again = found.marked[:MOST_AT_ONCE]
    size = sum(file.size for file in marked)
    return Stock(
        going=(*(file.name for file in marked), *(file.name for file in again)),
        size=size + sum(file.size for file in again),
        kept=len(found.ours) - len(marked),
        kept_size=total - size,
        strays=len(found.strays),
        strays_size=sum(file.size for file in found.strays),
    )


@dataclass(frozen=True, slots=True)
class _Sorted:
    ours: list[Stored] = field(default_factory=list)
    marked: list[SeenFile] = field(default_factory=list)  # deleted, they say, and still there
    strays: list[SeenFile] = field(default_factory=list)


def _sorted_out(database: Database, files: list[SeenFile], node: str, now: float) -> _Sorted:
    """Files by what is known of them; those of other nodes are left to them."""
    found = _Sorted()
    for first in range(0, len(files), PAGE):
        page = files[first : first + PAGE]
        known = known_files(database, node, [file.name for file in page])
        for file in page:
            _sort(found, file, known.get(file.name), node, now)
    return found


def _sort(found: _Sorted, file: SeenFile, about: KnownFile | None, node: str, now: float) -> None:
    if about is None:
        found.strays.append(file)
    elif about.node == node and about.state is RecordingState.DELETED:
        found.marked.append(file)
    elif about.node == node:
        is_running = about.is_live or now - file.changed_at < FRESH_S
        found.ours.append(Stored(file.name, about.begun_at / 1000, file.size, is_running))


def limits_of(wanted: Recordings, total: int) -> Limits:
    """The configured limits; a disk that is too full lowers what may be kept of `total` bytes."""
    keep_bytes = round(wanted.keep_gb * GB) if wanted.keep_gb else None
    short = round(wanted.min_free_gb * GB) - shutil.disk_usage(wanted.folder).free
    if short > 0:
        room = max(0, total - short)
        keep_bytes = room if keep_bytes is None else min(room, keep_bytes)
    keep_s = wanted.keep_days * DAY_S if wanted.keep_days else None
    return Limits(keep_s, keep_bytes)


def _mark(database: Database, going: Sequence[Stored], node: str, now: int) -> list[Stored]:
    marked: set[str] = set()
    for first in range(0, len(going), PAGE):
        names = [file.name for file in going[first : first + PAGE]]
        marked |= set(mark_deleted(database, names, "retention", now))
    gone = [file for file in going if file.name in marked]
    if gone:
        size = sum(file.size for file in gone)
        span = {"first": gone[0].name, "last": gone[-1].name}
        detail = {"files": len(gone), "bytes": size, **span}
        note(database, Entry(now, "recording", "deleted", "retention", node=node, detail=detail))
    return gone
