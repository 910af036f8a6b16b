"""How much longer a talk or a wrap-up will last, learned from ended and running ones."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import chain
from math import erf, exp, log, sqrt

from ccdialer.core.pacing.policy import Memory
from ccdialer.core.pacing.remembering import amount, amounts, short, weight

TALK_EDGES = (
    *(2.5 * i for i in range(8)),
    *range(20, 60, 5),
    *range(60, 180, 10),
    *range(180, 420, 30),
    *range(420, 1201, 120),
)
WRAP_UP_EDGES = tuple(chain(range(0, 30, 2), range(30, 60, 5), range(60, 241, 20)))
PRIOR_SHAPE = 10.0  # pseudo-durations behind the lognormal's own mean and variance
STRAY = 1e-3  # share of pseudo-durations that follow no lognormal
LEAST_STRAY_S = 10.0  # their mean, or exp() would be 0 in the last bin
PRIOR_WEIGHT = 15.0  # pseudo-durations by which the lognormal smooths the hazards
MOST_DURATIONS = 2000.0  # older experience fades once so many have ended
BELIEVED_S = (0.5, 36000.0)  # mean durations that a memory may hold


class Durations:
    """Hazard of ending per bin of elapsed time, smoothed by a lognormal that is learned too."""

    def __init__(self, edges: Sequence[float], mean_s: float, spread: float) -> None:
        """`edges`: lower edges of the bins; `mean_s` and `spread` (deviation / mean): the prior."""
        self._edges = tuple(edges)
        self._ends = [0.0] * len(edges)
        self._exposure = [0.0] * len(edges)
        variance = log(1.0 + spread * spread)
        centre = log(mean_s) - variance / 2.0
        self._count = PRIOR_SHAPE
        self._total = PRIOR_SHAPE * mean_s
        self._logs = PRIOR_SHAPE * centre
        self._squares = PRIOR_SHAPE * (variance + centre * centre)
        self._hazards: list[float] = []
        self._summed: list[float] = []
        self.refresh(())

    @property
    def mean_s(self) -> float:
        """Mean of the ended ones, with the prior."""
        return self._total / self._count

    def memory(self) -> Memory:
        sums = (self._count, self._total, self._logs, self._squares)
        return {
            "ends": short(self._ends),
            "exposure_s": short(self._exposure),
            "sums": list(sums),
        }

    def remember(self, memory: Memory) -> None:
        """Go on from there; raises one of MISFITS."""
        count, total, logs, squares = memory["sums"]
        amount(count, least=1.0)
        amount(total / count, *BELIEVED_S)
        amount(logs / count, *map(log, BELIEVED_S))
        amount(squares / count - (logs / count) ** 2, most=25.0)
        keep = weight(count)
        bins = len(self._edges)
        self._ends = [keep * ends for ends in amounts(memory["ends"], bins)]
        self._exposure = [keep * seen for seen in amounts(memory["exposure_s"], bins)]
        self._count, self._total = keep * count, keep * total
        self._logs, self._squares = keep * logs, keep * squares
        self.refresh(())

    def ended(self, duration_s: float) -> None:
        """One has lasted `duration_s`."""
        duration_s = max(0.5, duration_s)  # a logarithm is taken; nobody speaks in no time
        self._ends[self.bin_of(duration_s)] += 1.0
        self._expose(self._exposure, duration_s)
        self._count += 1.0
        self._total += duration_s
        self._logs += log(duration_s)
        self._squares += log(duration_s) ** 2

    def bin_of(self, elapsed_s: float) -> int:
        return max(0, bisect_right(self._edges, elapsed_s) - 1)

    def refresh(self, running: Sequence[float]) -> None:
        """Renew the hazards; `running` are the elapsed times of those that have not ended."""
        self._fade()
        exposure = list(self._exposure)
        for elapsed in running:
            self._expose(exposure, elapsed)
        self._hazards = [
            (ends + PRIOR_WEIGHT * prior_ends) / (seen + PRIOR_WEIGHT * prior_seen)
            for ends, seen, (prior_ends, prior_seen) in zip(
                self._ends, exposure, self._lognormal(), strict=True
            )
        ]
        self._summed = [0.0]
        for hazard, low, high in zip(self._hazards, self._edges, self._edges[1:], strict=False):
            self._summed.append(self._summed[-1] + hazard * (high - low))

    def outlasts(self, elapsed_s: float, more_s: float) -> float:
        """P(lasts at least `more_s` more | has lasted `elapsed_s`)."""
        return exp(self._summed_to(elapsed_s) - self._summed_to(elapsed_s + more_s))

    def middle_of(self, index: int) -> float:
        """An elapsed time that stands for the bin."""
        if index + 1 == len(self._edges):
            return self._edges[index]
        return (self._edges[index] + self._edges[index + 1]) / 2.0

    def _summed_to(self, t_s: float) -> float:
        index = self.bin_of(t_s)
        return self._summed[index] + self._hazards[index] * (t_s - self._edges[index])

    def _expose(self, exposure: list[float], lasted_s: float) -> None:
        last = self.bin_of(lasted_s)
        for index in range(last):
            exposure[index] += self._edges[index + 1] - self._edges[index]
        exposure[last] += lasted_s - self._edges[last]

    def _lognormal(self) -> list[tuple[float, float]]:
        """Ends and exposure of one pseudo-duration in each bin."""
        centre = self._logs / self._count
        deviation = sqrt(max(0.01, self._squares / self._count - centre * centre))
        # A few last as an exponential would, so that no bin is without experience.
        stray_s = max(self.mean_s, LEAST_STRAY_S)
        alive = [1.0] + [
            (1.0 - STRAY) * _above((log(e) - centre) / deviation) + STRAY * exp(-e / stray_s)
            for e in self._edges[1:]
        ]
        bins = [
            (here - later, (high - low) * (here + later) / 2.0)
            for here, later, low, high in zip(
                alive, alive[1:], self._edges, self._edges[1:], strict=False
            )
        ]
        # The last bin has no end: a constant hazard of one per its lower edge.
        return [*bins, (alive[-1], alive[-1] * self._edges[-1])]

    def _fade(self) -> None:
        if self._count < MOST_DURATIONS:
            return
        self._ends = [ends / 2.0 for ends in self._ends]
        self._exposure = [seen / 2.0 for seen in self._exposure]
        self._count, self._total = self._count / 2.0, self._total / 2.0
        self._logs, self._squares = self._logs / 2.0, self._squares / 2.0


def _above(z: float) -> float:
    """P(standard normal > z)."""
    return 0.5 * (1.0 - erf(z / sqrt(2.0)))
