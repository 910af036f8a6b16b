"""Beat: what a dialer does every so many seconds, on a grid of its own."""

from __future__ import annotations


class Beat:
    """Due once in each span of `every_s`, however often it is asked."""

    __slots__ = ("_every_s", "_next")

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._next = 0.0

    def is_due(self, now: float) -> bool:
        if now < self._next:
            return False
        self._next = (now // self._every_s + 1.0) * self._every_s
        return True
