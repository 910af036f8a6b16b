"""What it costs and gains that a queue and a campaign share agents: `python -m tests.bench.blend
[SEEDS [HOURS]]`.

The figures of docs/pacing.md: 20 agents who answer callers for none, a fifth and two fifths of
their time, and beside them the same agents in two teams of ten, one for each.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from ccdialer.core.campaign import Mode
from ccdialer.core.queue import Fate
from ccdialer.sim.result import Day, all_callers, percentile, pooled_utilisation, summed
from ccdialer.sim.scenario import Callers, CampaignPlan, Scenario, Team, dialing_settings
from ccdialer.sim.trials import Trial, live

AGENTS = 20
PER_HOUR = {"none": 0.0, "a fifth": 103.0, "two fifths": 206.0}
"""Callers who take that share of the agents' time: a talk and its wrap-up are 140 s."""
SHARED = (Team(agents=AGENTS, name="all"),)
SPLIT = (
    Team(agents=AGENTS // 2, name="out", campaigns=("renewals",)),
    Team(agents=AGENTS // 2, name="in", campaigns=("sales",)),
)


def scenario(
    mode: Mode, per_hour: float, teams: tuple[Team, ...], hours: float, priority: int = 5
) -> Scenario:
    """`priority`: the queue's; the campaign's is 5."""
    dialing = CampaignPlan(name="renewals", settings=dialing_settings(mode=mode))
    queue = CampaignPlan(
        name="sales",
        settings=dialing_settings(mode=Mode.INBOUND, priority=priority),
        callers=Callers(per_hour={0.0: per_hour}),
    )
    return Scenario(hours=hours, campaigns=(dialing, queue), teams=teams)


def scenarios(hours: float) -> dict[str, Scenario]:
    """What is compared, by its name."""
    found = {}
    for share, per_hour in PER_HOUR.items():
        for mode in (Mode.PREDICTIVE, Mode.PROGRESSIVE):
            found[f"{mode}, callers {share}"] = scenario(mode, per_hour, SHARED, hours)
        if per_hour:
            name = f"predictive, callers {share}, two teams"
            found[name] = scenario(Mode.PREDICTIVE, per_hour, SPLIT, hours)
    for priority in (3, 9):
        name = f"predictive, callers a fifth, queue of priority {priority}"
        found[name] = scenario(Mode.PREDICTIVE, PER_HOUR["a fifth"], SHARED, hours, priority)
    return found


def figures(days: Sequence[Day]) -> str:
    """Utilisation, abandonment and its worst day, talks a day; service, waits, who left."""
    whole = summed("", [day.whole for day in days])
    callers = all_callers([day.queues[0] for day in days])
    worst = max(day.whole.abandonment for day in days)
    left = callers.ended[Fate.LEFT] / max(1, callers.ended.total())
    return (
        f"{pooled_utilisation(days):6.1%} {whole.abandonment:6.2%} {worst:6.2%} "
        f"{whole.talked / len(days):6.0f} | {callers.service_level:6.1%} "
        f"{percentile(callers.waits, 0.95):5.1f} s {left:5.1%}"
    )


def main(arguments: Sequence[str]) -> None:
    seeds = int(arguments[0]) if arguments else 20
    hours = float(arguments[1]) if len(arguments) > 1 else 8.0
    for name, found in scenarios(hours).items():
        trials = [Trial(found, seed) for seed in range(1, seeds + 1)]
        days = [day for lived in live(trials, os.cpu_count() or 1) for day in lived]
        print(f"{name:52} {figures(days)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
