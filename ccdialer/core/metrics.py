"""The trade's formulas, each written once: pacing, status and reports mean the same by a word.

Counts are of one campaign or agent over one span of time; times in seconds; rates 0..1. A share
of nothing is 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev


@dataclass(frozen=True, slots=True)
class WorkTime:
    """How an agent spent his time on duty, seconds."""

    signed_in_s: float
    paused_s: float = 0.0
    talk_s: float = 0.0
    wrap_up_s: float = 0.0

    @property
    def staffed_s(self) -> float:
        """Time in which he could have been given calls."""
        return max(0.0, self.signed_in_s - self.paused_s)


@dataclass(frozen=True, slots=True)
class Work:
    """Talks that an agent has had, and how long they were."""

    calls: int = 0
    talk_s: float = 0.0

    def __add__(self, more: Work) -> Work:
        return Work(self.calls + more.calls, self.talk_s + more.talk_s)


def spread(values: Sequence[float]) -> float:
    """Coefficient of variation, standard deviation over mean: 0 is perfectly even."""
    mean = fmean(values) if values else 0.0
    return pstdev(values) / mean if mean else 0.0


def abandonment_rate(talked: int, abandoned: int) -> float:
    """Live answers that met no agent in time / live answers (47 CFR 64.1200(a)(7))."""
    return share(abandoned, talked + abandoned)


def contact_rate(live: int, attempts: int) -> float:
    """Live answers / attempts that were dialed."""
    return share(live, attempts)


def utilisation(time: WorkTime) -> float:
    """Talk / (signed in - paused)."""
    return share(time.talk_s, time.staffed_s)


def occupancy(time: WorkTime) -> float:
    """(Talk + wrap-up) / (signed in - paused)."""
    return share(time.talk_s + time.wrap_up_s, time.staffed_s)


def average_handling_s(talk_s: float, wrap_up_s: float, calls: int) -> float:
    """AHT: mean talk and wrap-up of a call, seconds."""
    return (talk_s + wrap_up_s) / calls if calls > 0 else 0.0


def service_level(in_time: int, queued: int) -> float:
    """Calls answered within the queue's `service_level_s` / calls that came into an open queue and
    did not hang up at once. Who left later, was sent on, or asked to be called back was not
    answered in time: the strictest of the usual formulas."""
    return share(in_time, queued)


def average_speed_of_answer_s(wait_s: float, answered: int) -> float:
    """ASA: mean wait of those who were answered, seconds."""
    return wait_s / answered if answered > 0 else 0.0


def quantile(values: Sequence[float], part: float) -> float | None:
    """The smallest of the values that at least `part` (0..1) of them do not exceed (nearest rank);
    None: there is none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)] if ordered else None


def share(part: float, whole: float) -> float:
    """`part` of `whole` as a rate, 0..1."""
    return min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0
