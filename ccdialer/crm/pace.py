"""How many requests a CRM may be sent: so many at once, then so many a second; callers first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cache

from ccdialer.crm.fault import PACED, CrmFault

LEAST = 1e-6
"""Of a place: what rounding leaves of one is not waited for."""
SHARE = 0.5
"""Of the bucket so much is for whoever can wait: callers always find the rest free of it."""


class Pace:
    """A leaky bucket, as Bitrix24 has it: it holds `burst` requests and drains `per_s`."""

    def __init__(
        self, per_s: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_s = per_s
        self._burst = burst
        self._clock = clock
        self._level = 0.0
        self._seen_at = clock()
        self._lock = threading.Lock()

    def wait_s(self, until: float) -> float:
        """Take a place, and say after how many seconds it is free. Raises CrmFault, and takes none,
        if that is later than `until`."""
        with self._lock:
            now = self._drain()
            wait_s = max(0.0, (self._level + 1 - self._burst) / self._per_s)
            if now + wait_s > until:
                raise CrmFault(PACED, f"more than {self._per_s:g} requests a second")
            self._level += 1
        return wait_s

    def spare_s(self) -> float:
        """For whoever can wait: take a place and return 0 if callers have left room for it; else
        take none, and say in how many seconds there may be room."""
        with self._lock:
            self._drain()
            lacks = self._level + 1 - max(1.0, self._burst * SHARE)
            if lacks > LEAST:
                return lacks / self._per_s
            self._level += 1
            return 0.0

    def _drain(self) -> float:
        now = self._clock()
        self._level = max(0.0, self._level - (now - self._seen_at) * self._per_s)
        self._seen_at = now
        return now


class Spare:
    """What callers leave of a pace, in its place."""

    def __init__(
        self,
        pace: Pace,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pace = pace
        self._clock = clock
        self._sleep = sleep

    def wait_s(self, until: float) -> float:
        """Wait until there is room, and take it. Raises CrmFault if there is none by `until`."""
        while lacks_s := self._pace.spare_s():
            if self._clock() + lacks_s > until:
                raise CrmFault(PACED, "callers need all the requests it may be sent", lacks_s)
            self._sleep(lacks_s)
        return 0.0


@cache
def pace_of(host: str, per_s: float, burst: int) -> Pace:
    """The one bucket of that CRM in this process: what it is asked and what it is told count
    together, as they do there."""
    return Pace(per_s, burst)
