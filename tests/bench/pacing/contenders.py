"""The table of contenders: who paces, by name, made anew for each day that is lived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.pacing.policies import Policies, policy_for
from ccdialer.core.pacing.policy import Memory, Policy
from ccdialer.sim.people import HOUR_S, clients, workers
from tests.bench.pacing.cases import Case
from tests.bench.pacing.issabel import Issabel
from tests.bench.pacing.truth import Knowing
from tests.bench.pacing.vicidial import Knobs, Method, Vicidial

Maker = Callable[[Case, int], Policies]


@dataclass(frozen=True, slots=True)
class Contender:
    """`make` is given the case and the seed; only `true parameters` looks at them closely."""

    make: Maker
    mode: Mode = Mode.PREDICTIVE  # how often the core asks it


def ours(case: Case, seed: int) -> Policies:
    return policy_for


def knowing(case: Case, seed: int) -> Policies:
    """Predictive with the true laws of the day; campaigns are loaded in the scenario's order."""
    scenario, numbers = case.scenario, count()
    paces = [worker.pace for worker in workers(scenario, seed)]

    def policies(settings: CampaignSettings, memory: Memory | None) -> Policy:
        index = next(numbers)
        people = clients(scenario, index, seed * 367)  # the seed of a first day
        callees = scenario.campaigns[index].callees
        return Knowing(callees, people, paces, scenario.originate_s).policy(settings)

    return policies


def vicidial(knobs: Knobs) -> Contender:
    def make(case: Case, seed: int) -> Policies:
        mine = replace(knobs, closes_s=case.scenario.hours * HOUR_S)
        return lambda settings, memory: Vicidial(mine)

    return Contender(make)


def issabel(overcommit: bool) -> Contender:
    return Contender(lambda case, seed: lambda settings, memory: Issabel(overcommit))


PREDICTIVE, PROGRESSIVE, TRUE = "predictive", "progressive", "true parameters"
SHIPPED = {
    f"VICIdial {method}": vicidial(Knobs(method))
    for method in (Method.HARD_LIMIT, Method.AVERAGE, Method.TAPERED)
}
"""VICIdial as it comes. Its latest time is the hour in which the site closes."""
FIXED: dict[str, Contender] = {
    PROGRESSIVE: Contender(ours, Mode.PROGRESSIVE),
    **SHIPPED,
    "Issabel": issabel(overcommit=False),
    "Issabel overcommit": issabel(overcommit=True),
    PREDICTIVE: Contender(ours),
    TRUE: Contender(knowing),
}
"""Those that are lived on every day of every case."""

LEVELS = (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0, 2.25, 2.5, 2.8, 3.2, 3.6, 4.2, 5.0)
RATIOS: dict[str, Contender] = {
    f"ratio {level:g}": vicidial(Knobs(Method.RATIO, level=level)) for level in LEVELS
}
METHODS = (Method.HARD_LIMIT, Method.TAPERED)  # AVERAGE lives all but the same days as HARD_LIMIT
MOST_LEVELS = (1.35, 1.5, 2.0, 3.0)
IDLE_SHARES = (0.0, 0.1, 0.2, 0.3)  # of the team, that are to be idle; whole agents
READY_LEVELS = (1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 4.0, 6.0)
"""Highest levels where agents in a call are not counted, by far the best of VICIdial's ways."""
EAGERNESS = (-50, 50)
LOW_LIMITS = (0.02, 0.025)


def adapted(agents: int) -> dict[str, Contender]:
    """VICIdial's ADAPT settings among which hindsight chooses, some 50."""
    idle = sorted({int(share * agents + 0.5) for share in IDLE_SHARES})
    knobs = [
        Knobs(method, most=most, difference=-difference)
        for method in METHODS
        for most in MOST_LEVELS
        for difference in idle
    ]
    knobs += [
        Knobs(method, most=most, ready_only=True) for method in METHODS for most in READY_LEVELS
    ]
    some = Knobs(Method.AVERAGE, most=1.5, difference=-idle[-2])
    knobs += [some, *(replace(some, intensity=intensity) for intensity in EAGERNESS)]
    knobs += [replace(some, drop_limit=limit) for limit in LOW_LIMITS]
    return {_name(k): vicidial(k) for k in knobs}


def _name(knobs: Knobs) -> str:
    parts = [f"adapt {knobs.method}", f"most {knobs.most:g}", f"difference {knobs.difference}"]
    if knobs.intensity:
        parts.append(f"intensity {knobs.intensity:+d}")
    if knobs.drop_limit != 0.03:
        parts.append(f"drops {knobs.drop_limit:.1%}")
    if knobs.ready_only:
        parts.append("ready only")
    return ", ".join(parts)


def contenders(case: Case) -> dict[str, Contender]:
    """All who may be put into the case."""
    return {**FIXED, **RATIOS, **adapted(case.agents)}
