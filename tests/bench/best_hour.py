"""Whether the best hour helps: `python -m tests.bench.best_hour`. The figures of docs/retries.md.

One list, called by four agents for six days of nine hours, with three attempts: among people who
answer at some hours and among people who answer at any.
"""

from __future__ import annotations

from statistics import fmean

from ccdialer.core.campaign import Mode
from ccdialer.sim.scenario import Callees, CampaignPlan, Scenario, Team, dialing_settings
from ccdialer.sim.world import World

DAYS, SEEDS = 6, range(4)
RATES = {
    "evenings": {0.0: 0.10, 6.0: 0.45},
    "at any hour": {0.0: 0.22},
}


def scenario(rates: dict[float, float], is_used: bool, people: int) -> Scenario:
    settings = dialing_settings(mode=Mode.PROGRESSIVE, best_hour=is_used)
    plan = CampaignPlan("homes", people, settings, Callees(answer_rate=rates))
    return Scenario(hours=9.0, days=DAYS, campaigns=(plan,), teams=(Team(4),))


def lived(planned: Scenario, seed: int) -> tuple[float, float, float]:
    """Of the people on the list, the share who were reached; calls for each of them; share of the
    agents' time in talks."""
    before: World | None = None
    talked = dialed = 0
    talk_s = staffed_s = 0.0
    for number in range(planned.days):
        world = World(planned, seed, day=number)
        if before is not None:
            world.past = before.remembered()
            world.store.follow(before.store)
        day = world.live()
        talked, dialed = talked + day.whole.talked, dialed + day.whole.dialed
        talk_s += sum(agent.time.talk_s for agent in day.agents)
        staffed_s += sum(agent.time.staffed_s for agent in day.agents)
        before = world
    return talked / planned.campaigns[0].tasks, dialed / talked, talk_s / staffed_s


def main() -> None:
    for name, rates in RATES.items():
        for people in (2000, 6000):
            for is_used in (False, True):
                planned = scenario(rates, is_used, people)
                rows = [lived(planned, seed) for seed in SEEDS]
                reached, calls, talking = (fmean(column) for column in zip(*rows, strict=True))
                shown = f"{reached:6.1%} reached, {calls:5.2f} calls each, talking {talking:5.1%}"
                print(f"{name:12} {people:5} best_hour={is_used!s:5} {shown}", flush=True)


if __name__ == "__main__":
    main()
