"""Agenda: what is to happen when, in a time that jumps from one thing to the next."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

Deed = Callable[..., None]


class Agenda:
    """A heap of deeds; of two for one instant the one asked for first comes first."""

    __slots__ = ("_heap", "_serial", "now")

    def __init__(self, now: float) -> None:
        self.now = now
        self._heap: list[tuple[float, int, Deed, tuple[Any, ...]]] = []
        self._serial = 0

    def after(self, seconds: float, deed: Deed, *arguments: Any) -> None:
        """Do it so many seconds from now."""
        self.at(self.now + seconds, deed, *arguments)

    def at(self, instant: float, deed: Deed, *arguments: Any) -> None:
        """Do it at that instant, or at once if it is past."""
        self._serial += 1
        heapq.heappush(self._heap, (max(instant, self.now), self._serial, deed, arguments))

    def next_at(self) -> float:
        """When the next deed is due; without end if there is none."""
        return self._heap[0][0] if self._heap else float("inf")

    def step(self) -> None:
        """Go to the next deed and do it."""
        self.now, _, deed, arguments = heapq.heappop(self._heap)
        deed(*arguments)
