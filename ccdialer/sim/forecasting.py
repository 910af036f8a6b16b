"""Forecasts a campaign: day after day with the same list, until it ends (SPEC F2)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean

from ccdialer.core.metrics import abandonment_rate, share
from ccdialer.sim.counting import LESS_THAN_ONE, countdown, pace_of
from ccdialer.sim.people import HOUR_S
from ccdialer.sim.result import Day, percentile
from ccdialer.sim.scenario import Scenario
from ccdialer.sim.store import Called
from ccdialer.sim.world import DAY_S, World

ENOUGH_DIALS = 5000
"""So many dials tell the pace of a team: days after them are counted on, not simulated."""

NEARLY_ALL = 0.95
"""The last few percent wait for days, above all those who were abandoned."""

ONLY = 1  # the id of a scenario's one campaign


@dataclass(frozen=True, slots=True)
class Course:
    """How it went with one seed. Instants in seconds since the first morning; None: not within
    the days that were looked at."""

    simulated: int  # days lived in full
    nearly_at: float | None
    ends_at: float | None
    left: float
    dials: float
    talks: float
    utilisation: float
    abandonment: float
    lines_peak: int
    lines_mean: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """A scenario with one campaign, those of its people who were called before, and a horizon;
    called with a seed, it takes its course."""

    scenario: Scenario
    called: tuple[Called, ...]
    days_most: int

    def __call__(self, seed: int) -> Course:
        worlds = [World(self.scenario, seed)]
        worlds[0].store.begin_with(ONLY, self.called)
        lived = [worlds[0].live()]
        while not self._is_told(worlds[-1], lived):
            worlds.append(World(self.scenario, seed, day=len(lived)))
            worlds[-1].store.follow(worlds[-2].store)
            lived.append(worlds[-1].live())
        return self._course(worlds[-1], lived)

    def _is_told(self, world: World, lived: Sequence[Day]) -> bool:
        tasks = world.store.list_of(ONLY)
        is_over = tasks.left <= (1.0 - NEARLY_ALL) * tasks.tasks or len(lived) >= self.days_most
        return is_over or sum(day.whole.dialed for day in lived) >= ENOUGH_DIALS

    def _course(self, world: World, lived: Sequence[Day]) -> Course:
        tasks = world.store.list_of(ONLY)
        (plan,) = self.scenario.campaigns
        days = range(len(lived), self.days_most)
        rest = countdown(tasks, plan.settings, pace_of(lived), days)
        settled = [(at, 1.0) for at in tasks.settled_at] + rest.settled
        nearly_at = _reached(settled, NEARLY_ALL * tasks.tasks)
        dialed = sum(day.whole.dialed for day in lived)
        talked = sum(day.whole.talked for day in lived)
        return Course(
            simulated=len(lived),
            nearly_at=nearly_at,
            ends_at=_last(settled) if rest.left < LESS_THAN_ONE else None,
            left=rest.left,
            dials=dialed + rest.dials,
            talks=talked + rest.dials * share(talked, dialed),
            utilisation=_utilisation(lived, nearly_at),
            abandonment=abandonment_rate(talked, sum(day.whole.abandoned for day in lived)),
            lines_peak=max(day.lines_peak for day in lived),
            lines_mean=lived[0].lines_mean,
        )


def _reached(settled: Sequence[tuple[float, float]], wanted: float) -> float | None:
    """When so many people were done with."""
    totals = list(accumulate(people for _, people in settled))
    place = bisect_left(totals, wanted - 1e-6)
    return settled[place][0] if place < len(settled) else None


def _last(settled: Sequence[tuple[float, float]]) -> float:
    """When the last whole person was done with."""
    total = sum(people for _, people in settled)
    return _reached(settled, total - LESS_THAN_ONE) or 0.0


def _utilisation(lived: Sequence[Day], until: float | None) -> float:
    """Talking agents of those who were there and not on a break, as long as there was a list; read
    every five minutes."""
    found = [
        moment
        for day in lived
        for moment in day.moments
        if until is None or day.day * DAY_S + moment.at_s < until
    ]
    talking = sum(moment.talking for moment in found)
    return share(talking, talking + sum(moment.idle + moment.wrapping for moment in found))


# --- several seeds together ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Range:
    """A quantity over seeds: the median, and within which it lies in eight cases of ten."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a forecast tells; `kind` is how it is written: rate, count, decimal or instant."""

    key: str
    words: str
    kind: str
    of: Callable[[Course], float | None]


QUANTITIES = (
    Quantity("nearly_done", "95 % of the people done", "instant", lambda one: one.nearly_at),
    Quantity("ends", "the last one done", "instant", lambda one: one.ends_at),
    Quantity("utilisation", "utilisation", "rate", lambda one: one.utilisation),
    Quantity("abandonment", "abandonment", "rate", lambda one: one.abandonment),
    Quantity("dials", "dials", "count", lambda one: one.dials),
    Quantity("talks", "clients reached", "count", lambda one: one.talks),
    Quantity("left", "people left at the horizon", "count", lambda one: one.left),
    Quantity("lines_mean", "lines, mean of the first day", "decimal", lambda one: one.lines_mean),
    Quantity("lines_peak", "lines, peak", "count", lambda one: one.lines_peak),
)


def ranged(quantity: Quantity, courses: Sequence[Course]) -> Range | None:
    """None: in some course it never came to that."""
    values = [quantity.of(course) for course in courses]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    found = [percentile(known, wanted) for wanted in (0.5, 0.1, 0.9)]
    if quantity.kind == "instant":  # halfway between two days nobody works: one that came to pass
        found = [min(sorted(known), key=lambda value: abs(value - wanted)) for wanted in found]
    return Range(*found)


def day_and_hour(at: float) -> str:
    """An instant since the first morning, as people say it: `day 3, hour 5.2`."""
    return f"day {int(at // DAY_S) + 1}, hour {at % DAY_S / HOUR_S:.1f}"


def mean_simulated(courses: Sequence[Course]) -> float:
    """How many days were simulated, in the mean over seeds."""
    return fmean(course.simulated for course in courses)
