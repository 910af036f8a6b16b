"""One scene as probabilities, and the most calls that its allowed risk permits."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from ccdialer.core.pacing.tails import Event, ExactTail, NearTail

Row = tuple[float, ...]  # one probability per instant

EXACT_UP_TO = 24  # events; above that the normal approximation is within 10 %, and much cheaper
CLEARLY = 1.5  # times the allowed risk by the approximation: not worth being computed exactly
NEGLIGIBLE = 0.01  # instants at which fewer of the answers come are left out


@dataclass(frozen=True, slots=True)
class Outlook:
    """What may stand between a call placed now and an agent, at each instant of its answer.

    Calls in flight that are answered first and busy agents who are not free in time count
    alike: each takes one of `places`.
    """

    busy: tuple[tuple[int, Row], ...]  # agents alike, P(still busy)
    flying: tuple[tuple[int, Row], ...]  # calls alike, P(answered by then)
    places: int  # idle and busy agents less the clients who wait
    new_call: Row  # P(a call placed now is answered by then)
    weights: Row  # share of a new call's answers that come at this instant

    @property
    def events(self) -> int:
        return sum(count for count, _ in self.busy) + sum(count for count, _ in self.flying)

    def most_calls(self, least: int, most: int, allowed: float) -> tuple[int, float]:
        """How many calls to place, from `least` to `most`, and the risk of one more.

        Every call beyond `least` meets no agent with at most the `allowed` probability.
        """
        if self.events + least > EXACT_UP_TO:
            return self._search_nearly(least, most, allowed)
        place, risk = self._search_nearly(least, least, allowed)
        if risk > CLEARLY * allowed:
            return place, risk
        return self._search_exactly(least, most, allowed)

    def _search_exactly(self, least: int, most: int, allowed: float) -> tuple[int, float]:
        tails = [
            (weight, self.new_call[i], ExactTail(self._at(i), self.places))
            for i, weight in self._instants()
        ]
        for _, answer, tail in tails:
            tail.add(answer, least)
        place = least
        while (risk := sum(w * tail.probability() for w, _, tail in tails)) <= allowed:
            if place >= most:
                break
            place += 1
            for _, answer, tail in tails:
                tail.add(answer)
        return place, risk

    def _search_nearly(self, least: int, most: int, allowed: float) -> tuple[int, float]:
        tails = [
            (weight, self.new_call[i], NearTail(self._at(i), self.places))
            for i, weight in self._instants()
        ]

        def risk(calls: int) -> float:
            return sum(w * tail.with_more(answer, calls) for w, answer, tail in tails)

        place = least + bisect_right(range(least, most), allowed, key=risk)
        return place, risk(place)

    def _instants(self) -> list[tuple[int, float]]:
        """The instants that matter, and their weights; these sum up to 1."""
        total = sum(self.weights)
        kept = [(i, w) for i, w in enumerate(self.weights) if w > NEGLIGIBLE * total]
        total = sum(w for _, w in kept)
        return [(i, w / total) for i, w in kept]

    def _at(self, instant: int) -> list[Event]:
        return [(count, row[instant]) for count, row in (*self.busy, *self.flying)]
