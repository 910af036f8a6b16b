"""What it costs and gains that queues and campaigns share agents: `python -m tests.bench.blend
[SEEDS [HOURS [WORDS]]]`; WORDS: only the rows in whose names they stand.

The figures of docs/pacing.md: 20 agents who answer callers for none, a fifth and two fifths of
their time, and beside them the same agents in two teams of ten, one for each; priorities and
weights; bursts of callers, small teams and two queues, with a service goal and without.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from ccdialer.core.campaign import Mode
from ccdialer.core.queue import Fate, QueueSettings
from ccdialer.sim.result import (
    Day,
    QueueDay,
    all_callers,
    percentile,
    pooled_utilisation,
    summed,
)
from ccdialer.sim.scenario import Callers, CampaignPlan, Scenario, Team, dialing_settings
from ccdialer.sim.trials import Trial, live

PER_HOUR = {"none": 0.0, "a fifth": 103.0, "two fifths": 206.0}
"""Callers who take that share of 20 agents' time: a talk and its wrap-up are 140 s."""
SPLIT = (
    Team(agents=10, name="out", campaigns=("dialed 1",)),
    Team(agents=10, name="in", campaigns=("queue 1",)),
)
BURST_AT_H, BURST_H = 0.4, 0.1
"""When in each hour they all call at once, and how long."""
POWER_LINES = 1.5
"""More than one call per free agent, and clients whom nobody takes."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What is compared. Campaigns have priority 5."""

    mode: Mode = Mode.PREDICTIVE
    weights: tuple[float, ...] = (1.0,)  # a campaign for each
    queues: tuple[dict[float, float], ...] = ({0.0: PER_HOUR["a fifth"]},)  # callers an hour
    priority: int = 5  # of the queues
    goal: float = QueueSettings().service_level_goal  # of the queues; 0: none
    teams: tuple[Team, ...] = (Team(agents=20, name="all"),)


def bursts(calm: float, peak: float) -> dict[float, float]:
    """Callers an hour, through the longest day."""
    rates = {}
    for hour in range(24):
        rates |= {hour: calm, hour + BURST_AT_H: peak, hour + BURST_AT_H + BURST_H: calm}
    return rates


def scenario(floor: Floor, hours: float) -> Scenario:
    lines = {"lines_per_agent": POWER_LINES} if floor.mode is Mode.POWER else {}
    dialed = [
        CampaignPlan(
            name=f"dialed {number}",
            settings=dialing_settings(mode=floor.mode, weight=weight, **lines),
        )
        for number, weight in enumerate(floor.weights, 1)
    ]
    inbound = dialing_settings(
        mode=Mode.INBOUND,
        priority=floor.priority,
        queue=QueueSettings(service_level_goal=floor.goal),
    )
    queues = [
        CampaignPlan(name=f"queue {number}", settings=inbound, callers=Callers(per_hour=rates))
        for number, rates in enumerate(floor.queues, 1)
    ]
    return Scenario(hours=hours, campaigns=(*dialed, *queues), teams=floor.teams)


def floors() -> dict[str, Floor]:
    """What is compared, by its name."""
    return {**_shares(), **_priorities(), **_goals()}


def _shares() -> dict[str, Floor]:
    found = {}
    for share, per_hour in PER_HOUR.items():
        queues = ({0.0: per_hour},)
        for mode in (Mode.PREDICTIVE, Mode.PROGRESSIVE, Mode.POWER):
            found[f"{mode}, callers {share}"] = Floor(mode, queues=queues)
        if per_hour:
            found[f"predictive, callers {share}, two teams"] = Floor(queues=queues, teams=SPLIT)
    return found


def _priorities() -> dict[str, Floor]:
    asked = {str(mode): Floor(mode) for mode in (Mode.PREDICTIVE, Mode.PROGRESSIVE, Mode.POWER)}
    asked["weights 3 and 1"] = Floor(weights=(3.0, 1.0))
    asked["too many callers"] = Floor(queues=({0.0: 600.0},))
    return {
        f"{name}, queue of priority {priority}": replace(floor, priority=priority)
        for name, floor in asked.items()
        for priority in (3, 5, 9)
    }


def _goals() -> dict[str, Floor]:
    """Queues that fall behind: bursts, small teams, two queues, too few agents."""
    six, twelve = (Team(agents=6, name="all"),), (Team(agents=12, name="all"),)
    asked = {
        "20 agents, bursts": Floor(queues=(bursts(70.0, 500.0),)),
        "6 agents, bursts": Floor(queues=(bursts(20.0, 120.0),), teams=six),
        "6 agents, many callers": Floor(queues=({0.0: 90.0},), teams=six),
        "12 agents, two queues": Floor(queues=(bursts(35.0, 300.0), {0.0: 80.0}), teams=twelve),
    }
    found = {}
    for name, floor in asked.items():
        for mode in (Mode.PREDICTIVE, Mode.PROGRESSIVE, Mode.POWER):
            found[f"{name}, {mode}"] = replace(floor, mode=mode)
            found[f"{name}, {mode}, no goal"] = replace(floor, mode=mode, goal=0.0)
    return found


def figures(days: Sequence[Day]) -> str:
    """Utilisation, abandonment and the worst day of a campaign, talks a day of each campaign; of
    each queue service, waits, who left."""
    whole = summed("", [day.whole for day in days])
    worst = max(campaign.abandonment for day in days for campaign in day.campaigns)
    campaigns = zip(*(day.campaigns for day in days), strict=True)
    talks = " ".join([f"{summed('', each).talked / len(days):6.0f}" for each in campaigns])
    queues = zip(*(day.queues for day in days), strict=True)
    callers = " |".join([_of_queue(all_callers(each)) for each in queues])
    share = f"{pooled_utilisation(days):6.1%} {whole.abandonment:6.2%} {worst:6.2%}"
    return f"{share} {talks} |{callers}"


def _of_queue(day: QueueDay) -> str:
    left = day.ended[Fate.LEFT] / max(1, day.ended.total())
    return f" {day.service_level:6.1%} {percentile(day.waits, 0.95):5.1f} s {left:5.1%}"


def main(arguments: Sequence[str]) -> None:
    seeds = int(arguments[0]) if arguments else 20
    hours = float(arguments[1]) if len(arguments) > 1 else 8.0
    words = arguments[2] if len(arguments) > 2 else ""
    asked = {name: scenario(floor, hours) for name, floor in floors().items() if words in name}
    trials = [Trial(each, seed) for each in asked.values() for seed in range(1, seeds + 1)]
    lived = live(trials, os.cpu_count() or 1)
    for name in asked:
        days = [day for found in islice(lived, seeds) for day in found]
        print(f"{name:52} {figures(days)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
