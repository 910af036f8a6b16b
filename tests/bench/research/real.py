"""The policy as shipped, whose answers come in runs or under noise: does the cap hold?

It knows nothing of the world (`tests/core/pacing/world.py`) and learns everything.
`python -m tests.bench.research.real`
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np

from ccdialer.core.pacing.predictive import Predictive
from tests.core.pacing.world import World, settings

AGENTS, HOURS, P = 20, 8.0, 0.35
SEEDS = range(1, 9)


def steady(_: Random) -> Callable[[float], float]:
    return lambda now: P


def by_runs(length: int, spread: float) -> Callable[[Random], Callable[[float], float]]:
    """The answer rate changes every `length` leads or so; the list is sorted by something."""

    def world(dice: Random) -> Callable[[float], float]:
        now_at = [P]

        def rate(_: float) -> float:
            if dice.random() < 1.0 / length:
                now_at[0] = P * min(1.9, max(0.1, dice.gauss(1.0, spread)))
            return now_at[0]

        return rate

    return world


def by_noise(spread: float, half_life_s: float) -> Callable[[Random], Callable[[float], float]]:
    """The whole list answers more or less readily for some minutes."""

    def world(dice: Random) -> Callable[[float], float]:
        level, at = [dice.gauss(0.0, 1.0)], [0.0]

        def rate(now: float) -> float:
            keep = 0.5 ** ((now - at[0]) / half_life_s)
            at[0] = now
            level[0] = keep * level[0] + (1.0 - keep * keep) ** 0.5 * dice.gauss(0.0, 1.0)
            return P * min(2.0, max(0.2, 1.0 + spread * level[0]))

        return rate

    return world


WORLDS = {
    "independent": steady,
    "runs of 5 leads ± 40 %": by_runs(5, 0.4),
    "runs of 50 leads ± 40 %": by_runs(50, 0.4),
    "runs of 500 leads ± 40 %": by_runs(500, 0.4),
    "noise of 1 min ± 25 %": by_noise(0.25, 60.0),
    "noise of 5 min ± 25 %": by_noise(0.25, 300.0),
    "noise of 5 min ± 50 %": by_noise(0.50, 300.0),
}


def main() -> None:
    for name, world in WORLDS.items():
        rows = []
        for seed in SEEDS:
            rate = world(Random(seed))
            day = World(Predictive(settings()), agents=AGENTS, answer_rate=rate, seed=seed)
            day.run(HOURS)
            rows.append((day.utilisation, day.abandonment_rate, day.policy._budget.gain))
        use, lost, gain = np.array(rows).T
        print(
            f"{name:26s} utilisation {use.mean():.2%} ± {use.std(ddof=1) / len(use) ** 0.5:.2%}  "
            f"abandonment mean {lost.mean():.2%}, highest day {lost.max():.2%}  "
            f"gain learned {gain.mean():.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
