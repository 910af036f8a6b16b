"""One scene as probabilities, and the most calls that its allowed risk permits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from ccdialer.core.pacing.tails import Event, ExactTail, near_tail

Row = tuple[float, ...]
"""One kind of event: its probability at each instant, then the variances, then third moments."""
Group = tuple[int, Row]  # so many events alike

EXACT_UP_TO = 20  # events; above that the normal approximation is good enough, and much cheaper
CLEARLY = 1.5  # times the allowed risk by the approximation: not worth being computed exactly
ONE_BY_ONE = 4  # calls tried singly before the rest is found by halving


def moments(chances: Sequence[float]) -> Row:
    """The row of a yes/no event with these probabilities, one per instant."""
    variances = [p * (1.0 - p) for p in chances]
    thirds = [v * (1.0 - 2.0 * p) for p, v in zip(chances, variances, strict=True)]
    return (*chances, *variances, *thirds)


class Outlook:
    """What may stand between a call placed now and an agent, at each instant of its answer.

    Calls in flight that are answered first and busy agents who are not free in time count
    alike: each takes one of `places`.
    """

    __slots__ = ("_busy", "_flying", "_new_call", "_places", "_weights", "answered", "busy")

    def __init__(
        self,
        busy: Sequence[Group],
        flying: Sequence[Group],
        places: int,
        new_call: Row,
        weights: Sequence[float],
    ) -> None:
        """`busy`: agents, P(still busy). `flying`: calls, P(answered). `places`: idle and busy
        agents less the clients who wait. `weights`: shares of a new call's answers."""
        self._busy, self._flying, self._places = busy, flying, places
        self._new_call, self._weights = new_call, weights
        self.busy = _summed(busy, len(new_call))
        self.answered = _summed(flying, len(new_call))

    def most_calls(self, least: int, most: int, allowed: float) -> tuple[int, float]:
        """How many calls to place, from `least` to `most`, and the risk of one more.

        Every call beyond `least` meets no agent with at most the `allowed` probability.
        """
        risk = self._risk_nearly()
        first = risk(least)
        if first > CLEARLY * allowed or least >= most:
            return least, first
        if self._events + least <= EXACT_UP_TO:
            return _one_by_one(self._risk_exactly(least), least, most, allowed)
        place, last = _one_by_one(risk, least, min(most, least + ONE_BY_ONE), allowed)
        if last > allowed or place == most:
            return place, last
        place += bisect_right(range(place, most), allowed, key=risk)
        return place, risk(place)

    @property
    def _events(self) -> int:
        return sum([count for count, _ in self._busy]) + sum([count for count, _ in self._flying])

    def _risk_nearly(self) -> Callable[[int], float]:
        """The risk of one more call beside so many new ones, approximately."""
        sums = [a + b for a, b in zip(self.busy, self.answered, strict=True)]
        size, new, need = len(self._weights), self._new_call, self._places
        thirds = range(0, 3 * size, size)  # where means, variances and third moments begin
        instants = [
            (weight, *[sums[i + k] for k in thirds], *[new[i + k] for k in thirds])
            for i, weight in enumerate(self._weights)
        ]

        def risk(calls: int) -> float:
            tails: list[float] = [
                w * near_tail(need, m + calls * p, v + calls * pv, t + calls * pt)
                for w, m, v, t, p, pv, pt in instants
            ]
            return sum(tails)

        return risk

    def _risk_exactly(self, least: int) -> Callable[[int], float]:
        """The same exactly; to be asked for `least` first, then for one call more each time."""
        tails = []
        for i, weight in enumerate(self._weights):
            alike: list[Event] = [(n, row[i]) for n, row in (*self._busy, *self._flying)]
            answer = self._new_call[i]
            tails.append((weight, answer, ExactTail([*alike, (least, answer)], self._places)))

        def risk(calls: int) -> float:
            for _, answer, tail in tails if calls > least else ():
                tail.add(answer)
            return sum([weight * tail.probability() for weight, _, tail in tails])

        return risk


def _summed(groups: Sequence[Group], size: int) -> Row:
    """The moments of all events together."""
    if not groups:
        return (0.0,) * size
    rows = [row if count == 1 else [count * x for x in row] for count, row in groups]
    return tuple(map(sum, zip(*rows, strict=True)))


def _one_by_one(
    risk: Callable[[int], float], least: int, most: int, allowed: float
) -> tuple[int, float]:
    place = least
    while (here := risk(place)) <= allowed and place < most:
        place += 1
    return place, here
