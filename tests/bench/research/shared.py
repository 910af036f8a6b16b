"""What does it cost that campaigns share agents, against one campaign that has them all?

`python -m tests.bench.research.shared`: the real core in the simulator, some minutes.
"""

from __future__ import annotations

from multiprocessing import Pool
from statistics import mean

from ccdialer.sim.scenario import Callees, CampaignPlan, Scenario, Team, dialing_settings
from ccdialer.sim.world import run

SEEDS = range(3001, 3005)
ANSWER_RATE = 0.35
CASES: dict[str, tuple[float, ...]] = {
    "one campaign": (1.0,),
    "two of equal weight": (1.0, 1.0),
    "three of equal weight": (1.0, 1.0, 1.0),
    "three, weights 3, 1, 1": (3.0, 1.0, 1.0),
}
TEAMS = (10, 20, 50)


def scenario(agents: int, weights: tuple[float, ...]) -> Scenario:
    """Campaigns alike but for their weights, and agents who work in all of them."""
    callees = Callees(answer_rate={0.0: ANSWER_RATE})
    campaigns = tuple(
        CampaignPlan(f"c{n}", settings=dialing_settings(weight=weight), callees=callees)
        for n, weight in enumerate(weights)
    )
    return Scenario(campaigns=campaigns, teams=(Team(agents=agents),))


Figures = tuple[float, list[tuple[int, int, float]]]
"""Utilisation; of each campaign the abandoned, the answered, and seconds of talk."""


def day(job: tuple[int, str, int]) -> Figures:
    agents, case, seed = job
    (lived,) = run(scenario(agents, CASES[case]), seed)
    each = [(c.abandoned, c.answered, c.talk_s) for c in lived.campaigns]
    return lived.utilisation, each


def main() -> None:
    """Print a table."""
    print("| agents | campaigns | utilisation | abandonment of each | share of talk of each |")
    print("| --- | --- | --- | --- | --- |")
    cases = [(agents, case) for agents in TEAMS for case in CASES]
    with Pool() as pool:
        found = pool.map(day, [(*case, seed) for case in cases for seed in SEEDS], chunksize=1)
    for n, (agents, case) in enumerate(cases):
        days = found[n * len(SEEDS) : (n + 1) * len(SEEDS)]
        each = [
            tuple(map(sum, zip(*same, strict=True)))
            for same in zip(*(campaigns for _, campaigns in days), strict=True)
        ]
        talk_s = sum(talked_s for _, _, talked_s in each)
        figures = (
            f"{mean(utilisation for utilisation, _ in days):.2%}",
            ", ".join(f"{abandoned / answered:.2%}" for abandoned, answered, _ in each),
            ", ".join(f"{talked_s / talk_s:.0%}" for _, _, talked_s in each),
        )
        print(f"| {agents} | {case} | {' | '.join(figures)} |")


if __name__ == "__main__":
    main()
