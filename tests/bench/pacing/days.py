"""Days: one day of a case under one policy, and the figures that are kept of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ccdialer.core.commands import CloseAttempt
from ccdialer.core.pacing.policies import Policies
from ccdialer.sim.people import HOUR_S
from ccdialer.sim.result import Day
from ccdialer.sim.scenario import Scenario
from ccdialer.sim.world import World
from tests.bench.pacing.cases import cases
from tests.bench.pacing.contenders import contenders


@dataclass(frozen=True, slots=True)
class Job:
    """A day to be lived."""

    case: str
    policy: str
    seed: int


@dataclass(frozen=True, slots=True)
class Lived:
    """What is kept of a day; times in seconds, summed over agents or calls."""

    paid_s: float  # signed in and not paused
    talk_s: float
    answered: tuple[int, ...]  # live answers, by campaign
    abandoned: tuple[int, ...]
    dialed: int
    line_s: float

    @property
    def rates(self) -> tuple[float, ...]:
        """Abandonment by campaign."""
        pairs = zip(self.abandoned, self.answered, strict=True)
        return tuple(abandoned / max(1, answered) for abandoned, answered in pairs)


def live(job: Job) -> Lived:
    """One day, from the seed alone."""
    case = cases()[job.case]
    contender = contenders(case)[job.policy]
    plans = tuple(
        replace(plan, settings=replace(plan.settings, mode=contender.mode))
        for plan in case.scenario.campaigns
    )
    scenario = replace(case.scenario, campaigns=plans)
    if case.until_done:
        scenario = _cut(scenario, job.seed, contender.make(case, job.seed))
    return _kept(World(scenario, job.seed, contender.make(case, job.seed)).live())


def _cut(scenario: Scenario, seed: int, policies: Policies) -> Scenario:
    """The same day, ending with its last dial: it is lived once to see when that is."""
    world, last = World(scenario, seed, policies), [0.0]
    close = world._deeds[CloseAttempt]

    def watched(command: CloseAttempt) -> None:
        last[0] = max(last[0], command.dialed_at or 0.0)
        close(command)

    world._deeds[CloseAttempt] = watched
    world.live()
    return replace(scenario, hours=last[0] / HOUR_S, stop_dialing_s=0.0)


def _kept(day: Day) -> Lived:
    time, whole = day.time, day.whole
    return Lived(
        paid_s=time.signed_in_s - time.paused_s,
        talk_s=time.talk_s,
        answered=tuple(campaign.answered for campaign in day.campaigns),
        abandoned=tuple(campaign.abandoned for campaign in day.campaigns),
        dialed=whole.dialed,
        line_s=whole.line_s,
    )
