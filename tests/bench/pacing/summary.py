"""Summaries: what the days of one policy in one case come to, and how two policies compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ccdialer.sim.result import percentile
from tests.bench.pacing.days import Lived

CAP = 0.03


@dataclass(frozen=True, slots=True)
class Summary:
    """Shares, 0..1. Abandonment is that of each campaign on each day."""

    days: int
    utilisation: float  # talk of all days / paid time of all days
    abandonment: float  # mean over days; of several campaigns the worst
    high: float  # 95th percentile of days
    over: float  # share of days above the cap
    answers: float  # live answers of a day
    talks_per_hour: float  # of an agent
    lines: float  # line time / talk time


def summary(days: Mapping[int, Lived]) -> Summary:
    """At least one day."""
    lived = list(days.values())
    rates = [rate for day in lived for rate in day.rates]
    by_campaign = zip(*(day.rates for day in lived), strict=True)
    means = [sum(of_one) / len(lived) for of_one in by_campaign]
    answered = sum(sum(day.answered) for day in lived)
    talks = answered - sum(sum(day.abandoned) for day in lived)
    paid_s, talk_s = sum(day.paid_s for day in lived), sum(day.talk_s for day in lived)
    return Summary(
        days=len(lived),
        utilisation=talk_s / paid_s,
        abandonment=max(means),
        high=percentile(rates, 0.95),
        over=sum(rate > CAP for rate in rates) / len(rates),
        answers=answered / len(lived),
        talks_per_hour=talks / (paid_s / 3600.0),
        lines=sum(day.line_s for day in lived) / talk_s,
    )


def ratio(ours: Mapping[int, Lived], theirs: Mapping[int, Lived]) -> float | None:
    """Our utilisation over theirs, on the days that both have lived; None: there are none."""
    both = ours.keys() & theirs.keys()
    if not both:
        return None
    mine = summary({seed: ours[seed] for seed in both})
    other = summary({seed: theirs[seed] for seed in both})
    return mine.utilisation / other.utilisation
