"""Figures: what simulated days come to, for the site, each campaign and each trunk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import stdev
from typing import Any

from ccdialer.core.metrics import contact_rate, occupancy, share
from ccdialer.core.queue import Fate
from ccdialer.sim.people import HOUR_S
from ccdialer.sim.result import (
    CampaignDay,
    Day,
    QueueDay,
    TrunkDay,
    all_callers,
    percentile,
    pooled_utilisation,
    share_of,
    share_over_cap,
    summed,
    together,
)


class Form(StrEnum):
    """How a figure is written."""

    RATE = "rate"  # 0..1
    FINE_RATE = "fine_rate"  # 0..1, of which hundredths of a per cent matter
    DECIMAL = "decimal"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Calls:
    """The days of the whole site, or of one campaign (`name`)."""

    days: Sequence[Day]
    name: str = ""

    @property
    def each(self) -> list[CampaignDay]:
        """One for each day."""
        if not self.name:
            return [day.whole for day in self.days]
        return [c for day in self.days for c in day.campaigns if c.name == self.name]

    @property
    def whole(self) -> CampaignDay:
        return summed(self.name, self.each)

    @property
    def staffed_h(self) -> float:
        return together(day.time for day in self.days).staffed_s / HOUR_S

    @property
    def over_cap(self) -> float:
        """Share of campaign days above their cap."""
        if not self.name:
            return share_over_cap(self.days)
        return share(sum(day.abandonment > day.cap for day in self.each), len(self.each))

    @property
    def lines_mean(self) -> float:
        if not self.name:
            return share_of(sum(day.lines_mean for day in self.days), len(self.days))
        return self.whole.line_s / sum(day.hours * HOUR_S for day in self.days)


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: its name for machines and for people, and how it is taken."""

    key: str
    title: str
    form: Form
    take: Callable[[Any], float]


AGENTS = (
    Measure("utilisation", "utilisation", Form.RATE, lambda of: pooled_utilisation(of.days)),
    Measure(
        *("occupancy", "occupancy", Form.RATE),
        lambda of: occupancy(together(day.time for day in of.days)),
    ),
    Measure(
        *("talks_per_agent_hour", "talks per agent-hour", Form.DECIMAL),
        lambda of: share_of(of.whole.talked, of.staffed_h),
    ),
)
"""Of agents: only the whole site has them, as they may work in several campaigns."""

CALLS = (
    Measure("abandonment", "abandonment", Form.FINE_RATE, lambda of: of.whole.abandonment),
    Measure(
        *("abandonment_worst", "worst day", Form.FINE_RATE),
        lambda of: max(day.abandonment for day in of.each),
    ),
    Measure(
        *("abandonment_bound", "upper bound (97.5 %)", Form.FINE_RATE),
        lambda of: of.whole.abandonment_bound,
    ),
    Measure("cap", "cap", Form.FINE_RATE, lambda of: of.whole.cap),
    Measure("days_over_cap", "days over the cap", Form.RATE, lambda of: of.over_cap),
    Measure(
        *("silent", "silent: taken for machines", Form.FINE_RATE),
        lambda of: share(of.whole.silent, of.whole.answered + of.whole.silent),
    ),
    Measure("wait_s", "mean wait s", Form.DECIMAL, lambda of: of.whole.mean_wait_s),
    Measure("dials", "dials a day", Form.COUNT, lambda of: of.whole.dialed / len(of.each)),
    Measure("live", "live answers a day", Form.COUNT, lambda of: of.whole.answered / len(of.each)),
    Measure("talks", "talks a day", Form.COUNT, lambda of: of.whole.talked / len(of.each)),
    Measure(
        *("answer_rate", "answer rate", Form.RATE),
        lambda of: contact_rate(of.whole.answered, of.whole.dialed),
    ),
    Measure("lines_mean", "lines, mean", Form.DECIMAL, lambda of: of.lines_mean),
)

CALLBACKS = (
    Measure(
        *("owner_misses", "owner misses a day", Form.COUNT),
        lambda of: (of.whole.misses or 0) / len(of.each),
    ),
)
"""Of campaigns that call their clients back."""

PEAK = Measure(
    *("lines_peak", "lines, peak", Form.COUNT), lambda of: max(d.lines_peak for d in of.days)
)

TRUNK = (
    Measure("lines", "lines", Form.COUNT, lambda of: of[0].lines),
    Measure("lines_mean", "in use, mean", Form.DECIMAL, lambda of: _mean(d.mean for d in of)),
    Measure("lines_peak", "in use, peak", Form.COUNT, lambda of: max(d.peak for d in of)),
    Measure("refused", "dials refused a day", Form.COUNT, lambda of: _mean(d.refused for d in of)),
)


QUEUE = (
    Measure(
        *("service_level", "answered in time", Form.RATE),
        lambda of: all_callers(of).service_level,
    ),
    Measure("goal", "goal", Form.RATE, lambda of: of[0].goal),
    Measure("callers", "callers a day", Form.COUNT, lambda of: _ended(of, *Fate)),
    Measure("answered", "answered a day", Form.COUNT, lambda of: _ended(of, Fate.ANSWERED)),
    Measure("left", "left a day", Form.COUNT, lambda of: _ended(of, Fate.LEFT)),
    Measure(
        *("sent_on", "sent on a day", Form.COUNT),
        lambda of: _ended(of, Fate.SENT_ON, Fate.CALLBACK, Fate.LOST),
    ),
    Measure("wait_s", "mean wait s", Form.DECIMAL, lambda of: _mean(all_callers(of).waits)),
    Measure(
        *("wait_p95_s", "95 % met an agent within s", Form.DECIMAL),
        lambda of: percentile(all_callers(of).waits, 0.95),
    ),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """Over all days, and its standard deviation between seeds (of one seed: not known)."""

    value: float
    spread: float | None


@dataclass(frozen=True, slots=True)
class Block:
    """The figures of one part of the scenario."""

    part: str  # site, campaign, queue or trunk
    name: str
    figures: tuple[tuple[Measure, Figure], ...]


def blocks(days: Sequence[Day]) -> Iterator[Block]:
    """The site, then its campaigns, its queues, and its trunks; there must be a day."""
    seeds = sorted({day.seed for day in days})
    groups = [days, *([day for day in days if day.seed == seed] for seed in seeds)]
    calls = _of_calls(days[0].whole)
    yield Block("site", "", _taken((*AGENTS, *calls, PEAK), [Calls(group) for group in groups]))
    for campaign in days[0].campaigns:
        of = [Calls(group, campaign.name) for group in groups]
        yield Block("campaign", campaign.name, _taken(_of_calls(campaign), of))
    for name in (queue.name for queue in days[0].queues):
        yield Block("queue", name, _taken(QUEUE, [_queue_days(group, name) for group in groups]))
    for name in (trunk.name for trunk in days[0].trunks):
        yield Block("trunk", name, _taken(TRUNK, [_trunk_days(group, name) for group in groups]))


def _of_calls(campaign: CampaignDay) -> tuple[Measure, ...]:
    return CALLS if campaign.misses is None else (*CALLS, *CALLBACKS)


def telling(days: Sequence[Day]) -> list[Block]:
    """The same without what says nothing new: the campaign or the trunk where there is but one."""
    found = list(blocks(days))
    counts = Counter(block.part for block in found)
    always = ("site", "queue")
    return [block for block in found if block.part in always or counts[block.part] > 1]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of several results side by side; None: that result has no such part."""

    part: str
    name: str
    measure: Measure
    figures: tuple[Figure | None, ...]


def abreast(results: Iterable[Sequence[Day]]) -> Iterator[Row]:
    """The telling figures of several results, part by part."""
    tables = [{(b.part, b.name): dict(b.figures) for b in telling(days)} for days in results]
    for place in dict.fromkeys(place for table in tables for place in table):
        columns = [table.get(place, {}) for table in tables]
        for measure in max(columns, key=len):
            yield Row(*place, measure, tuple(column.get(measure) for column in columns))


def words(form: Form, figure: Figure | None) -> str:
    """A figure as people read it: `71.3% ± 0.4`."""
    if figure is None:
        return ""
    scale, places, unit = WRITTEN[form]
    spread = f" ± {figure.spread * scale:.{places}f}" if figure.spread else ""
    return f"{figure.value * scale:.{places}f}{unit}{spread}"


WRITTEN = {
    Form.RATE: (100.0, 1, "%"),
    Form.FINE_RATE: (100.0, 2, "%"),
    Form.DECIMAL: (1.0, 2, ""),
    Form.COUNT: (1.0, 0, ""),
}
"""How many times the value, places behind the point, unit."""


def _taken(
    measures: Sequence[Measure], groups: Sequence[Any]
) -> tuple[tuple[Measure, Figure], ...]:
    """Each measure over all days, which come first, and between the seeds, which follow."""
    whole, *parts = groups
    return tuple(
        (measure, Figure(measure.take(whole), _spread([measure.take(part) for part in parts])))
        for measure in measures
    )


def _spread(values: Sequence[float]) -> float | None:
    return stdev(values) if len(values) > 1 else None


def _trunk_days(days: Sequence[Day], name: str) -> list[TrunkDay]:
    return [trunk for day in days for trunk in day.trunks if trunk.name == name]


def _queue_days(days: Sequence[Day], name: str) -> list[QueueDay]:
    return [queue for day in days for queue in day.queues if queue.name == name]


def _ended(days: Sequence[QueueDay], *fates: Fate) -> float:
    return _mean(sum(day.ended[fate] for fate in fates) for day in days)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return share_of(sum(found), len(found))
