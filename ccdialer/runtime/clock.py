"""Engine time: seconds that never jump, turned into calendar time at the edge of storage."""

from __future__ import annotations

import secrets
import time


class Clock:
    """Monotonic time anchored to the epoch when it was made.

    Deadlines of calls must not move when somebody sets the machine's clock; what is written down
    must bear the calendar's time. So the core lives by `now`, and `to_wall` adds how far the
    machine's clock has been moved since.
    """

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        """Seconds since the epoch, as of a clock that nobody sets."""
        return self.at(time.monotonic())

    def at(self, monotonic_s: float) -> float:
        """An instant of time.monotonic() as engine time."""
        return monotonic_s + self._offset

    def drift(self) -> float:
        """Seconds by which the machine's clock is ahead of engine time."""
        return time.time() - self.now()

    def to_wall(self, at: float) -> int:
        """An instant of engine time as UTC epoch milliseconds by the machine's clock."""
        return round((at + self.drift()) * 1000)


def wall_ms() -> int:
    """The machine's clock, UTC epoch milliseconds."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """32 hex digits that sort by time of birth, so that new rows lie together in an index."""
    return f"{wall_ms():012x}{secrets.token_hex(10)}"
