"""How many requests a CRM may be sent: so many at once, then so many a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ccdialer.crm.fault import PACED, CrmFault


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
            now = self._clock()
            self._level = max(0.0, self._level - (now - self._seen_at) * self._per_s)
            self._seen_at = now
            wait_s = max(0.0, (self._level + 1 - self._burst) / self._per_s)
            if now + wait_s > until:
                raise CrmFault(PACED, f"more than {self._per_s:g} requests a second")
            self._level += 1
        return wait_s
