"""Predictive dialing: one more call while the chance that it would meet no agent is allowed.

A call placed now is answered, if at all, in some seconds. It is abandoned if at that moment (plus
the seconds of grace) every agent is taken. Calls in flight are answered by then or not, busy
agents are free by then or not, callers of queues come or not: independent yes/no events, so the
chance that this call finds nobody is a Poisson-binomial tail. One number, the allowed risk, trades
idle time for abandonment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ccdialer.core.campaign import CampaignSettings, Tally
from ccdialer.core.pacing.answering import Answering, Curve
from ccdialer.core.pacing.blending import Blending
from ccdialer.core.pacing.budget import Budget
from ccdialer.core.pacing.freeing import Freeing
from ccdialer.core.pacing.outlook import Group, Outlook, Row, moments
from ccdialer.core.pacing.policy import (
    Decision,
    Memory,
    Scene,
    affordable,
    agents_of,
    no_agent_free,
)
from ccdialer.core.pacing.remembering import MISFITS, amount
from ccdialer.core.pacing.sentences import (
    BY_IDLE,
    BY_LINES,
    BY_RISK,
    LEARNING,
    NO_BUDGET,
    NO_BUDGET_OF_MONTH,
    NO_BUDGET_YET,
    TOO_SMALL,
)

INSTANTS = 5  # moments of a new call's answer that are looked at
LINES_CEILING = 3.0  # times lines_per_agent: lines in use per agent, whatever the estimates say
LEARNED_CALLS = 30  # outcomes seen before any call is placed ahead: a wrong prior floods the start
LATE_S = 5.0  # calls this much past min_ring_s can still be let go before they are answered
MEMORY_VERSION = 2  # of what memory() says; another one's is not understood
FAR, FAR_S = 2.0, 1.0  # a risk so many times what is allowed does not become allowed sooner
TICK_S = 1.0  # answers are learned this often
REFRESH_S, EARLY_REFRESH_S, EARLY_S = 60.0, 15.0, 300.0  # talk tables are renewed this often


@dataclass(frozen=True, slots=True)
class _Bounds:
    """How many calls may be placed, whatever the risk of the next one."""

    least: int  # one per idle agent is always safe where no caller may take him meanwhile
    most: int  # lines, tasks and the ceiling per agent


class Predictive:
    """The state-based policy of PACING §4. It is progressive with a spent budget, in a team too
    small, and until it has seen some calls."""

    def __init__(
        self,
        settings: CampaignSettings,
        answering: Answering | None = None,
        freeing: Freeing | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._settings = settings
        self._answering = answering or Answering(settings.ring_timeout_s)
        self._freeing = freeing or Freeing(settings.wrap_up_s)
        self._budget = budget or Budget(settings.max_abandonment, settings.abandonment_window)
        self._ended = 0  # calls whose outcome was seen
        self._started_at: float | None = None
        self._ticked_at = self._refreshed_at = 0.0
        self._whole = self._curve = Curve((0.0,), (1.0,))
        self._refresh(())
        self._draw_curves()

    @classmethod
    def remembering(cls, settings: CampaignSettings, memory: Memory | None) -> Predictive:
        """A policy that goes on from `memory`; with nothing learned if it does not fit."""
        policy = cls(settings)
        try:
            policy._remember(memory or {})
        except MISFITS:
            return cls(settings)
        return policy

    def memory(self) -> Memory:
        learned = {name: part.memory() for name, part in self._parts().items()}
        return {"version": MEMORY_VERSION, "calls": self._ended, **learned}

    def _remember(self, memory: Memory) -> None:
        amount(memory["version"], MEMORY_VERSION, MEMORY_VERSION)
        self._ended = int(amount(memory["calls"]))
        for name, part in self._parts().items():
            part.remember(memory[name])
        self._refresh(())

    def _parts(self) -> dict[str, Answering | Freeing | Budget]:
        """All that learn, by their names in a memory."""
        return {"answering": self._answering, "freeing": self._freeing, "budget": self._budget}

    def call_ended(self, age_s: float, answered: bool) -> None:
        self._ended += 1
        self._answering.call_ended(age_s, answered)

    def talk_ended(self, duration_s: float) -> None:
        self._freeing.talk_ended(duration_s)

    def wrap_up_ended(self, duration_s: float) -> None:
        self._freeing.wrap_up_ended(duration_s)

    def decide(self, scene: Scene, now: float) -> Decision:
        self._learn(scene, now)
        allowed = self._budget.allowed_risk(scene, self._freeing.handle_s, self._answer_rate)
        held = self._held_back(scene, allowed)
        if held is not None:
            allowed = 0.0
        outlook, bounds = self._outlook(scene), self._bounds(scene, allowed)
        place, risk = outlook.most_calls(bounds.least, bounds.most, allowed)
        self._budget.placed(place, allowed, len(scene.in_flight))
        sentence, *why = held or (_sentence(place, bounds),)
        return Decision(
            place,
            sentence,
            (*self._figures(scene, outlook), risk, allowed, place, *why),
            self._settings.min_ring_s if no_agent_free(scene) else None,
            FAR_S if risk > FAR * allowed else 0.0,
            *(risk, allowed),
            sets_aside=held is not None,
        )

    def _held_back(self, scene: Scene, allowed: float) -> tuple[str, float, float] | None:
        """Why no call is placed ahead of idle agents just now: the sentence and its figures."""
        if self._ended < LEARNED_CALLS:
            return LEARNING, self._ended, LEARNED_CALLS
        agents = agents_of(scene)
        risk = self._risk_if_all_idle(agents)
        if risk > self._budget.most_risk:
            return TOO_SMALL, agents, risk
        return None if allowed > 0.0 else self._without_budget(scene.day, scene.month)

    def _without_budget(self, day: Tally, month: Tally) -> tuple[str, float, float]:
        cap = self._settings.max_abandonment
        if month.abandoned > cap * month.answered and day.abandoned <= cap * day.answered:
            return NO_BUDGET_OF_MONTH, month.abandoned, month.answered
        return NO_BUDGET if day.abandoned > 0 else NO_BUDGET_YET, day.abandoned, day.answered

    def _risk_if_all_idle(self, agents: int) -> float:
        """The risk of one call more than agents if all of these are idle and just called for: the
        least that dialing ahead can carry in a team of this size."""
        answered = self._competing.get(0) or self._competes(0)
        return sum([w * answered[i] ** agents for i, w in enumerate(self._weights)])

    def _learn(self, scene: Scene, now: float) -> None:
        if self._started_at is None:
            self._started_at = self._refreshed_at = now
        elif now - self._ticked_at < TICK_S:
            return
        self._ticked_at = now
        self._answering.tick(scene.in_flight, now)
        pause = EARLY_REFRESH_S if now - self._started_at < EARLY_S else REFRESH_S
        if now - self._refreshed_at >= pause:
            self._refreshed_at = now
            self._refresh(scene.talking, scene.wrapping)
        self._draw_curves()

    def _refresh(self, talking: Sequence[float], wrapping: Sequence[float] = ()) -> None:
        """Choose anew when a new call is looked at, and learn how long talks last."""
        self._instants, self._weights = _instants(self._answering.curve())
        horizons = [int(s + self._settings.connect_within_s) for s in self._instants]
        self._freeing.refresh(talking, wrapping, horizons)
        self._blending = Blending(horizons)
        self._competing: dict[int, Row] = {}

    def _draw_curves(self) -> None:
        """What becomes of new calls, and of calls in flight as competitors."""
        whole = self._answering.curve()
        if whole is not self._whole:
            self._whole, self._answer_rate = whole, whole.answered[-1]
            self._curve = self._answering.curve(self._settings.min_ring_s + LATE_S)
            self._competing = {}

    def _competes(self, second: int) -> Row:
        """P(a call of this age is answered) by each instant."""
        curve = self._curve
        row = moments([curve.answered_within(second, s) for s in self._instants])
        self._competing[second] = row
        return row

    def _flying(self, ages: Sequence[float]) -> list[Group]:
        rows = self._competing
        seconds = Counter([int(age + 0.5) for age in ages])
        return [(n, rows.get(second) or self._competes(second)) for second, n in seconds.items()]

    def _bounds(self, scene: Scene, allowed: float) -> _Bounds:
        is_his = allowed <= 0.0 or not scene.expects_callers  # held back, it sets agents aside
        least = scene.idle - scene.promised - len(scene.in_flight) if is_his else 0
        agents = agents_of(scene)
        in_use = len(scene.in_flight) + len(scene.talking) + scene.waiting
        ceiling = int(LINES_CEILING * self._settings.lines_per_agent * agents) - in_use
        most = affordable(max(least, ceiling) if allowed > 0.0 else least, scene)
        return _Bounds(min(most, max(0, least)), most)

    def _outlook(self, scene: Scene) -> Outlook:
        own = self._freeing.still_busy(scene.talking, scene.wrapping)
        return Outlook(
            [*own, *self._blending.taken_by(scene.callers)],
            self._flying(scene.in_flight),
            scene.idle + scene.busy - scene.waiting,
            self._competing.get(0) or self._competes(0),
            self._weights,
        )

    def _figures(self, scene: Scene, outlook: Outlook) -> tuple[float, ...]:
        """The state in numbers, at the moment when a new call is answered on the average."""
        soon, last = len(self._instants) // 2, len(self._instants) - 1
        freed = scene.busy - outlook.busy[soon]
        answers, flying = outlook.answered[last], len(scene.in_flight)
        seconds = self._instants[soon]
        return (scene.idle + freed, scene.idle, freed, seconds, scene.waiting, flying, answers)


def _instants(curve: Curve) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Seconds from the dial around which about equal shares of the answers come, and the shares."""
    total, instants, weights = curve.answered[-1], [], []
    first = 0
    for second in range(1, len(curve.answered)):
        share = (curve.answered[second] - curve.answered[first]) / total
        if share >= 1.0 / INSTANTS or second + 1 == len(curve.answered):
            half = (curve.answered[second] + curve.answered[first]) / 2.0
            middle = next(s for s in range(first, second + 1) if curve.answered[s] >= half)
            instants.append(middle)
            weights.append(share)
            first = second
    return tuple(instants), tuple(weights)


def _sentence(place: int, bounds: _Bounds) -> str:
    if place == bounds.most:
        return BY_LINES
    return BY_IDLE if place == bounds.least > 0 else BY_RISK
