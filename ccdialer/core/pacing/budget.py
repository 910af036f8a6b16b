"""How much risk of abandonment the next call may carry, so that the cap holds over the window."""

from __future__ import annotations

from math import sqrt

from ccdialer.core.pacing.policy import Scene

MOST_RATE = 1.5  # of the cap, however much is left
MEMORY = 40.0  # abandonments that the learned gain remembers
PRIOR_ABANDONED, PRIOR_GAIN = 6.0, 1.25
GAIN_RANGE = (0.5, 4.0)
HORIZON_S = 3600.0
MOST_COMING = 1e9
LEAST_COMING = 0.0
RES_A, RES_B, RES_MAX = 1.5, 0.2, 4.0
TURNAROUND_S = 6.0  # of an agent between two calls, beyond talk and wrap-up


class Budget:
    """Turns the cap and what was spent of it into a risk allowed per call (PACING §4.4).

    The gain is the realised share of abandonment per unit of allowed risk: whatever the
    estimates get wrong, it puts right. Nothing integrates an error, so nothing winds up.
    """

    def __init__(self, cap_rate: float) -> None:
        self._cap = cap_rate
        self._abandoned, self._risked = PRIOR_ABANDONED, PRIOR_ABANDONED / PRIOR_GAIN
        self._flying_risk = 0.0  # mean risk allowed to the calls in flight
        self._seen: tuple[int, int] | None = None  # answered, abandoned at the last decision

    @property
    def gain(self) -> float:
        low, high = GAIN_RANGE
        return min(high, max(low, self._abandoned / self._risked))

    def allowed_risk(self, scene: Scene, handle_s: float, answer_rate: float) -> float:
        """The risk of meeting no agent that one more call may carry; 0: nothing is left to risk.

        `handle_s` is the mean time a client takes of an agent, `answer_rate` that of new calls.
        """
        self._learn(scene)
        coming = _answers_to_come(scene, handle_s, answer_rate)
        allowed = self._cap * (scene.answered + coming)
        reserve = RES_A + min(RES_MAX, RES_B * sqrt(allowed))
        rate = (allowed - scene.abandoned - reserve) / max(coming, 1.0)
        return max(0.0, min(rate, MOST_RATE * self._cap) / self.gain)

    def placed(self, calls: int, risk: float, flying: int) -> None:
        """`calls` were placed under `risk`, beside `flying` others."""
        if calls > 0:
            self._flying_risk += (risk - self._flying_risk) * calls / (calls + flying)

    def _learn(self, scene: Scene) -> None:
        """Compare what came of the calls since the last decision with what they were allowed."""
        before, self._seen = self._seen, (scene.answered, scene.abandoned)
        if before is None:
            return
        answers = max(0, scene.answered - before[0])  # a new window counts from 0 again
        abandoned = max(0, scene.abandoned - before[1])
        keep = (1.0 - self._cap / MEMORY) ** answers
        self._abandoned = _faded(self._abandoned, PRIOR_ABANDONED, keep) + abandoned
        risked = _faded(self._risked, PRIOR_ABANDONED / PRIOR_GAIN, keep)
        self._risked = risked + answers * self._flying_risk


def _faded(value: float, prior: float, keep: float) -> float:
    """What was learned above the prior fades; the prior stays."""
    return prior + (value - prior) * keep


def _answers_to_come(scene: Scene, handle_s: float, answer_rate: float) -> float:
    agents = scene.idle + len(scene.talking) + len(scene.wrapping)
    coming = min(
        MOST_COMING,
        max(LEAST_COMING, agents * min(scene.time_left_s, HORIZON_S) / (handle_s + TURNAROUND_S)),
    )
    if scene.tasks_left is not None:
        coming = min(coming, (scene.tasks_left + len(scene.in_flight)) * answer_rate)
    return coming
