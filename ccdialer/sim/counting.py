"""Counts a list down after the days that were simulated: at their pace, by the retry rules."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.disposition import Disposition
from ccdialer.core.retry import RetryDecision, decide
from ccdialer.core.task import Task, TaskMove
from ccdialer.sim.result import Day
from ccdialer.sim.store import List
from ccdialer.sim.world import DAY_S, MOMENT_S

LESS_THAN_ONE = 0.5  # people: fewer than that are nobody


@dataclass(frozen=True, slots=True)
class Pace:
    """What a team dials in each five minutes of a day, and what becomes of a call."""

    dials: tuple[float, ...]
    shares: Mapping[Disposition, float]


def pace_of(days: Sequence[Day]) -> Pace:
    """Of the first day, when the list was fullest; the results of all of them."""
    counts = [moment.dialed for moment in days[0].moments] + [days[0].whole.dialed]
    dials = [float(after - before) for before, after in pairwise(counts)]
    ended: Counter[Disposition] = Counter()
    for day in days:
        ended += day.whole.ended
    return Pace(tuple(dials), {each: count / ended.total() for each, count in ended.items()})


@dataclass(slots=True)
class Countdown:
    """A list as shares of people, so that a month passes in a moment. Instants as the world's.

    People who stand alike are one group: when they are due, and with how many attempts.
    """

    settings: CampaignSettings
    groups: dict[tuple[float, int], float] = field(default_factory=dict)
    due: list[tuple[float, int]] = field(default_factory=list)  # heap: the groups' keys
    dials: float = 0.0
    settled: list[tuple[float, float]] = field(default_factory=list)  # instant, people
    decided: dict[tuple[int, Disposition], RetryDecision] = field(default_factory=dict)

    @property
    def left(self) -> float:
        """People who are still to be called."""
        return sum(self.groups.values())

    def put(self, due_at: float, attempts: int, people: float) -> None:
        """So many more wait, to be dialed at `due_at`."""
        if people <= 0.0:
            return
        key = (due_at, attempts)
        if key not in self.groups:
            heapq.heappush(self.due, key)
        self.groups[key] = self.groups.get(key, 0.0) + people

    def live(self, pace: Pace, begins: float) -> None:
        """A day that begins then."""
        for index, dials in enumerate(pace.dials):
            self._dial(begins + index * MOMENT_S, dials, pace)

    def _dial(self, now: float, most: float, pace: Pace) -> None:
        """Those who have waited longest come first."""
        while most > 0.0 and self.due and self.due[0][0] <= now:
            key = self.due[0]
            people = min(most, self.groups[key])
            most -= people
            self.groups[key] -= people
            if self.groups[key] <= 0.0:
                heapq.heappop(self.due)
                del self.groups[key]
            self._called(now, key[1], people, pace)

    def _called(self, now: float, attempts: int, people: float, pace: Pace) -> None:
        self.dials += people
        done = 0.0
        for disposition, share in pace.shares.items():
            decision = self._decision(attempts, disposition, now)
            if decision.move is TaskMove.RETRY:
                steps = -(-decision.after_s // MOMENT_S) + 1  # never within the same five minutes
                self.put(now + steps * MOMENT_S, attempts + decision.counts, people * share)
            else:
                done += people * share
        self.settled.append((now, done))

    def _decision(self, attempts: int, disposition: Disposition, now: float) -> RetryDecision:
        """By the number of attempts alone; only rules look at the clock as well."""
        key = (attempts, disposition)
        if key not in self.decided or self.settings.retry_rules:
            task = Task(0, 0, ("+70000000000",), attempts, created_at=0.0)
            self.decided[key] = decide(self.settings, task, disposition, now)
        return self.decided[key]


def countdown(
    tasks: List, settings: CampaignSettings, pace: Pace, days: Iterable[int]
) -> Countdown:
    """What becomes of a list on the given days, until nobody is left on it."""
    found = Countdown(settings)
    found.put(0.0, 0, tasks.tasks - tasks.fresh)
    for due_at, _, task in tasks.later:
        found.put(-(-due_at // MOMENT_S) * MOMENT_S, task.attempts, 1.0)
    for day in days:
        if found.left < LESS_THAN_ONE:
            break
        found.live(pace, day * DAY_S)
    return found
