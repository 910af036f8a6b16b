"""Verdicts: what predictive reached in a case, held against what it must reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.bench.pacing.cache import Cache
from tests.bench.pacing.cases import Case, compared
from tests.bench.pacing.contenders import FIXED, PREDICTIVE, SHIPPED, TRUE
from tests.bench.pacing.days import Lived
from tests.bench.pacing.hindsight import Choice, best_adapted, best_ratio
from tests.bench.pacing.summary import CAP, Summary, ratio, summary

TRUE_GOAL = 0.99  # of the same rule with the world's own laws
DAYS_OVER = 0.05  # share of days that may be above the cap
ENOUGH_ANSWERS = 300  # a day and campaign; on shorter days a single call decides


@dataclass(frozen=True, slots=True)
class Verdict:
    """Ratios of utilisation; None: not lived."""

    case: Case
    found: dict[str, Summary]  # of the contenders that are lived on every day
    over_shipped: float | None
    adapted: Choice | None
    fixed_ratio: Choice | None
    over_hindsight: float | None
    over_true: float | None

    @property
    def keeps_cap(self) -> bool | None:
        """None: too few answers a day to tell."""
        ours = self.found[PREDICTIVE]
        if ours.answers / len(self.case.scenario.campaigns) < ENOUGH_ANSWERS:
            return None
        return ours.abandonment <= CAP and ours.over <= DAYS_OVER

    @property
    def beats_hindsight(self) -> bool | None:
        if self.over_hindsight is None or self.case.goal is None:
            return None
        return self.over_hindsight >= self.case.goal

    @property
    def nears_truth(self) -> bool | None:
        return None if self.over_true is None else self.over_true >= TRUE_GOAL

    @property
    def holds(self) -> bool:
        """Nothing that can be told is missed."""
        return False not in (self.keeps_cap, self.beats_hindsight, self.nears_truth)


def _on(seeds: Sequence[int], days: Mapping[int, Lived]) -> Summary:
    return summary({seed: day for seed, day in days.items() if seed in seeds})


def verdict(case: Case, seeds: range, cache: Cache) -> Verdict | None:
    """None: predictive has not lived the case."""
    few = compared(case, seeds)
    days = {name: cache.days(case.name, name, few) for name in FIXED}
    days[PREDICTIVE] = cache.days(case.name, PREDICTIVE, seeds)
    found = {name: summary(lived) for name, lived in days.items() if lived}
    if PREDICTIVE not in found:
        return None
    adapted, fixed = best_adapted(case, few, cache), best_ratio(case, few, cache)
    best = max((c.utilisation for c in (adapted, fixed) if c is not None), default=None)
    ours = days[PREDICTIVE]
    shipped = [r for name in SHIPPED if (r := ratio(ours, days[name])) is not None]
    return Verdict(
        case,
        found,
        over_shipped=min(shipped, default=None),
        adapted=adapted,
        fixed_ratio=fixed,
        over_hindsight=_on(few, ours).utilisation / best if best else None,
        over_true=ratio(ours, days[TRUE]),
    )
