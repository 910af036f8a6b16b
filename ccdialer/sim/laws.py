"""Laws of chance for times: how long people ring, talk and write, and how one is drawn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from math import log, sqrt
from random import Random

from ccdialer.schema import setting

Draw = Callable[[Random], float]
"""One time, seconds, from the dice handed in."""


class Shape(StrEnum):
    """The form of a law."""

    LOGNORMAL = "lognormal"
    GAMMA = "gamma"
    EXPONENTIAL = "exponential"
    NORMAL = "normal"
    UNIFORM = "uniform"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Times:
    """A law of times. A mixture or samples stand in for shape, mean and spread."""

    mean_s: float = setting(0.0, "Mean, seconds.", least=0, most=86400)
    spread: float = setting(0.0, "Standard deviation as a share of the mean.", least=0, most=10)
    shape: Shape = setting(
        Shape.LOGNORMAL, "lognormal, gamma, exponential, normal, uniform or fixed."
    )
    least_s: float = setting(0.0, "Nothing shorter.", least=0, most=86400)
    most_s: float = setting(86400.0, "Nothing longer.", least=0, most=86400)
    samples: tuple[float, ...] = setting(
        (), "Times as they were seen; one of them is drawn.", least=0, most=86400
    )
    mixture: tuple[Times, ...] = setting((), "Several laws, each with its weight.")
    weight: float = setting(1.0, "Share in a mixture, against the other weights.", least=0)

    def mistake(self) -> str:
        """What does not go together, in a sentence; empty: nothing."""
        if self.least_s > self.most_s:
            return f"least_s is {self.least_s:g}, above most_s, which is {self.most_s:g}"
        if self.mixture and not sum(part.weight for part in self.mixture):
            return "no law of the mixture has a weight above 0"
        return ""


def drawing(times: Times) -> Draw:
    """How a time of this law is drawn."""
    draw = _unbounded(times)
    low, high = times.least_s, times.most_s
    if low <= 0.0 and high >= 86400.0:
        return draw
    return lambda dice: min(high, max(low, draw(dice)))


def mean_of(times: Times) -> float:
    """Mean of the law, bounds left aside."""
    if times.samples:
        return sum(times.samples) / len(times.samples)
    if times.mixture:
        total = sum(part.weight for part in times.mixture)
        return sum(part.weight * mean_of(part) for part in times.mixture) / total
    return times.mean_s


def _unbounded(times: Times) -> Draw:
    if times.samples:
        samples = times.samples
        return lambda dice: samples[int(dice.random() * len(samples))]
    if times.mixture:
        return _mixed(times.mixture)
    if times.mean_s <= 0.0:
        return lambda dice: 0.0
    return SHAPES[times.shape](times.mean_s, times.spread)


def _mixed(parts: tuple[Times, ...]) -> Draw:
    draws = [drawing(part) for part in parts]
    edges = list(accumulate(part.weight for part in parts))

    def draw(dice: Random) -> float:
        which = bisect_right(edges, dice.random() * edges[-1])
        return draws[min(which, len(draws) - 1)](dice)

    return draw


def _lognormal(mean: float, spread: float) -> Draw:
    variance = log(1.0 + spread * spread)
    centre, deviation = log(mean) - variance / 2.0, sqrt(variance)
    return lambda dice: dice.lognormvariate(centre, deviation)


def _gamma(mean: float, spread: float) -> Draw:
    if spread <= 0.0:
        return lambda dice: mean
    shape = 1.0 / (spread * spread)
    return lambda dice: dice.gammavariate(shape, mean / shape)


def _normal(mean: float, spread: float) -> Draw:
    return lambda dice: max(0.0, dice.gauss(mean, mean * spread))


def _uniform(mean: float, spread: float) -> Draw:
    half = min(mean, mean * spread * sqrt(3.0))
    return lambda dice: mean - half + 2.0 * half * dice.random()


SHAPES: dict[Shape, Callable[[float, float], Draw]] = {
    Shape.LOGNORMAL: _lognormal,
    Shape.GAMMA: _gamma,
    Shape.EXPONENTIAL: lambda mean, spread: lambda dice: dice.expovariate(1.0 / mean),
    Shape.NORMAL: _normal,
    Shape.UNIFORM: _uniform,
    Shape.FIXED: lambda mean, spread: lambda dice: mean,
}
"""Mean (seconds) and spread (share of the mean) -> how one is drawn."""
