"""The predictive policy with the world's own laws: what is lost by having to learn them.

Only its budget still learns. The laws are drawn from the very people of the scenario, but not
those of the day: many calls to lists of another seed, all of which a person answers, or none.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import accumulate
from math import exp, log

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.pacing.answering import Answering, Curve
from ccdialer.core.pacing.durations import TALK_EDGES, WRAP_UP_EDGES, Durations
from ccdialer.core.pacing.freeing import Freeing
from ccdialer.core.pacing.predictive import Predictive
from ccdialer.sim.people import HOUR_S, Clients, Fate, Outcome
from ccdialer.sim.scenario import Callees

CALLS = 40_000
LAWS_SEED = 77_000_000  # of people whom no day meets
ALWAYS = {0.0: 1.0}
RATE_STEP = 0.002  # answer rates nearer than this share their curves
LAW_STEP = 0.02  # and nearer than this their law of talks, which hardly depends on them


class Clock:
    """What time it is for the laws that change over the day; the day began at 0."""

    def __init__(self) -> None:
        self.now = 0.0


class Fates:
    """What becomes of calls that a person answers (`people`), and of the others."""

    def __init__(self, callees: Callees, settings: CampaignSettings, originate_s: float) -> None:
        self._detects, self._originate_s = settings.amd, originate_s
        self.people, self.others = (
            _drawn(
                replace(
                    callees, answer_rate={0.0: rate}, talk_factor=ALWAYS, noise=0.0, run_length=0
                )
            )
            for rate in (1.0, 0.0)
        )
        self.timeout_s = settings.ring_timeout_s

    def ended(self, fate: Fate) -> tuple[int, bool]:
        """The second of its age in which a call leaves the flight, and whether as a live answer."""
        age_s = self._originate_s + fate.delay_s
        if fate.outcome in (Outcome.BUSY, Outcome.FAILED):
            return int(age_s), False
        age_s += fate.ring_s
        if age_s >= self.timeout_s:
            return int(self.timeout_s), False
        judged_s = fate.judged_s if self._detects else 0.0
        return int(age_s + judged_s), fate.taken_for_person or not self._detects

    def talks(self, rate: float, factor: float) -> list[tuple[float, float]]:
        """(seconds, weight) of the talks at an answer rate, machines taken for people included."""
        heard = [(fate.talk_s, 1.0 - rate) for fate in self.others if self._is_heard(fate)]
        return [*[(fate.talk_s * factor, rate) for fate in self.people], *heard]

    def _is_heard(self, fate: Fate) -> bool:
        is_heard = fate.taken_for_person or not self._detects
        return fate.outcome is Outcome.MACHINE and is_heard


class TrueAnswering(Answering):
    """The chances of a call at the answer rate of the moment."""

    def __init__(self, fates: Fates, rate: Callable[[float], float], clock: Clock) -> None:
        super().__init__(fates.timeout_s)
        self._rate, self._clock = rate, clock
        size = int(fates.timeout_s) + 6
        self._of_people = _shares(map(fates.ended, fates.people), size)
        self._of_others = _shares(map(fates.ended, fates.others), size)
        self._drawn: dict[tuple[int, float | None], Curve] = {}

    def call_ended(self, age_s: float, answered: bool) -> None:
        """Nothing to learn."""

    def tick(self, ages: Sequence[float], now: float) -> None:
        self._clock.now = now

    def curve(self, deaf_from_s: float | None = None) -> Curve:
        step = int(self._rate(self._clock.now) / RATE_STEP + 0.5)
        curve = self._drawn.get((step, deaf_from_s))
        if curve is None:
            curve = self._drawn[step, deaf_from_s] = self._at(step * RATE_STEP, deaf_from_s)
        return curve

    def _at(self, rate: float, deaf_from_s: float | None) -> Curve:
        """Each second's hazards, of which those of answers end where they can be prevented."""
        alive, answered, ringing = 1.0, [0.0], [1.0]
        for second, ((a, b), (c, d)) in enumerate(
            zip(self._of_people, self._of_others, strict=True)
        ):
            answers, others = rate * a + (1.0 - rate) * c, rate * b + (1.0 - rate) * d
            gone = answers + others
            quit_rate = _hazard(gone / alive) if alive > 1e-9 else 1e9
            answer_rate = quit_rate * answers / gone if gone > 0.0 else 0.0
            if deaf_from_s is not None and second >= deaf_from_s:
                quit_rate, answer_rate = quit_rate - answer_rate, 0.0
            left = ringing[-1] * exp(-quit_rate)
            share = answer_rate / quit_rate if quit_rate > 0.0 else 0.0
            answered.append(answered[-1] + (ringing[-1] - left) * share)
            ringing.append(left)
            alive -= gone
        return Curve(tuple(answered), tuple(ringing))


class Lasting:
    """How long talks or wrap-ups last: survival from weighted samples."""

    def __init__(self, samples: Sequence[tuple[float, float]]) -> None:
        ordered = sorted(samples)
        self._times = [time for time, _ in ordered]
        weights = list(accumulate([weight for _, weight in ordered], initial=0.0))
        self._below = weights
        self.mean_s = sum(time * weight for time, weight in ordered) / weights[-1]

    def survives(self, t_s: float) -> float:
        return 1.0 - self._below[bisect_left(self._times, t_s)] / self._below[-1]


class TrueDurations(Durations):
    """The law of the hour instead of what was learned."""

    def __init__(
        self, edges: Sequence[float], laws: Callable[[float], Lasting], clock: Clock
    ) -> None:
        self._laws, self._clock = laws, clock
        self._law = laws(0.0)
        super().__init__(edges, self._law.mean_s, 1.0)

    @property
    def mean_s(self) -> float:
        return self._law.mean_s

    def ended(self, duration_s: float) -> None:
        """Nothing to learn."""

    def refresh(self, running: Sequence[float]) -> None:
        self._law = self._laws(self._clock.now)

    def outlasts(self, elapsed_s: float, more_s: float) -> float:
        alive = self._law.survives(elapsed_s)
        return self._law.survives(elapsed_s + more_s) / alive if alive > 0.0 else 0.0


class Knowing:
    """Makes policies that know one campaign's day. `paces`: how fast its agents are."""

    def __init__(
        self, callees: Callees, clients: Clients, paces: Sequence[float], originate_s: float
    ) -> None:
        self._callees, self._clients, self._paces = callees, clients, paces
        self._originate_s = originate_s
        self._laws: dict[tuple[int, float], Lasting] = {}

    def policy(self, settings: CampaignSettings) -> Predictive:
        """Predictive with the answer rate, the talks and the wrap-ups of this very day's world."""
        fates, clock = _fates(self._callees, settings, self._originate_s), Clock()
        wrap_ups = Lasting(self._paced([(fate.wrap_up_s, 1.0) for fate in fates.people]))

        def talks(now: float) -> Lasting:
            return self._talks(fates, now)

        talk = TrueDurations(TALK_EDGES, talks, clock)
        wrap_up = TrueDurations(WRAP_UP_EDGES, lambda now: wrap_ups, clock)
        return Predictive(
            settings,
            TrueAnswering(fates, self._rate, clock),
            Freeing(settings.wrap_up_s, talk, wrap_up),
        )

    def _rate(self, now: float) -> float:
        return self._clients.answer_rate(0, now)

    def _talks(self, fates: Fates, now: float) -> Lasting:
        hours = [hour for hour in self._callees.talk_factor if hour * HOUR_S <= now]
        factor = self._callees.talk_factor[max(hours)]
        key = int(self._rate(now) / LAW_STEP + 0.5), factor
        if key not in self._laws:
            self._laws[key] = Lasting(self._paced(fates.talks(key[0] * LAW_STEP, factor)))
        return self._laws[key]

    def _paced(self, times: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """As long as the agents make them: each in turn."""
        paces = self._paces
        return [(t * paces[i % len(paces)], weight) for i, (t, weight) in enumerate(times)]


_FATES: dict[str, Fates] = {}


def _fates(callees: Callees, settings: CampaignSettings, originate_s: float) -> Fates:
    """Drawn once for all days of a case."""
    key = f"{callees} {settings.amd} {settings.ring_timeout_s} {originate_s}"
    if key not in _FATES:
        _FATES[key] = Fates(callees, settings, originate_s)
    return _FATES[key]


def _drawn(callees: Callees) -> list[Fate]:
    clients = Clients(callees, 1.0, LAWS_SEED)
    return [clients.fate(lead, 0, 0.0) for lead in range(CALLS)]


def _shares(ends: Iterable[tuple[int, bool]], size: int) -> list[tuple[float, float]]:
    """For each second of a call's age: shares that end in it with a live answer, and otherwise."""
    answers, others = [0.0] * size, [0.0] * size
    for second, is_answer in ends:
        (answers if is_answer else others)[min(second, size - 1)] += 1.0 / CALLS
    return list(zip(answers, others, strict=True))


def _hazard(share: float) -> float:
    """Of so many who end within a second."""
    return -log(max(1e-9, 1.0 - share))
