"""Issabel's `dialerd` as it is described: free agents, and busy ones whose talk is nearly over.

PACING §2.2. Its Erlang law of one stage judges a talk by P(T <= t + r), not given that it has
lasted t, so an agent counts from the moment when t + r is 3.5 mean talks.
"""

from __future__ import annotations

from collections import deque
from math import exp, floor

from ccdialer.core.pacing.policy import Decision, Memory, Scene, affordable
from tests.bench.pacing.beat import Beat

LOOP_S = 5.0
RINGS, FIRST_RING_S = 20, 8.0  # answers whose ring times are averaged; assumed before the first
QUALITY = 0.97  # P(the talk is over when the call is answered) from which an agent counts
FEW_TALKS, FEW_CALLS = 10, 10  # below: nothing is predicted, nothing overcommitted
ANSWERS_S, LEAST_ANSWERS = 1800.0, 0.20  # answer rate of that time, and not below that
SENTENCE = "{0} agents free soon, {1} calls in flight: placed {2}"


class Issabel:
    """No cap is known to it. `overcommit` divides what is missing by the answer rate."""

    def __init__(self, overcommit: bool, loop_s: float = LOOP_S) -> None:
        self._overcommit = overcommit
        self._loop = Beat(loop_s)
        self._rings: deque[float] = deque(maxlen=RINGS)
        self._talks, self._talked_s = 0, 0.0
        self._ended: deque[tuple[float, bool]] = deque()  # calls: when, answered
        self._now = 0.0

    def decide(self, scene: Scene, now: float) -> Decision:
        self._now = now
        flying = len(scene.in_flight)
        if not self._loop.is_due(now):
            return Decision(0, SENTENCE, (scene.idle, flying, 0))
        soon = scene.idle + self._nearly_over(scene) - scene.waiting
        place = affordable(self._committed(soon - flying), scene)
        return Decision(place, SENTENCE, (soon, flying, place))

    def _nearly_over(self, scene: Scene) -> int:
        """Talks that will probably have ended when a call placed now is answered."""
        if self._talks < FEW_TALKS:
            return 0
        mean_s = self._talked_s / self._talks
        ring_s = sum(self._rings) / len(self._rings) if self._rings else FIRST_RING_S
        over = [1.0 - exp(-(t + ring_s) / mean_s) >= QUALITY for t in scene.talking]
        return sum(over)

    def _committed(self, missing: int) -> int:
        while self._ended and self._ended[0][0] < self._now - ANSWERS_S:
            self._ended.popleft()
        if not self._overcommit or len(self._ended) < FEW_CALLS:
            return missing
        rate = sum([answered for _, answered in self._ended]) / len(self._ended)
        return floor(missing / max(LEAST_ANSWERS, rate) + 0.5)

    def call_ended(self, age_s: float, answered: bool) -> None:
        self._ended.append((self._now, answered))
        if answered:
            self._rings.append(age_s)

    def talk_ended(self, duration_s: float) -> None:
        self._talks += 1
        self._talked_s += duration_s

    def wrap_up_ended(self, duration_s: float) -> None:
        """It knows no wrap-up."""

    def memory(self) -> Memory:
        return {}
