"""Hindsight: the best of VICIdial's settings for a case, chosen by who knows its days.

All settings are tried on a few of the days; the best of those that keep the cap there are lived
on all. Chosen is the highest utilisation whose abandonment, mean over all days, is at most 3.0 %.
Of the fixed ratios the two levels around 3.0 % are lived on all days, and a level between them is
taken by linear interpolation, which no VICIdial can do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.bench.pacing.cache import Cache
from tests.bench.pacing.cases import Case
from tests.bench.pacing.contenders import RATIOS, SHIPPED, adapted
from tests.bench.pacing.days import Job, Lived
from tests.bench.pacing.summary import CAP, Summary, summary

TRIED = 1  # days on which all settings are tried
FINALISTS = 4
NEARLY = 1.04  # times the cap: on few days that may be chance


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting, or a level between two, and what it comes to over all days."""

    name: str
    utilisation: float
    abandonment: float


def trial(case: Case, seeds: Sequence[int]) -> list[Job]:
    """Every setting on the first of the days."""
    names = [*adapted(case.agents), *RATIOS]
    return [Job(case.name, name, seed) for name in names for seed in seeds[:TRIED]]


def final(case: Case, seeds: Sequence[int], cache: Cache) -> list[Job]:
    """The best of the trial on all days."""
    return [Job(case.name, name, seed) for name in _finalists(case, seeds, cache) for seed in seeds]


def best_adapted(case: Case, seeds: Sequence[int], cache: Cache) -> Choice | None:
    """None: nothing was lived on all days, or nothing of it keeps the cap."""
    names = [*adapted(case.agents), *SHIPPED]
    found = _complete(case, names, seeds, cache)
    kept = [(s.utilisation, name, s) for name, s in found.items() if s.abandonment <= CAP]
    if not kept:
        return None
    utilisation, name, s = max(kept, key=lambda choice: choice[0])
    return Choice(name, utilisation, s.abandonment)


def best_ratio(case: Case, seeds: Sequence[int], cache: Cache) -> Choice | None:
    """The level that would abandon 3.0 %, between the two that were lived around it."""
    found = list(_complete(case, list(RATIOS), seeds, cache).items())
    below = [(name, s) for name, s in found if s.abandonment <= CAP]
    above = [(name, s) for name, s in found if s.abandonment > CAP]
    if not below:
        return None
    name, low = below[-1]
    if not above:
        return Choice(name, low.utilisation, low.abandonment)
    high = above[0][1]
    part = (CAP - low.abandonment) / (high.abandonment - low.abandonment)
    between = low.utilisation + part * (high.utilisation - low.utilisation)
    return Choice(f"{name} to {above[0][0].split()[1]}", between, CAP)


def _finalists(case: Case, seeds: Sequence[int], cache: Cache) -> list[str]:
    few = sorted({job.seed for job in trial(case, seeds)})
    adapt = _complete(case, list(adapted(case.agents)), few, cache)
    kept = {name: s for name, s in adapt.items() if s.abandonment <= NEARLY * CAP}
    ranked = sorted(kept, key=lambda name: -kept[name].utilisation)
    names = _unlike(ranked, kept)[:FINALISTS]
    safest = min(adapt, key=lambda name: adapt[name].abandonment, default=None)
    if safest is not None and safest not in names:
        names.append(safest)
    return names + _around(_complete(case, list(RATIOS), few, cache))


def _unlike(ranked: Iterable[str], found: dict[str, Summary]) -> list[str]:
    """Settings that led to the very same days are lived once."""
    return list({found[name]: name for name in reversed(list(ranked))}.values())[::-1]


def _around(ratios: dict[str, Summary]) -> list[str]:
    """The levels around the cap, and one more on each side: on few days chance moves them."""
    names = list(ratios)
    below = [i for i, name in enumerate(names) if ratios[name].abandonment <= CAP]
    last = max(below, default=0)
    return names[max(0, last - 1) : last + 3]


def _complete(
    case: Case, names: Sequence[str], seeds: Sequence[int], cache: Cache
) -> dict[str, Summary]:
    """Summaries of those who have lived all of these days."""
    lived: dict[str, dict[int, Lived]] = {
        name: cache.days(case.name, name, seeds) for name in names
    }
    return {name: summary(days) for name, days in lived.items() if len(days) == len(seeds)}
