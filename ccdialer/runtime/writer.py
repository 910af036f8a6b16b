"""The writing thread: storage commands are carried out in order, many to a transaction."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from ccdialer.core.commands import StorageCommand
from ccdialer.core.events import Event
from ccdialer.errors import StorageUnavailable
from ccdialer.storage.database import BUSY_TIMEOUT_S

log = structlog.get_logger()

BATCH_MOST = 500
GATHER_S = 0.01
"""Least time between two commits: a commit costs more than the few commands it would carry. The
first command after a pause is not kept waiting."""
RETRY_S = 0.2
LAST_TRY_S = BUSY_TIMEOUT_S + 1
"""A batch that is being tried ends within this; nobody closes the database under it."""

IDS = ("attempt_id", "call_id", "task_id", "campaign_id", "agent_id")
"""What a log may tell of a command: all else may be what a CRM knows of a person."""

CarryOut = Callable[[Sequence[StorageCommand]], list[Event]]


class Writer:
    """One thread, one connection. While the database is locked or gone, the batch is tried again,
    unchanged; calls in progress go on, and no new one is dialed, because none is opened."""

    def __init__(self, carry_out: CarryOut, deliver: Callable[[list[Event]], None]) -> None:
        self._carry_out = carry_out
        self._deliver = deliver
        self._queue: queue.SimpleQueue[StorageCommand | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._gives_up = False
        self._committed_at = 0.0
        self._in_hand = 0  # commands of the batch being carried out
        self.stalled_since: float | None = None
        self.trouble = ""

    def start(self) -> None:
        self._thread.start()

    def submit(self, command: StorageCommand) -> None:
        """Queue one command; its answer, if it has one, comes through `deliver`."""
        self._queue.put(command)

    @property
    def depth(self) -> int:
        """Commands that are not carried out yet."""
        return self._queue.qsize() + self._in_hand

    def close(self, timeout_s: float) -> bool:
        """Carry out what is queued, then end. False if that took longer than `timeout_s`:
        then the batch at hand has its last try, and the rest is lost."""
        if self._thread.ident is None:
            return self._queue.empty()
        self._queue.put(None)
        self._thread.join(timeout_s)
        is_done = not self._thread.is_alive()
        self._gives_up = True
        self._thread.join(LAST_TRY_S)
        return is_done

    def _run(self) -> None:
        is_open = True
        while is_open and not self._gives_up:
            batch, is_open = self._next_batch()
            self._in_hand = len(batch)
            if batch:
                self._deliver(self._insist(batch))
                self._committed_at = time.monotonic()
            self._in_hand = 0

    def _next_batch(self) -> tuple[list[StorageCommand], bool]:
        command = self._queue.get()
        time.sleep(max(0.0, self._committed_at + GATHER_S - time.monotonic()))
        batch: list[StorageCommand] = []
        while command is not None:
            batch.append(command)
            if len(batch) >= BATCH_MOST or self._queue.empty():
                return batch, True
            command = self._queue.get()
        return batch, False

    def _insist(self, batch: list[StorageCommand]) -> list[Event]:
        while not self._gives_up:
            try:
                events = self._carry_out(batch)
            except StorageUnavailable as error:
                self._stall(str(error))
                time.sleep(RETRY_S)
            except Exception:
                log.exception("storage refused a batch", commands=len(batch))
                return self._one_by_one(batch)
            else:
                self._unstall()
                return events
        return []

    def _one_by_one(self, batch: list[StorageCommand]) -> list[Event]:
        """A command that cannot be carried out must not take its neighbors with it."""
        if len(batch) == 1:
            log.error("storage command dropped", command=type(batch[0]).__name__, **_ids(batch[0]))
            return []
        return [event for command in batch for event in self._insist([command])]

    def _stall(self, trouble: str) -> None:
        self.trouble = trouble
        if self.stalled_since is None:
            self.stalled_since = time.monotonic()
            log.warning("storage stalls, no new calls until it answers", trouble=trouble)

    def _unstall(self) -> None:
        if self.stalled_since is not None:
            stalled_s = round(time.monotonic() - self.stalled_since, 1)
            log.warning("storage answers again", stalled_s=stalled_s)
            self.stalled_since, self.trouble = None, ""


def _ids(command: StorageCommand) -> dict[str, Any]:
    return {name: getattr(command, name) for name in IDS if hasattr(command, name)}
