"""Blending: what callers take of agents who serve a campaign too, as chances (SPEC F4, F5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, exp

from ccdialer.core.pacing.freeing import Freeing
from ccdialer.core.pacing.outlook import Group, moments
from ccdialer.core.pacing.policy import Callers

UNLIKELY = 0.1
"""The chance of each of the events that stand for callers to come."""


class Blending:
    """The callers of all queues, at the instants when new calls of one campaign need their agents:
    `horizons_s` from now. It is made anew as those change, and as talks are learned from."""

    def __init__(self, horizons_s: Sequence[int]) -> None:
        self._horizons = tuple(horizons_s)
        self._handling: dict[int, Freeing] = {}  # by queue

    def taken_by(self, callers: Iterable[Callers]) -> list[Group]:
        """Each agent who is with a caller: P(still busy); each caller to come: P(he is there)."""
        taken: list[Group] = []
        for each in callers:
            handling = self._handling.get(each.queue_id) or self._learned(each)
            taken += handling.still_busy(each.talking, each.wrapping)
            taken += self._to_come(each.rate)
        return taken

    def _learned(self, callers: Callers) -> Freeing:
        handling = self._handling[callers.queue_id] = callers.handling.beside()
        handling.refresh(callers.talking, callers.wrapping, self._horizons)
        return handling

    def _to_come(self, rate: float) -> list[Group]:
        """A Poisson count, nearly: so many unlikely events (Le Cam 1960)."""
        counts = [rate * horizon for horizon in self._horizons]
        parts = ceil(max(counts) / UNLIKELY)
        return [(parts, moments([count / parts for count in counts]))] if parts else []


def most_of(mean: float, level: float) -> int:
    """The least count that a Poisson count of this mean exceeds with a chance of at most
    1 - `level`; `level` < 1."""
    most, chance = 0, exp(-mean)
    below = chance
    while below < level and most < mean + 1000.0:
        most += 1
        chance *= mean / most
        below += chance
    return most
