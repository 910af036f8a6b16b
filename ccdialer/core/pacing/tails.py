"""How likely at least so many of some independent yes/no events are (Poisson-binomial tails)."""

from __future__ import annotations

from collections.abc import Iterable
from math import erf, exp, pi, sqrt

Event = tuple[int, float]  # how many events alike, probability of each


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


class NearTail:
    """The same by the normal approximation corrected for skewness; costs (kinds of events).

    Refined normal approximation of the Poisson-binomial law (Volkova 1996; Hong 2013, "On
    computing the distribution function for the Poisson binomial distribution").
    """

    __slots__ = ("_mean", "_need", "_third", "_variance")

    def __init__(self, events: Iterable[Event], need: int) -> None:
        self._need = need
        self._mean = self._variance = self._third = 0.0
        for count, probability in events:
            self.add(probability, count)

    def add(self, probability: float, count: int = 1) -> None:
        """`count` more events of this probability."""
        variance = count * probability * (1.0 - probability)
        self._mean += count * probability
        self._variance += variance
        self._third += variance * (1.0 - 2.0 * probability)

    def probability(self) -> float:
        return self.with_more(0.0, 0)

    def with_more(self, probability: float, count: int) -> float:
        """The tail if `count` more events of this probability were added."""
        variance = probability * (1.0 - probability) * count
        third = self._third + variance * (1.0 - 2.0 * probability)
        return _normal_tail(
            self._need, self._mean + count * probability, self._variance + variance, third
        )


def _normal_tail(need: int, mean: float, variance: float, third: float) -> float:
    """P(sum >= need) of a sum of many small events with these central moments."""
    if need <= 0:
        return 1.0
    if variance < 1e-9:
        return 1.0 if mean > need - 0.5 else 0.0
    deviation = sqrt(variance)
    x = (need - 0.5 - mean) / deviation
    skewness = third / (variance * deviation)
    density = exp(-0.5 * x * x) / sqrt(2.0 * pi)
    below = 0.5 * (1.0 + erf(x / sqrt(2.0))) + skewness * (1.0 - x * x) * density / 6.0
    return min(1.0, max(0.0, 1.0 - below))
