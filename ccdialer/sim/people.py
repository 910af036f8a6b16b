"""People: what each client will do when called, and each agent in his day, drawn beforehand.

Every draw has its own dice, seeded by who it is for. So the same people meet every policy, in
whatever order they are called (common random numbers).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate
from math import sqrt
from random import Random
from typing import Protocol

from ccdialer.sim.laws import drawing
from ccdialer.sim.scenario import Between, Callees, Scenario, Team, Trunk, trunk_of

HOUR_S = 3600.0
NOISE_STEP_S = 60.0
SHORTLY_S = 600.0
DIRECT = Trunk()  # as if there were none between us and them
ATTEMPTS, LEADS = 1 << 6, 1 << 30  # told apart in a seed


class Outcome(StrEnum):
    """What answers a call, if anything does."""

    PERSON = "person"
    MACHINE = "machine"
    BUSY = "busy"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    FAILED = "failed"
    REFUSED = "refused"  # by the trunk
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one call; times in seconds. Talk and wrap-up are those of an agent of
    average speed."""

    outcome: Outcome
    delay_s: float  # from the dial to the first ring, or to the refusal
    ring_s: float  # from the first ring to the answer; of nobody: without end
    taken_for_person: bool  # what answering-machine detection will say, if asked
    judged_s: float
    talk_s: float
    wrap_up_s: float


@dataclass(frozen=True, slots=True)
class Worker:
    """An agent in one day; instants in seconds since its beginning."""

    number: int  # from 1, over all teams
    login: str
    campaigns: tuple[str, ...]
    pace: float  # his talks and wrap-ups last so many times the average
    signs_in_s: float
    leaves_s: float
    breaks: tuple[tuple[float, float], ...]  # when he asks for one, and how long it is: in order


class Fates(Protocol):
    """What becomes of the calls to one campaign's list."""

    def fate(self, lead: int, attempt: int, now_s: float) -> Fate:
        """Of the `attempt`-th call (from 0) to the `lead`-th person (from 0), if it is dialed
        `now_s` after the beginning of the day."""


class Clients:
    """The people of one campaign's list, as its laws of chance make them."""

    def __init__(self, callees: Callees, hours: float, seed: int, trunk: Trunk = DIRECT) -> None:
        self._callees, self._trunk = callees, trunk
        self._seed = seed
        self._delay, self._ring = drawing(callees.delay), drawing(callees.ring)
        self._machine_ring = drawing(callees.machine_ring)
        self._talk, self._wrap_up = drawing(callees.talk), drawing(callees.wrap_up)
        self._machine_talk = drawing(callees.machine_talk)
        self._level = course(callees.answer_rate, callees.between)
        self._factor = course(callees.talk_factor, Between.STEPS)
        self._noise = _noise(callees, hours, seed)
        self._kinds = _kinds(callees)
        self._dice = Random()

    def fate(self, lead: int, attempt: int, now_s: float) -> Fate:
        """What becomes of the `attempt`-th call (from 0) to the `lead`-th person (from 0), if it is
        dialed `now_s` after the beginning of the day."""
        fate = self._drawn(lead, attempt, now_s)
        if self._trunk.congestion and self._dice.random() < self._trunk.congestion:
            return replace(fate, outcome=Outcome.REFUSED)
        return fate

    def _drawn(self, lead: int, attempt: int, now_s: float) -> Fate:
        dice, callees = self._dice, self._callees
        dice.seed((self._seed * LEADS + lead) * ATTEMPTS + attempt % ATTEMPTS)
        answers, kind, verdict = dice.random(), dice.random(), dice.random()
        delay, ring = self._trunk.delay_s + self._delay(dice), self._ring(dice)
        talk, wrap_up = self._talk(dice), self._wrap_up(dice)
        if answers < self.answer_rate(lead, now_s):
            talk *= self._factor(now_s / HOUR_S)
            is_heard = verdict >= callees.person_as_machine
            judged = callees.judged_person_s if is_heard else callees.judged_machine_s
            return Fate(Outcome.PERSON, delay, ring, is_heard, judged, talk, wrap_up)
        outcome = self._unanswered(kind)
        if outcome is not Outcome.MACHINE:
            return Fate(outcome, delay, 1e9, True, 0.0, talk, wrap_up)
        is_heard = verdict < callees.machine_as_person
        ring, talk = self._machine_ring(dice), self._machine_talk(dice)
        return Fate(outcome, delay, ring, is_heard, callees.judged_machine_s, talk, 0.0)

    def answer_rate(self, lead: int, now_s: float) -> float:
        """The chance that this person answers a call dialed at this time of day."""
        rate = self._level(now_s / HOUR_S)
        if self._noise:
            rate *= self._noise[min(int(now_s / NOISE_STEP_S), len(self._noise) - 1)]
        if self._callees.run_length:
            rate *= self._run_factor(lead // self._callees.run_length)
        return min(1.0, max(0.0, rate))

    def _run_factor(self, run: int) -> float:
        dice = Random((self._seed * LEADS + run) * ATTEMPTS - 1)
        return max(0.0, dice.gauss(1.0, self._callees.run_spread))

    def _unanswered(self, kind: float) -> Outcome:
        for outcome, share in self._kinds:
            if kind < share:
                return outcome
        return Outcome.NOBODY


People = Callable[[Scenario, int, int], Fates]
"""Scenario, index of a campaign (from 0) and seed -> the people of its list."""


def _kinds(callees: Callees) -> list[tuple[Outcome, float]]:
    """What a call that no person answers can come to, each with its share added to those before."""
    shares = {
        Outcome.MACHINE: callees.machine,
        Outcome.BUSY: callees.busy,
        Outcome.FAILED: callees.failed,
        Outcome.REJECTED: callees.rejected,
        Outcome.UNREACHABLE: callees.unreachable,
    }
    return list(zip(shares, accumulate(shares.values()), strict=True))


def clients(scenario: Scenario, campaign: int, seed: int) -> Clients:
    """The list of the `campaign`-th campaign (from 0)."""
    plan = scenario.campaigns[campaign]
    trunk = trunk_of(scenario, plan.settings)
    return Clients(plan.callees, scenario.hours, seed * 1009 + campaign, trunk)


def workers(scenario: Scenario, seed: int, day: int = 0) -> tuple[Worker, ...]:
    """All agents in the `day`-th day, from 0."""
    found: list[Worker] = []
    for team in scenario.teams:
        for index in range(team.agents):
            number = len(found) + 1
            found.append(_worker(scenario, team, index, number, (seed, day)))
    return tuple(found)


def _worker(
    scenario: Scenario, team: Team, index: int, number: int, when: tuple[int, int]
) -> Worker:
    seed, day = when
    pace = _spread_around_one(Random(f"pace {seed} {number}"), team.speed_spread)
    dice = Random(f"day {seed} {day} {number}")
    starts = team.starts * HOUR_S + dice.random() * team.sign_in_over_s
    ends = (scenario.hours if team.ends is None else team.ends) * HOUR_S
    return Worker(
        number=number,
        login=f"{team.name}{index + 1:03d}",
        campaigns=team.campaigns or tuple(plan.name for plan in scenario.campaigns),
        pace=pace,
        signs_in_s=starts,
        leaves_s=ends,
        breaks=_breaks(team, starts, ends, dice),
    )


def _breaks(
    team: Team, since: float, until: float, dice: Random
) -> tuple[tuple[float, float], ...]:
    away = [(each.at * HOUR_S, each.for_s) for each in team.away]
    found = [(at, length) for at, length in away if since <= at < until]
    if team.break_every_s <= 0.0 or team.break_s <= 0.0:
        return tuple(sorted(found))
    at = since
    while (at := at + dice.expovariate(1.0 / team.break_every_s)) < until - team.break_s:
        if not any(_is_near(at, begins, length, team.break_s) for begins, length in away):
            found.append((at, team.break_s))
        at += team.break_s
    return tuple(sorted(found))


def _is_near(at: float, begins: float, length_s: float, break_s: float) -> bool:
    """Nobody takes a break while his team is away, or shortly before."""
    return begins - break_s - SHORTLY_S < at < begins + length_s


def _spread_around_one(dice: Random, spread: float) -> float:
    return min(2.0, max(0.5, dice.gauss(1.0, spread)))


def course(values: dict[float, float], between: Between) -> Callable[[float], float]:
    """A value over the hours: steps or lines between the given points."""
    hours = sorted(values)
    levels = [values[hour] for hour in hours]
    if len(hours) == 1:
        return lambda hour: levels[0]

    def between_hours(hour: float) -> float:
        after = bisect_right(hours, hour)
        if after == 0 or after == len(hours) or between is Between.STEPS:
            return levels[max(0, after - 1)]
        low, high = hours[after - 1], hours[after]
        return levels[after - 1] + (levels[after] - levels[after - 1]) * (hour - low) / (high - low)

    return between_hours


def _noise(callees: Callees, hours: float, seed: int) -> list[float]:
    """A factor for each minute: first-order autoregression around 1."""
    if callees.noise <= 0.0:
        return []
    dice = Random(f"noise {seed}")
    keep = 1.0 - NOISE_STEP_S / callees.noise_memory_s
    fresh = callees.noise * sqrt(1.0 - keep * keep)
    level, found = dice.gauss(0.0, callees.noise), []
    for _ in range(int(hours * HOUR_S / NOISE_STEP_S) + 1):
        found.append(max(0.0, 1.0 + level))
        level = keep * level + dice.gauss(0.0, fresh)
    return found
