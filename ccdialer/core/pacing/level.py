"""How willing people are to answer just now, against what their ring times alone would suggest."""

from __future__ import annotations

from math import exp, sqrt

from ccdialer.core.pacing.policy import Memory
from ccdialer.core.pacing.remembering import amount, short, weight

DRIFT = 3.3e-5  # variance of the level per second: 10 % in 5 minutes (PACING §4.2 b)
SHORT_MEMORY_S = 30.0  # of the change detector
ALARM = 3.0  # standard deviations that are a change, not chance
CAUTION = 0.5  # standard deviations by which the level is used too high
BELIEVED = (0.02, 50.0)  # levels that a memory may hold


class Level:
    """A multiplier of the answer hazards, 1 = as expected: a gamma filter with a change detector.

    Each tick is told how many answers came and how many a level of 1 would have brought, so
    that calls which ring on in vain speak too.
    """

    __slots__ = ("_answers", "_expected", "_short", "_short_expected", "_total", "_total_expected")

    def __init__(self) -> None:
        self._answers = self._expected = 4.0
        self._total = self._total_expected = 6.0
        self._short = self._short_expected = 0.0

    @property
    def value(self) -> float:
        return self._answers / self._expected

    @property
    def cautious(self) -> float:
        """Somewhat above the value while little is known: more answers mean more abandonment."""
        return self.value * (1.0 + CAUTION / sqrt(self._answers))

    def memory(self) -> Memory:
        moment, day = (self._answers, self._expected), (self._total, self._total_expected)
        return {"moment": short(moment), "day": short(day)}

    def remember(self, memory: Memory) -> None:
        """Go on from that level; raises one of MISFITS."""
        self._answers, self._expected = _believed(*memory["moment"])
        self._total, self._total_expected = _believed(*memory["day"])

    def tick(self, answers: int, expected: float, elapsed_s: float) -> None:
        """`answers` came in `elapsed_s`, where a level of 1 would have brought `expected`."""
        self._total += answers
        self._total_expected += expected
        self._answers += answers
        self._expected += expected
        self._forget(expected, elapsed_s)
        self._watch(answers, expected, elapsed_s)

    def _forget(self, expected: float, elapsed_s: float) -> None:
        """Fade towards the whole day's level, as fast as a steady Kalman filter of that drift."""
        day = self._total / self._total_expected
        keep = exp(-sqrt(DRIFT * self.value * expected * elapsed_s))
        self._answers = 2.0 * day + (self._answers - 2.0 * day) * keep
        self._expected = 2.0 + (self._expected - 2.0) * keep

    def _watch(self, answers: int, expected: float, elapsed_s: float) -> None:
        """Start anew from the last half minute if it cannot be chance any more."""
        keep = exp(-elapsed_s / SHORT_MEMORY_S)
        self._short = self._short * keep + answers
        self._short_expected = self._short_expected * keep + expected
        foreseen = self.value * self._short_expected
        if abs(self._short - foreseen) > ALARM * sqrt(foreseen + 1.0):
            value = self.value
            self._answers = self._short + 3.0 * value
            self._expected = self._short_expected + 3.0


def _believed(answers: object, expected: object) -> tuple[float, float]:
    """Answers and what a level of 1 would have brought, weighing no more than they may."""
    came, foreseen = amount(answers, least=0.01), amount(expected, least=0.01)
    amount(came / foreseen, *BELIEVED)
    keep = weight(max(came, foreseen))
    return came * keep, foreseen * keep
