"""How much risk of abandonment the next call may carry, so that the cap holds over the window."""

from __future__ import annotations

from math import sqrt

from ccdialer.core.campaign import Tally, Window
from ccdialer.core.pacing.policy import Memory, Scene, agents_of
from ccdialer.core.pacing.remembering import amount, short, weight

MOST_RATE = 1.5  # of the cap, however much is left
HORIZON_S = 3600.0  # planned ahead where nobody knows when the day ends
MOST_ANSWERS = 400.0  # planned ahead: a large team need not wait an hour to be back in balance
LONG_HORIZON_S = 28800.0  # planned ahead over 30 days
DAY_EXCESS = 1.5  # of the cap, on a single day of a window of 30 days
RESERVE, RESERVE_SPREAD = 0.5, 1.2  # abandonments kept back, and standard deviations of chance
LATE = 5.0  # times the answers in flight come before what was risked of them is known
MEMORY = 40.0  # abandonments that the learned gain remembers
REMEMBERED = 20.0  # of them, from the day before
PRIOR_ABANDONED, PRIOR_GAIN = 6.0, 1.25
GAIN_RANGE = (0.2, 4.0)  # low where campaigns share agents: more are free than are counted on
TURNAROUND_S = 6.0  # of an agent between two calls, beyond talk and wrap-up


class Budget:
    """Turns the cap and what was spent of it into a risk allowed per call (PACING §4.4).

    The gain is the realised share of abandonment per unit of allowed risk: whatever the
    estimates get wrong, it puts right. Nothing integrates an error, so nothing winds up.
    """

    def __init__(self, cap_rate: float, window: Window = Window.DAY) -> None:
        self._cap = cap_rate
        self._day_cap = cap_rate * (DAY_EXCESS if window is Window.MONTH else 1.0)
        self._abandoned, self._risked = PRIOR_ABANDONED, PRIOR_ABANDONED / PRIOR_GAIN
        self._flying_risk = 0.0  # mean risk allowed to the calls in flight
        self._seen: Tally | None = None  # today's at the last decision

    @property
    def gain(self) -> float:
        """Abandonments that came of one that was allowed: 1 if the estimates are true."""
        low, high = GAIN_RANGE
        return min(high, max(low, self._abandoned / self._risked))

    @property
    def most_risk(self) -> float:
        """What a call may carry at most, however little was spent."""
        return MOST_RATE * self._cap / self.gain

    def memory(self) -> Memory:
        abandoned, risked = short((self._abandoned, self._risked))
        return {"abandoned": abandoned, "risked": risked}

    def remember(self, memory: Memory) -> None:
        """Go on from the gain that was learned; raises one of MISFITS."""
        prior_risked = PRIOR_ABANDONED / PRIOR_GAIN
        abandoned = amount(memory["abandoned"], least=PRIOR_ABANDONED)
        risked = amount(memory["risked"], least=0.999 * prior_risked)
        keep = weight(abandoned - PRIOR_ABANDONED, REMEMBERED)
        self._abandoned = _faded(abandoned, PRIOR_ABANDONED, keep)
        self._risked = _faded(risked, prior_risked, keep)

    def allowed_risk(self, scene: Scene, handle_s: float, answer_rate: float) -> float:
        """The risk of meeting no agent that one more call may carry; 0: nothing is left to risk.

        `handle_s` is the mean time a client takes of an agent, `answer_rate` that of new calls.
        """
        self._learn(scene.day)
        turn_s = handle_s + TURNAROUND_S
        today = min(MOST_ANSWERS, _answers_to_come(scene, HORIZON_S, turn_s, answer_rate))
        later = _answers_to_come(scene, LONG_HORIZON_S, turn_s, answer_rate)
        flying = len(scene.in_flight) * answer_rate
        rate = min(
            MOST_RATE * self._cap,
            _rate(self._day_cap, scene.day, today, flying),
            _rate(self._cap, scene.month, later, flying),
        )
        return max(0.0, rate / self.gain)

    def placed(self, calls: int, risk: float, flying: int) -> None:
        """`calls` were placed under `risk`, beside `flying` others."""
        if calls > 0:
            self._flying_risk += (risk - self._flying_risk) * calls / (calls + flying)

    def _learn(self, day: Tally) -> None:
        """Compare what came of the calls since the last decision with what they were allowed."""
        before, self._seen = self._seen, day
        if before is None or before == day:
            return
        answers = max(0, day.answered - before.answered)  # a new day counts from 0 again
        abandoned = max(0, day.abandoned - before.abandoned)
        keep = (1.0 - self._cap / MEMORY) ** answers
        self._abandoned = _faded(self._abandoned, PRIOR_ABANDONED, keep) + abandoned
        risked = _faded(self._risked, PRIOR_ABANDONED / PRIOR_GAIN, keep)
        self._risked = risked + answers * self._flying_risk


def _faded(value: float, prior: float, keep: float) -> float:
    """What was learned above the prior fades; the prior stays."""
    return prior + (value - prior) * keep


def _answers_to_come(scene: Scene, horizon_s: float, turn_s: float, answer_rate: float) -> float:
    if scene.time_left_s is not None:
        horizon_s = min(horizon_s, scene.time_left_s)
    coming = agents_of(scene) * horizon_s / turn_s
    if scene.tasks_left is not None:
        coming = min(coming, (scene.tasks_left + len(scene.in_flight)) * answer_rate)
    return coming


def _rate(cap: float, spent: Tally, coming: float, flying: float) -> float:
    """The share of the answers to come that may be abandoned, so that the cap holds after them.

    Kept back is what chance alone may add: abandonments vary like a Poisson count. This very rule,
    which spends what is left over the next `coming` answers, halves their variance; but what it
    has risked of the `flying` ones, whose answers are on their way, it learns too late.
    """
    reserve = RESERVE + RESERVE_SPREAD * sqrt(cap * (coming / 2.0 + LATE * flying))
    left = cap * (spent.answered + coming) - spent.abandoned - reserve
    return left / max(coming, 1.0)
