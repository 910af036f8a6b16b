"""How likely at least so many of some independent yes/no events are (Poisson-binomial tails)."""

from __future__ import annotations

from collections.abc import Iterable
from math import erfc, exp, pi, sqrt

Event = tuple[int, float]  # how many events alike, probability of each

_ROOT_HALF = sqrt(0.5)
_SIXTH_DENSITY = 1.0 / (6.0 * sqrt(2.0 * pi))


class ExactTail:
    """P(at least `need` happen), by convolution; costs (events x need)."""

    __slots__ = ("_below", "_need")

    def __init__(self, events: Iterable[Event], need: int) -> None:
        # Only the probabilities of 0 .. need-1 are kept: the rest is what is missing from 1.
        self._need = need
        self._below = [1.0] if need > 0 else []
        for count, probability in events:
            self.add(probability, count)

    def add(self, probability: float, count: int = 1) -> None:
        """`count` more events of this probability."""
        below, miss = self._below, 1.0 - probability
        for _ in range(count):
            shifted = [0.0, *below]
            if len(below) < self._need:
                below.append(0.0)
            below = [a * miss + b * probability for a, b in zip(below, shifted, strict=False)]
        self._below = below

    def probability(self) -> float:
        return min(1.0, max(0.0, 1.0 - sum(self._below)))


def near_tail(need: int, mean: float, variance: float, third: float) -> float:
    """The same by the normal approximation corrected for skewness, from the central moments.

    Refined normal approximation of the Poisson-binomial law (Volkova 1996; Hong 2013, "On
    computing the distribution function for the Poisson binomial distribution").
    """
    if need <= 0:
        return 1.0
    if variance < 1e-9:
        return 1.0 if mean > need - 0.5 else 0.0
    deviation = sqrt(variance)
    x = (need - 0.5 - mean) / deviation
    skew = third / (variance * deviation)
    bend = skew * (x * x - 1.0) * exp(-0.5 * x * x) * _SIXTH_DENSITY
    return min(1.0, max(0.0, 0.5 * erfc(x * _ROOT_HALF) + bend))
