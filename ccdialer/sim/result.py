"""Results: what became of simulated days, counted, and put together over seeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt

from ccdialer.core.disposition import Disposition
from ccdialer.core.metrics import (
    WorkTime,
    abandonment_rate,
    occupancy,
    service_level,
    share,
    utilisation,
)
from ccdialer.core.queue import Fate

Z = 1.959964  # two-sided 95 %


@dataclass(slots=True)
class CampaignDay:
    """What became of one campaign's calls in one day; times in seconds."""

    name: str
    cap: float  # allowed share of abandonment
    dialed: int = 0
    talk_s: float = 0.0
    wait_s: float = 0.0  # from live answer to agent, summed over the talks
    line_s: float = 0.0  # its calls' lines, from dial to end
    silent: int = 0  # people whom detection took for machines: nobody spoke to them
    misses: int | None = None  # waits for the owner of a callback in vain; None: no callbacks
    ended: Counter[Disposition] = field(default_factory=Counter)

    @property
    def talked(self) -> int:
        return self.ended[Disposition.TALKED]

    @property
    def abandoned(self) -> int:
        return self.ended[Disposition.ABANDONED]

    @property
    def answered(self) -> int:
        """Live answers."""
        return self.talked + self.abandoned

    @property
    def abandonment(self) -> float:
        return abandonment_rate(self.talked, self.abandoned)

    @property
    def abandonment_bound(self) -> float:
        """Upper bound of the rate behind this day's count, 97.5 % (Wilson 1927)."""
        n, rate = self.answered, self.abandonment
        if n == 0:
            return 1.0
        middle = rate + Z * Z / (2.0 * n)
        half = Z * sqrt(rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n))
        return (middle + half) / (1.0 + Z * Z / n)

    @property
    def mean_wait_s(self) -> float:
        return share_of(self.wait_s, self.talked)


@dataclass(slots=True)
class QueueDay:
    """What became of one queue's callers in one day; times in seconds."""

    name: str
    goal: float  # share that is to be answered in time
    within_s: float  # this is in time
    waits: list[float] = field(default_factory=list)  # of those who met an agent
    talk_s: float = 0.0
    ended: Counter[Fate] = field(default_factory=Counter)

    @property
    def service_level(self) -> float:
        return service_level(sum(wait <= self.within_s for wait in self.waits), self.ended.total())


@dataclass(slots=True)
class AgentDay:
    """What one agent did in one day."""

    login: str
    time: WorkTime
    calls: int


@dataclass(frozen=True, slots=True)
class TrunkDay:
    """How one trunk was used in one day."""

    name: str
    lines: int
    mean: float
    peak: int
    refused: int  # dials that met congestion


@dataclass(frozen=True, slots=True)
class Moment:
    """The site at one instant of the day; counts of calls since the day's beginning."""

    at_s: float
    idle: int
    talking: int
    wrapping: int
    paused: int
    lines: int
    ringing: int
    dialed: int
    talked: int
    abandoned: int


@dataclass(slots=True)
class Day:
    """One simulated day."""

    scenario: str
    seed: int
    day: int
    hours: float
    campaigns: tuple[CampaignDay, ...]
    agents: tuple[AgentDay, ...]
    lines_mean: float
    lines_peak: int
    moments: tuple[Moment, ...]
    trunks: tuple[TrunkDay, ...] = ()
    queues: tuple[QueueDay, ...] = ()

    @property
    def time(self) -> WorkTime:
        """All agents' time together."""
        return together(agent.time for agent in self.agents)

    @property
    def utilisation(self) -> float:
        return utilisation(self.time)

    @property
    def occupancy(self) -> float:
        return occupancy(self.time)

    @property
    def whole(self) -> CampaignDay:
        """All campaigns together."""
        return summed("all", self.campaigns)


def together(times: Iterable[WorkTime]) -> WorkTime:
    """Several agents' time as one."""
    found = list(times)
    return WorkTime(
        signed_in_s=sum(time.signed_in_s for time in found),
        paused_s=sum(time.paused_s for time in found),
        talk_s=sum(time.talk_s for time in found),
        wrap_up_s=sum(time.wrap_up_s for time in found),
    )


def summed(name: str, days: Sequence[CampaignDay]) -> CampaignDay:
    """Several days or campaigns as one."""
    total = CampaignDay(name, max((day.cap for day in days), default=0.0))
    for day in days:
        total.dialed += day.dialed
        total.talk_s += day.talk_s
        total.wait_s += day.wait_s
        total.line_s += day.line_s
        total.silent += day.silent
        if day.misses is not None:
            total.misses = (total.misses or 0) + day.misses
        total.ended += day.ended
    return total


def all_callers(days: Sequence[QueueDay]) -> QueueDay:
    """Several days of one queue as one."""
    total = QueueDay(days[0].name, days[0].goal, days[0].within_s)
    for day in days:
        total.waits += day.waits
        total.talk_s += day.talk_s
        total.ended += day.ended
    return total


def pooled_utilisation(days: Sequence[Day]) -> float:
    """Talk of all days / signed-in unpaused time of all days."""
    return utilisation(together(day.time for day in days))


def share_over_cap(days: Sequence[Day]) -> float:
    """Share of campaign days whose abandonment was above its cap."""
    campaigns = [campaign for day in days for campaign in day.campaigns]
    return share(sum(c.abandonment > c.cap for c in campaigns), len(campaigns))


def percentile(values: Sequence[float], wanted: float) -> float:
    """The `wanted` share (0..1) of the values is at or below it, interpolated."""
    if not values:
        return 0.0
    ordered = sorted(values)
    place = wanted * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def share_of(total: float, count: int) -> float:
    """Mean, or 0 of none."""
    return total / count if count > 0 else 0.0
