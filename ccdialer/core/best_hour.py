"""Best hour: when, of the hours ahead, people of a campaign answer best, by its own answers.

An hour's answer rate is shrunk towards the campaign's mean: a beta-binomial with the weight of
PRIOR_DIALS dials. A call is moved only out of an hour that is plainly worse than the best one
ahead, and no further than to the first that is not: chance moves nobody, and not all are moved to
the same hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

from ccdialer.core.clocks import hour_at, next_hour
from ccdialer.core.disposition import BAD_NUMBER, LIVE, UNCOUNTED, Disposition

PRIOR_DIALS = 100.0
PLAINLY = 3.0
"""Standard deviations: of 24 hours, all alike, the best looks better than one of them by less."""
NOBODY_THERE = frozenset(
    {
        Disposition.NO_ANSWER,
        Disposition.MACHINE,
        Disposition.UNREACHABLE,
        Disposition.REJECTED,
    }
)
"""Results after which another hour may be better. Who was busy is at his phone now."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Calls that reached a number in one hour of the day, and how many of them people answered."""

    dials: int = 0
    answers: int = 0

    def __add__(self, more: Answers) -> Answers:
        return Answers(self.dials + more.dials, self.answers + more.answers)


ANSWERED = LIVE | {Disposition.LEFT}
SILENT_OF_HOURS = UNCOUNTED | BAD_NUMBER | {Disposition.LOST}
"""Results that say nothing of when people answer."""


def answers_of(disposition: Disposition) -> Answers:
    """What one call says of its hour."""
    if disposition in SILENT_OF_HOURS:
        return Answers()
    return Answers(1, int(disposition in ANSWERED))


Hours = tuple[Answers, ...]
"""24 of them, by the clients' clocks."""
NOTHING_LEARNED: Hours = (Answers(),) * 24


@dataclass(frozen=True, slots=True)
class Choice:
    """An instant, epoch seconds, and why it is not the earliest; empty: it is."""

    at: float
    reason: str = ""


def choose(hours: Hours, zone: str, earliest: float, latest: float) -> Choice:
    """The first instant from `earliest` to `latest` (epoch seconds) in an hour that is not plainly
    worse than the best one up to then. Hours in which the campaign never dials are passed over:
    nobody would be called in them."""
    ahead = [at for at in _beginnings(zone, earliest, latest) if hours[hour_at(at, zone)].dials]
    if not ahead:
        return Choice(earliest)
    mean = _mean(hours)
    rates = {at: _rate(hours[hour_at(at, zone)], mean) for at in ahead}
    best = max(rates.values())
    at = next(at for at in ahead if not _is_plainly_worse(rates[at], best))
    if at == earliest:
        return Choice(earliest)
    first = rates[ahead[0]]
    said = f"more people answer at {hour_at(at, zone)}:00 ({rates[at][0]:.0%}"
    return Choice(at, f"{said}; {first[0]:.0%} at {hour_at(ahead[0], zone)}:00)")


def _beginnings(zone: str, earliest: float, latest: float) -> Iterator[float]:
    """The earliest instant, and the beginning of every hour after it."""
    at = earliest
    while at <= latest:
        yield at
        at = next_hour(at, zone)


def _mean(hours: Hours) -> float:
    whole = sum(hours, Answers())
    return whole.answers / whole.dials


def _rate(hour: Answers, mean: float) -> tuple[float, float]:
    """The answer rate of an hour, and its variance: of a beta law."""
    weight = hour.dials + PRIOR_DIALS
    rate = (hour.answers + PRIOR_DIALS * mean) / weight
    return rate, rate * (1.0 - rate) / (weight + 1.0)


def _is_plainly_worse(rate: tuple[float, float], best: tuple[float, float]) -> bool:
    return best[0] - rate[0] > PLAINLY * sqrt(rate[1] + best[1])
