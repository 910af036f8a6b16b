"""When will a ringing call be answered: hazards by the call's age, learned while calls ring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from ccdialer.core.pacing.level import Level
from ccdialer.core.pacing.policy import Memory
from ccdialer.core.pacing.remembering import amounts, short, weight

PRIOR_CALLS = 12.0  # pseudo-calls that the prior counts for
PRIOR_ANSWER_RATE = 0.30
PRIOR_RING_S = 10.0  # mean time from dial to answer, gamma of shape 2
PRIOR_EARLY_FAILURES = 0.20  # busy, unallocated, rejected: spread over the first seconds
EARLY_S = 10.0
LATE_BINS = 6  # beyond the ring time-out
RESHAPE_S = 10.0  # hazards are renewed this often
SAME_LEVEL = 0.01  # a change of the level that is not worth new curves
MOST_OTHERS = 400.0  # remembered calls that nobody answered, however few were answered
MOST_EVENTS = 4000.0  # older experience fades once so many calls have ended


@dataclass(slots=True)
class _Bin:
    """What happened to calls in one second of their age."""

    answers: float
    others: float
    exposure_s: float  # call-seconds
    willing_s: float  # call-seconds weighted by the answer level of their time


SEEN = ("answers", "others", "exposure_s", "willing_s")


@dataclass(frozen=True, slots=True)
class Curve:
    """Competing risks on 1-s steps from the dial: answered so far, and still ringing."""

    answered: tuple[float, ...]
    ringing: tuple[float, ...]

    def answered_within(self, age: int, horizon_s: int) -> float:
        """P(answered within `horizon_s` | rings since `age` seconds)."""
        last = len(self.answered) - 1
        age = min(age, last)
        alive = self.ringing[age]
        later = self.answered[min(age + horizon_s, last)] - self.answered[age]
        return min(1.0, later / alive) if alive > 1e-9 else 0.0


class Answering:
    """Answer and other-end hazards per second of age, and the answer level of the moment.

    Exposure is counted while calls still ring, so long-ringing calls are not forgotten and the
    start of a campaign is not biased towards quick ends.
    """

    def __init__(self, ring_timeout_s: float) -> None:
        self.level = Level()
        self._bins, self._prior = _prior(ring_timeout_s), _prior(ring_timeout_s)
        self._prior_alive = [b.exposure_s / PRIOR_CALLS for b in self._prior]
        self._prior_mass = sum(b.answers for b in self._prior) / PRIOR_CALLS
        self._shape: list[float] = []  # answer hazard at level 1, per bin
        self._summed: list[float] = []  # its sum up to each bin
        self._others: list[float] = []
        self._answers = 0  # since the last tick
        self._foreseen = 0.0  # summed hazards of calls that ended since the last tick
        self._ringing_sum = 0.0  # summed hazards of the calls that rang at the last tick
        self._ticked_at: float | None = None
        self._shaped_at = 0.0
        self._drawn_for = 0.0  # the level of the curves that were drawn
        self._curves: dict[float | None, Curve] = {}
        self._reshape(())

    def memory(self) -> Memory:
        """The level, and what was seen of calls beyond the prior, by what it is."""
        seen = {
            name: short(
                [
                    max(0.0, getattr(b, name) - getattr(prior, name))
                    for b, prior in zip(self._bins, self._prior, strict=True)
                ]
            )
            for name in SEEN
        }
        return {"level": self.level.memory(), **seen}

    def remember(self, memory: Memory) -> None:
        """Go on from there; raises one of MISFITS.

        With another ring time-out the ages in which calls rang under both are still true.
        """
        self.level.remember(memory["level"])
        seen = [amounts(memory[name]) for name in SEEN]
        keep = min(weight(sum(seen[0])), weight(sum(seen[1]), MOST_OTHERS))
        shared = len(self._bins)
        if len(seen[0]) != shared:
            shared = max(0, min(shared, len(seen[0])) - LATE_BINS)
        for at, new in zip(self._bins[:shared], zip(*seen, strict=True), strict=False):
            for name, value in zip(SEEN, new, strict=True):
                setattr(at, name, getattr(at, name) + keep * value)
        self._reshape(())

    def call_ended(self, age_s: float, answered: bool) -> None:
        """A call left the flight, `age_s` after its dial."""
        self._expose(self._bins, age_s)
        at = self._bins[min(int(age_s), len(self._bins) - 1)]
        if answered:
            at.answers += 1.0
            self._answers += 1
        else:
            at.others += 1.0
        self._foreseen += self._summed_to(age_s)

    def tick(self, ages: Sequence[float], now: float) -> None:
        """Learn from `ages` of the calls that ring `now`. Best called about once a second."""
        ringing_sum = sum(map(self._summed_to, ages))
        if self._ticked_at is None:
            self._shaped_at = now
        else:
            expected = max(0.0, self._foreseen + ringing_sum - self._ringing_sum)
            self.level.tick(self._answers, expected, max(0.0, now - self._ticked_at))
        self._answers, self._foreseen, self._ticked_at = 0, 0.0, now
        self._ringing_sum = ringing_sum
        if now - self._shaped_at >= RESHAPE_S:
            self._shaped_at = now
            self._reshape(ages)
            self._ringing_sum = sum(map(self._summed_to, ages))

    def curve(self, deaf_from_s: float | None = None) -> Curve:
        """What becomes of a call from its dial on, on the cautious side.

        Answers later than `deaf_from_s` are left out: those calls can still be let go. It is the
        same object for as long as nothing worth drawing anew was learned.
        """
        if abs(self.level.cautious - self._drawn_for) > SAME_LEVEL * self._drawn_for:
            self._drawn_for = self.level.cautious
            self._curves = {}
        if deaf_from_s not in self._curves:
            self._curves[deaf_from_s] = self._draw(deaf_from_s)
        return self._curves[deaf_from_s]

    def _draw(self, deaf_from_s: float | None) -> Curve:
        willing, answered, ringing = self._drawn_for, [0.0], [1.0]
        for second, (shape, other) in enumerate(zip(self._shape, self._others, strict=True)):
            answer = shape * willing if deaf_from_s is None or second < deaf_from_s else 0.0
            gone = ringing[-1] * (1.0 - exp(-(answer + other)))
            share = answer / (answer + other) if answer > 0.0 else 0.0
            answered.append(answered[-1] + gone * share)
            ringing.append(ringing[-1] - gone)
        return Curve(tuple(answered), tuple(ringing))

    def _summed_to(self, age_s: float) -> float:
        second = min(int(age_s), len(self._shape) - 1)
        return self._summed[second] + self._shape[second] * min(1.0, age_s - second)

    def _expose(self, bins: list[_Bin], age_s: float) -> None:
        willing = self.level.value
        whole = min(int(age_s), len(bins) - 1)
        for at in bins[:whole]:
            at.exposure_s += 1.0
            at.willing_s += willing
        rest = min(1.0, age_s - whole)
        bins[whole].exposure_s += rest
        bins[whole].willing_s += rest * willing

    def _reshape(self, ages: Sequence[float]) -> None:
        """Hazards from what has ended and what still rings; the shape itself carries no level."""
        self._fade()
        ringing = _exposure(ages, len(self._bins))
        willing = self.level.value
        raw = [
            b.answers / (b.willing_s + r * willing)
            for b, r in zip(self._bins, ringing, strict=True)
        ]
        mass = sum(h * alive for h, alive in zip(raw, self._prior_alive, strict=True))
        self._shape = [h * self._prior_mass / mass for h in raw]
        self._others = [
            b.others / (b.exposure_s + r) for b, r in zip(self._bins, ringing, strict=True)
        ]
        self._curves = {}
        self._summed = [0.0]
        for hazard in self._shape:
            self._summed.append(self._summed[-1] + hazard)

    def _fade(self) -> None:
        """Half of what is known beyond the prior; the prior stays, or rare ages would run dry."""
        if sum(b.answers + b.others for b in self._bins) < MOST_EVENTS:
            return
        for at, prior in zip(self._bins, self._prior, strict=True):
            for name in SEEN:
                setattr(at, name, (getattr(at, name) + getattr(prior, name)) / 2.0)


def _exposure(ages: Sequence[float], bins: int) -> list[float]:
    """Call-seconds spent so far in each second of age, by calls of these ages."""
    partly, ended = [0.0] * bins, [0] * bins
    for age in ages:
        whole = min(int(age), bins - 1)
        ended[whole] += 1
        partly[whole] += min(1.0, age - whole)
    older = 0
    for whole in range(bins - 1, -1, -1):
        partly[whole] += older
        older += ended[whole]
    return partly


def _prior(ring_timeout_s: float) -> list[_Bin]:
    """Pseudo-calls: gamma ring times, some early failures, the rest rings until the time-out."""
    bins, alive = [], 1.0
    for second in range(int(ring_timeout_s) + LATE_BINS):
        answers = PRIOR_ANSWER_RATE * (_gamma2(second + 1) - _gamma2(second))
        others = PRIOR_EARLY_FAILURES / EARLY_S if second < EARLY_S else 0.0
        if second >= int(ring_timeout_s):  # whatever is left ends here
            answers, others = 0.02 * alive, 0.98 * alive
        exposure = max(1e-3, alive - 0.5 * (answers + others)) * PRIOR_CALLS
        bins.append(_Bin(answers * PRIOR_CALLS, others * PRIOR_CALLS, exposure, exposure))
        alive = max(1e-3, alive - answers - others)
    return bins


def _gamma2(t_s: float) -> float:
    """P(answered by `t_s`) of those who answer at all: gamma of shape 2."""
    x = t_s * 2.0 / PRIOR_RING_S
    return 1.0 - exp(-x) * (1.0 + x)
