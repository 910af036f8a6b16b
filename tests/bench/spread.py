"""How evenly simulated days are spread over agents: `python -m tests.bench.spread [MODE...]`.

The figures of docs/even-work.md. One team of which a third starts two hours later, and whose agents
are slower or faster by 15 %; calls and talk are of the time in which each could be given calls.
"""

from __future__ import annotations

import sys
from statistics import fmean

from ccdialer.core.campaign import Mode
from ccdialer.core.metrics import spread, utilisation
from ccdialer.core.project import Distribution
from ccdialer.sim.scenario import CampaignPlan, Scenario, Team, dialing_settings
from ccdialer.sim.world import run

SEEDS = range(5)


def scenario(agents: int, distribution: Distribution, mode: Mode) -> Scenario:
    """A day of eight hours."""
    late = agents // 3
    plan = CampaignPlan(
        name="sales", settings=dialing_settings(mode=mode), distribution=distribution
    )
    teams = (Team(agents - late, "early"), Team(late, "late", starts=2.0))
    return Scenario(name="spread", campaigns=(plan,), teams=teams)


def measured(agents: int, distribution: Distribution, mode: Mode) -> tuple[float, ...]:
    """Spread of calls in the day, of calls per hour, of talk in the day, of talk per hour; mean
    utilisation: means over the seeds."""
    rows = []
    for seed in SEEDS:
        (day,) = run(scenario(agents, distribution, mode), seed)
        people = day.agents
        rows.append(
            (
                spread([p.calls for p in people]),
                spread([p.calls / p.time.staffed_s for p in people]),
                spread([p.time.talk_s for p in people]),
                spread([utilisation(p.time) for p in people]),
                fmean(utilisation(p.time) for p in people),
            )
        )
    return tuple(fmean(column) for column in zip(*rows, strict=True))


def main(modes: list[str]) -> None:
    """For the modes named, or predictive."""
    for mode in map(Mode, modes or [Mode.PREDICTIVE]):
        for agents in (10, 50):
            for distribution in Distribution:
                figures = " ".join(f"{x:7.1%}" for x in measured(agents, distribution, mode))
                print(f"{mode:12} {agents:3} {distribution:13} {figures}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
