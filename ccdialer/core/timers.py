"""Timers: instants at which the dialer wants to be woken, and why."""

from __future__ import annotations

import heapq
from enum import StrEnum


class Wake(StrEnum):
    """Why a timer was set. It is never unset: who is woken looks whether it still matters."""

    PACE = "pace"
    LADDER = "ladder"
    SUMMON_OVER = "summon_over"
    RING_OVER = "ring_over"
    DETECTION_OVER = "detection_over"
    DEADLINE = "deadline"
    ANNOUNCED = "announced"
    HANG_UP_OVER = "hang_up_over"
    PARTED = "parted"
    WRAP_UP_OVER = "wrap_up_over"
    SIGN_IN_OVER = "sign_in_over"
    QUEUE = "queue"  # a waiting caller is looked after
    REFUSED = "refused"  # and at once, when an agent has not taken him
    AGAIN = "again"  # who did not take him may
    OPENS = "opens"
    READING_OVER = "reading_over"
    DRAIN_OVER = "drain_over"


class Timers:
    """A heap of (instant, reason, subject); subject is an attempt id, or an agent id as text."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Wake, str]] = []
        self._serial = 0

    def set(self, at: float, wake: Wake, subject: str = "") -> None:
        """Ask to be woken at `at`."""
        self._serial += 1
        heapq.heappush(self._heap, (at, self._serial, wake, subject))

    def next_at(self) -> float | None:
        """The next instant somebody wants to be woken, if any."""
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> tuple[Wake, str] | None:
        """The earliest timer that is due, taken off the heap."""
        if self._heap and self._heap[0][0] <= now:
            _, _, wake, subject = heapq.heappop(self._heap)
            return wake, subject
        return None
