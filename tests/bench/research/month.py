"""Thirty days that differ, with the cap held each day or over the window: what that is worth.

Each kind of day has a trade-off curve (talk, answers, abandoned by allowed risk), measured in the
lean world; a month is a draw of kinds, and a policy a choice of the risk of each day.
`python -m tests.bench.research.month`
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from math import exp, log, sqrt

import numpy as np

from tests.bench.research.lean import CAP, Knobs, Setting, run

RISKS = np.exp(np.linspace(log(0.003), log(0.2), 12))
FINE = np.exp(np.linspace(log(0.003), log(0.2), 400))
DEGREE = 3  # of the polynomial in the log of the risk that smooths chance away
DAYS, MONTHS = 30, 30


@dataclass(frozen=True)
class Curve:
    """Talk s, answers and abandoned of a kind of day over the risks of FINE."""

    talk: np.ndarray
    answered: np.ndarray
    abandoned: np.ndarray


@cache
def curve(agents: int, p: float) -> Curve:
    setting = Setting(agents, p)
    sums = [run(setting, replace(Knobs(), allowed=r), range(1, 7)).figures / 6 for r in RISKS]
    talk, answered, abandoned = np.array(sums).T[:3]

    def smooth(y: np.ndarray) -> np.ndarray:
        return np.polyval(np.polyfit(np.log(RISKS), y, DEGREE), np.log(FINE))

    return Curve(smooth(talk), smooth(answered), np.exp(smooth(np.log(abandoned + 0.01))))


def largest(allowed: np.ndarray) -> int:
    """The last index that is allowed, 0 if none."""
    return int(np.flatnonzero(allowed)[-1]) if allowed.any() else 0


def daily(month: list[Curve], reserved: bool) -> list[int]:
    out = []
    for c in month:
        total = CAP * c.answered
        reserve = 1.5 + np.minimum(4.0, 0.2 * np.sqrt(total)) if reserved else 0.0
        out.append(largest(c.abandoned <= total - reserve))
    return out


def bounded(c: Curve, most: float) -> int:
    return largest(c.abandoned <= most * c.answered)


def over_month(month: list[Curve], choose: Callable[[Curve, float], int], most: float) -> list[int]:
    """The largest control with which the whole month keeps the cap; no day above `most`."""
    low, high = log(1e-4), log(1e5)
    for _ in range(50):
        middle = (low + high) / 2
        picks = [min(choose(c, exp(middle)), bounded(c, most)) for c in month]
        spent = sum(c.abandoned[i] for c, i in zip(month, picks, strict=True))
        allowed = CAP * sum(c.answered[i] for c, i in zip(month, picks, strict=True))
        low, high = (middle, high) if spent <= allowed else (low, middle)
    return [min(choose(c, exp(low)), bounded(c, most)) for c in month]


def by_risk(c: Curve, risk: float) -> int:
    return largest(risk >= FINE)


def by_price(c: Curve, patience: float) -> int:
    """The risk that is best if an abandonment above the cap costs 1e5 / `patience` s of talk."""
    return int(np.argmax(c.talk - 1e5 / patience * (c.abandoned - CAP * c.answered)))


def summary(month: list[Curve], picks: list[int]) -> tuple[float, float, float]:
    """(talk, abandonment of the month, highest of a day)."""
    chosen = list(zip(month, picks, strict=True))
    abandoned = sum(c.abandoned[i] for c, i in chosen)
    answered = sum(c.answered[i] for c, i in chosen)
    worst = max(c.abandoned[i] / c.answered[i] for c, i in chosen)
    return float(sum(c.talk[i] for c, i in chosen)), abandoned / answered, worst


POLICIES: dict[str, Callable[[list[Curve]], list[int]]] = {
    "each day 3 %, with a reserve": lambda m: daily(m, reserved=True),
    "each day 3 %, exactly": lambda m: daily(m, reserved=False),
    "month 3 %, one risk for all days": lambda m: over_month(m, by_risk, 1.0),
    "month 3 %, one price for all days": lambda m: over_month(m, by_price, 1.0),
    "  the same, no day above 6 %": lambda m: over_month(m, by_price, 0.06),
    "  the same, no day above 4.5 %": lambda m: over_month(m, by_price, 0.045),
}

WORLDS = {
    "5 agents, p .15 to .60": ([5], [0.15, 0.25, 0.35, 0.45, 0.6]),
    "10 agents, p .15 to .60": ([10], [0.15, 0.25, 0.35, 0.45, 0.6]),
    "20 agents, p .15 to .60": ([20], [0.15, 0.25, 0.35, 0.45, 0.6]),
    "20 agents, p .30 to .40": ([20], [0.3, 0.35, 0.4]),
    "5 to 20 agents, p .35": ([5, 8, 12, 16, 20], [0.35]),
    "5 to 20 agents, p .15 to .60": ([5, 10, 20], [0.15, 0.25, 0.35, 0.45, 0.6]),
}


def main() -> None:
    for name, (agents, chances) in WORLDS.items():
        kinds = [curve(n, p) for n in agents for p in chances]
        dice = np.random.default_rng(5)
        months = [[kinds[k] for k in dice.integers(len(kinds), size=DAYS)] for _ in range(MONTHS)]
        base: np.ndarray | None = None
        for policy, choose in POLICIES.items():
            rows = np.array([summary(m, choose(m)) for m in months])
            base = rows[:, 0] if base is None else base
            gain = 100 * (rows[:, 0] / base - 1)
            print(
                f"{name:30s} {policy:36s} talk {gain.mean():+6.2f} % ± "
                f"{gain.std(ddof=1) / sqrt(MONTHS):.2f}  month {rows[:, 1].mean():.2%}  "
                f"worst day {rows[:, 2].max():.1%}",
                flush=True,
            )


if __name__ == "__main__":
    main()
