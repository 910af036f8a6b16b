"""Drives the core in the event loop: facts in, deeds out, and a timer for the next wake-up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import structlog

from ccdialer.core.commands import Command, StorageCommand, SwitchCommand
from ccdialer.core.dialer import Dialer
from ccdialer.core.events import Event
from ccdialer.runtime.clock import Clock

log = structlog.get_logger()

Watcher = Callable[[Event | None, list[Command]], None]
"""Told the fact (None for a timer) and the deeds it led to."""


class Driver:
    """The whole difference between the real world and a simulated one."""

    def __init__(self, dialer: Dialer, clock: Clock) -> None:
        self.dialer = dialer
        self.clock = clock
        self.to_storage: Callable[[StorageCommand], None] = _nowhere
        self.to_switch: Callable[[SwitchCommand], None] = _nowhere
        self._watchers: list[Watcher] = []
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = float("inf")
        self._is_stopped = False

    def tell(self, event: Event) -> None:
        """Report one fact. Only in the loop's thread."""
        self._think(lambda now: self.dialer.receive(event, now), event)

    def tell_all(self, events: Iterable[Event]) -> None:
        """Report several facts, in order."""
        for event in events:
            self.tell(event)

    @contextmanager
    def watched(self, watcher: Watcher) -> Iterator[None]:
        """Have `watcher` called after every step of the core, while inside."""
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)

    def _think(self, step: Callable[[float], list[Command]], fact: Event | None) -> None:
        try:
            commands = step(self.clock.now())
        except Exception:  # a bug of ours must not end the calls of everybody else
            log.exception("the core could not take this in", fact=repr(fact))
            commands = self._decided_before_the_fault()
        for command in commands:
            self._dispatch(command)
        self._set_alarm()
        for watch in tuple(self._watchers):
            self._show(watch, fact, commands)

    def _decided_before_the_fault(self) -> list[Command]:
        """Should the same fault come at every step, the hang-ups of the others get out."""
        board = self.dialer.board
        commands, board.out = board.out, []
        return commands

    def _dispatch(self, command: Command) -> None:
        try:
            if isinstance(command, StorageCommand):
                self.to_storage(command)
            else:
                self.to_switch(command)
        except Exception:  # the deeds that follow are of other calls
            log.exception("a deed could not be passed on", deed=repr(command))

    def _show(self, watch: Watcher, fact: Event | None, commands: list[Command]) -> None:
        try:
            watch(fact, commands)
        except Exception:  # who only looks on must not stop the play
            log.exception("a watcher failed", fact=repr(fact))

    def _set_alarm(self) -> None:
        due = self.dialer.next_timer()
        if due is None or due == self._alarm_at or self._is_stopped:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = due
        delay = max(0.0, due - self.clock.now())
        self._alarm = asyncio.get_running_loop().call_later(delay, self._ring)

    def _ring(self) -> None:
        self._alarm, self._alarm_at = None, float("inf")
        self._think(self.dialer.fire_timer, None)

    def stop(self) -> None:
        """Wake up no more, whatever is still told."""
        self._is_stopped = True
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = float("inf")


def _nowhere(command: object) -> None:
    """Where deeds go before the world is wired up."""
