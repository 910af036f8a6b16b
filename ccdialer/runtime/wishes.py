"""What callers wish, written in a thread of its own: in order, once, and kept until it is written.

Who has pressed the key that asks not to be called has asked, whether the database answers in time
or not. So a wish stays in the queue while the database is locked or away; its script gets TIMEOUT
and the call goes on. The same wish of the same call is one wish.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

import structlog

from ccdialer.errors import CcdialerError, StorageUnavailable
from ccdialer.fastagi.desk import Done
from ccdialer.fastagi.script import Status
from ccdialer.runtime.clock import wall_ms
from ccdialer.storage.database import Database

log = structlog.get_logger()

RETRY_S = 0.2
WAITED_S = 1.0
"""So long a script waits for its wish to be written; it is written afterwards too."""
KEPT = 10_000  # wishes by which a repeated one is known
QUEUED_MOST = 10_000

Write = Callable[[Database, int], Done]
"""Writes it; `now` in epoch ms. May be given again after StorageUnavailable."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that a caller, or his dialplan, wants done."""

    key: Hashable  # the same again is the same wish
    write: Write
    result: Future[Done]


class Wishes:
    """The queue of wishes, and the thread that fulfils them."""

    def __init__(self, database: Database, written: Callable[[], None] = lambda: None) -> None:
        self._database = database
        self._written = written  # told after each, in the writing thread
        self._queue: SimpleQueue[Wish | None] = SimpleQueue()
        self._known: OrderedDict[Hashable, Future[Done]] = OrderedDict()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._gives_up = False

    def fulfil(self, key: Hashable, write: Write, waits_s: float = WAITED_S) -> Done:
        """Have it written; what came of it, or TIMEOUT if that takes longer. From any thread."""
        with self._lock:
            result = self._known.get(key)
            if result is None:
                if self._queue.qsize() >= QUEUED_MOST:
                    return Done(Status.ERROR, "too_many_wishes")
                result = Future()
                self._queue.put(Wish(key, write, result))
                self._known[key] = result
                self._start()
            self._known.move_to_end(key)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        try:
            return result.result(waits_s)
        except TimeoutError:
            return Done(Status.TIMEOUT, "database_slow")

    @property
    def depth(self) -> int:
        """Wishes that are not written yet."""
        return self._queue.qsize()

    def close(self, timeout_s: float) -> bool:
        """Write what is queued, then end; False if the database did not take it in time."""
        if self._thread is None:
            return True
        self._queue.put(None)
        self._thread.join(timeout_s)
        self._gives_up = True
        left = self._left()
        if left:
            log.error("wishes of callers are not written", count=left)
        return not left

    def _left(self) -> int:
        count = int(self._thread is not None and self._thread.is_alive())
        while True:
            try:
                count += self._queue.get_nowait() is not None
            except Empty:
                return count

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="wishes", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while (wish := self._queue.get()) is not None:
            done = self._insist(wish)
            wish.result.set_result(done)
            if done.status is Status.OK:
                self._written()
            elif done.status is Status.ERROR:
                with self._lock:  # it may be tried again
                    self._known.pop(wish.key, None)

    def _insist(self, wish: Wish) -> Done:
        while not self._gives_up:
            try:
                return wish.write(self._database, wall_ms())
            except StorageUnavailable as error:
                log.warning("a caller's wish waits for the database", trouble=str(error))
                time.sleep(RETRY_S)
            except CcdialerError as error:
                log.warning("a caller's wish was refused", why=str(error))
                return Done(Status.ERROR, "refused")
            except Exception:
                log.exception("a caller's wish could not be written")
                return Done(Status.ERROR, "write_failed")
        return Done(Status.ERROR, "stopping")


class NoWishes:
    """For trying a script: nothing is written, and what would be is told."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def fulfil(self, key: Any, write: Write, waits_s: float = WAITED_S) -> Done:
        self._tell("not written (--really writes it): " + " ".join(str(part) for part in key))
        return Done(Status.OK, "dry_run")
