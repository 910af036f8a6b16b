"""Charts simulated days: a page with the figures and the course of the day, ready to be shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from math import ceil, floor, log10
from statistics import fmean

from ccdialer.core.metrics import abandonment_rate
from ccdialer.rendering import render
from ccdialer.sim.figures import abreast, words
from ccdialer.sim.people import HOUR_S
from ccdialer.sim.result import Day, Moment
from ccdialer.sim.trials import Variant

WIDTH, LEFT, RIGHT = 640.0, 42.0, 14.0
PANELS = {
    "agents": (30.0, 190.0),
    "lines": (264.0, 84.0),
    "abandonment": (392.0, 96.0),
    "dials": (532.0, 72.0),
}
"""Where each begins below the chart's upper edge, and its height."""
HEIGHT = 636.0
STACK = {"talking": "talking", "wrapping": "wrap-up", "idle": "idle", "paused": "paused"}
"""From below: what agents do, and the word for it."""
MOST_COLUMNS, MOST_RUNS = 7, 12
ENOUGH = 100  # live answers before which a share of them says nothing
FIELDS = [each.name for each in fields(Moment)]

Average = dict[str, float]


@dataclass(frozen=True, slots=True)
class Column:
    """One chart: days alike, under one name."""

    name: str
    days: Sequence[Day]

    @property
    def hours(self) -> float:
        return self.days[0].hours

    def averages(self) -> list[Average]:
        """The moments of a day, each the mean over the days."""
        at_once = zip(*(day.moments for day in self.days), strict=True)
        return [
            {name: fmean(getattr(m, name) for m in some) for name in FIELDS} for some in at_once
        ]

    def caps(self) -> list[float]:
        return sorted({campaign.cap for campaign in self.days[0].campaigns})


@dataclass(frozen=True, slots=True)
class Scale:
    """Values of one panel to heights in the drawing; `top` is the largest value it shows."""

    panel: str
    top: float

    def y(self, value: float) -> float:
        begins, height = PANELS[self.panel]
        return begins + height * (1.0 - value / self.top)

    def ticks(self) -> list[tuple[float, str]]:
        """Heights and the words beside them."""
        step = _step(self.top)
        values = [n * step for n in range(int(self.top / step + 1e-9) + 1)]
        return [(round(self.y(v), 1), self._word(v)) for v in values]

    def _word(self, value: float) -> str:
        return f"{value * 100:g} %" if self.panel == "abandonment" else f"{value:g}"


@dataclass(frozen=True, slots=True)
class Across:
    """Instants of a day of so many hours to places in the drawing."""

    hours: float

    def x(self, at_s: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * at_s / (self.hours * HOUR_S), 1)


def page(variants: Sequence[Variant]) -> str:
    """The whole page, in one file that asks nothing of the network."""
    found = columns(variants)
    averages = [column.averages() for column in found]
    scales = _scales(found, averages)
    first = variants[0]
    return render(
        "sim.html.j2",
        {
            "name": first.scenario.name,
            "about": first.scenario.about,
            "days": len(first.days),
            "seeds": len({day.seed for day in first.days}),
            "variants": [variant.name for variant in variants],
            "blocks": _table(variants),
            "charts": [_chart(c, a, scales) for c, a in zip(found, averages, strict=True)],
            "stack": STACK,
            "size": (WIDTH, HEIGHT, LEFT, RIGHT),
            "panels": PANELS,
        },
    )


def columns(variants: Sequence[Variant]) -> list[Column]:
    """A chart for each variant, or for each day of the only one, if they are few."""
    first = variants[0]
    numbers = sorted({day.day for day in first.days})
    if len(variants) > 1 or not 1 < len(numbers) <= MOST_COLUMNS:
        return [Column(variant.name, variant.days) for variant in variants]
    return [Column(f"day {n + 1}", [d for d in first.days if d.day == n]) for n in numbers]


# --- the table ----------------------------------------------------------------------------------


def _table(variants: Sequence[Variant]) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """For each part of the scenario its title, and rows of a figure's title and its values."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for row in abreast(variant.days for variant in variants):
        title = f"{row.part.capitalize()} {row.name}".strip()
        values = [words(row.measure.form, figure) for figure in row.figures]
        found.setdefault(title, []).append((row.measure.title, values))
    return list(found.items())


# --- the charts ---------------------------------------------------------------------------------


def _scales(found: Sequence[Column], averages: Sequence[list[Average]]) -> dict[str, Scale]:
    """The same for all charts, so that they can be compared."""
    every = [moment for course in averages for moment in course]
    rates = [rate for column in found for run in _runs(column) for _, rate in run]
    caps = [cap for column in found for cap in column.caps()]
    tops = {
        "agents": max(sum(moment[name] for name in STACK) for moment in every),
        "lines": max(moment["lines"] for moment in every),
        "abandonment": max(1.4 * max(caps), *rates, 0.01),
        "dials": max((n for course in averages for _, n in _dials(course)), default=0.0),
    }
    return {name: Scale(name, _above(top)) for name, top in tops.items()}


def _chart(column: Column, course: list[Average], scales: dict[str, Scale]) -> dict[str, object]:
    across, rate, lines = Across(column.hours), scales["abandonment"], scales["lines"]
    end = across.x(course[-1]["at_s"])
    return {
        "name": column.name,
        "areas": _areas(course, scales["agents"], across),
        "lines": _path((across.x(m["at_s"]), lines.y(m["lines"])) for m in course),
        "runs": [_course(run, rate, across) for run in _runs(column)[:MOST_RUNS]],
        "pooled": _course(_pooled(course, len(column.days)), rate, across),
        "caps": [(round(rate.y(cap), 1), f"cap {cap * 100:g} %") for cap in column.caps()],
        "bars": [(across.x(at), round(scales["dials"].y(n), 1)) for at, n in _dials(course)],
        "step": round((end - LEFT) / max(1, len(course) - 1), 2),
        "end": end,
        "hours": [(across.x(hour * HOUR_S), hour) for hour in range(floor(column.hours) + 1)],
        "ticks": {name: scale.ticks() for name, scale in scales.items()},
        "hits": [(across.x(m["at_s"]), _said(m)) for m in course],
    }


def _areas(course: list[Average], scale: Scale, across: Across) -> list[tuple[str, str]]:
    """Class and outline of each part of the agents, one upon the other."""
    found, floor_line = [], [0.0] * len(course)
    for name in STACK:
        upper = [low + moment[name] for low, moment in zip(floor_line, course, strict=True)]
        at = [across.x(moment["at_s"]) for moment in course]
        there = zip(at, map(scale.y, upper), strict=True)
        back = zip(reversed(at), map(scale.y, reversed(floor_line)), strict=True)
        found.append((name, _path((*there, *back)) + "Z"))
        floor_line = upper
    return found


def _runs(column: Column) -> list[list[tuple[float, float]]]:
    """Abandonment so far in each day, as soon as it says something: instants and rates."""
    found = []
    for day in column.days:
        so_far = [m for m in day.moments if m.talked + m.abandoned >= ENOUGH]
        found.append([(m.at_s, abandonment_rate(m.talked, m.abandoned)) for m in so_far])
    return found


def _pooled(course: list[Average], days: int) -> list[tuple[float, float]]:
    """The same of all days together."""
    found = []
    for moment in course:
        live = moment["talked"] + moment["abandoned"]
        if live * days >= ENOUGH:
            found.append((moment["at_s"], moment["abandoned"] / live))
    return found


def _dials(course: list[Average]) -> list[tuple[float, float]]:
    """Instants, and the dials from then to the next one."""
    return [(one["at_s"], after["dialed"] - one["dialed"]) for one, after in pairwise(course)]


def _course(points: Sequence[tuple[float, float]], scale: Scale, across: Across) -> str:
    return _path((across.x(at), scale.y(value)) for at, value in points)


def _path(points: Iterable[tuple[float, float]]) -> str:
    """An SVG path of straight lines."""
    said = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f"M{said}" if said else ""


def _said(moment: Average) -> str:
    """All of a moment in words: what the pointer is told."""
    hours, minutes = divmod(round(moment["at_s"] / 60.0), 60)
    agents = ", ".join(f"{moment[name]:.3g} {word}" for name, word in STACK.items())
    live = moment["talked"] + moment["abandoned"]
    rate = f"{moment['abandoned'] / live:.2%} abandoned so far" if live else "nobody abandoned"
    return f"{hours}:{minutes:02} h: {agents}; {moment['lines']:.3g} lines; {rate}"


# --- round numbers ------------------------------------------------------------------------------


def _step(top: float) -> float:
    """A round distance that goes two to five times into `top`."""
    size = 10.0 ** floor(log10(top / 2.0))
    return next(size * n for n in (5.0, 2.0, 1.0) if size * n <= top / 2.0)


def _above(top: float) -> float:
    """The next multiple of a round distance."""
    if top <= 0.0:
        return 1.0
    step = _step(top)
    return step * ceil(round(top / step, 6))
