"""What does it cost that campaigns share agents, against one campaign that has them all?

`python -m tests.bench.research.shared`: the real core in the simulator, some minutes.
"""

from __future__ import annotations

from multiprocessing import Pool
from statistics import mean

from ccdialer.sim.result import Day, summed
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


def day(job: tuple[int, str, int]) -> Day:
    agents, case, seed = job
    return run(scenario(agents, CASES[case]), seed)[0]


def main() -> None:
    """Print a table."""
    print("| agents | campaigns | utilisation | abandonment of each | share of talk of each |")
    print("| --- | --- | --- | --- | --- |")
    cases = [(agents, case) for agents in TEAMS for case in CASES]
    with Pool() as pool:
        found = pool.map(day, [(*case, seed) for case in cases for seed in SEEDS], chunksize=1)
    for n, (agents, case) in enumerate(cases):
        days = found[n * len(SEEDS) : (n + 1) * len(SEEDS)]
        each = [summed("", list(same)) for same in zip(*(d.campaigns for d in days), strict=True)]
        talk_s = sum(campaign.talk_s for campaign in each)
        figures = (
            f"{mean(d.utilisation for d in days):.2%}",
            ", ".join(f"{campaign.abandonment:.2%}" for campaign in each),
            ", ".join(f"{campaign.talk_s / talk_s:.0%}" for campaign in each),
        )
        print(f"| {agents} | {case} | {' | '.join(figures)} |")


if __name__ == "__main__":
    main()
