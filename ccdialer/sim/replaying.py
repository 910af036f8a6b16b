"""Replays a past day: as it was, simulated as it was, and simulated under other settings (F3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import ceil
from statistics import fmean

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.metrics import contact_rate
from ccdialer.errors import Refused
from ccdialer.sim.learning import is_whole
from ccdialer.sim.people import HOUR_S, Fates
from ccdialer.sim.recalled import Past, Recalled, past_of
from ccdialer.sim.result import AgentDay, CampaignDay, Day, share_of
from ccdialer.sim.scenario import CampaignPlan, Scenario
from ccdialer.sim.shifts import Window, team_of, work_time
from ccdialer.sim.world import World
from ccdialer.storage.calllog import Log, LoggedCall

LEAST_TALKS = 10
SHORTEST_S = 60.0  # of a day that is worth living again


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a day; `kind` is how it is written: rate, count or decimal."""

    key: str
    words: str
    kind: str
    of: Callable[[Day], float]


FIGURES = (
    Figure("utilisation", "utilisation", "rate", lambda day: day.utilisation),
    Figure("occupancy", "occupancy", "rate", lambda day: day.occupancy),
    Figure("abandonment", "abandonment", "rate", lambda day: day.whole.abandonment),
    Figure("dials", "dials", "count", lambda day: day.whole.dialed),
    Figure(
        *("answer_rate", "answer rate", "rate"),
        lambda day: contact_rate(day.whole.answered, day.whole.dialed),
    ),
    Figure("talks", "talks", "count", lambda day: day.whole.talked),
    Figure("wait_s", "wait for an agent, s", "decimal", lambda day: day.whole.mean_wait_s),
    Figure(
        *("talk_s", "talk, s", "decimal"),
        lambda day: share_of(day.whole.talk_s, day.whole.talked),
    ),
    Figure(
        *("talks_per_hour", "talks per agent-hour", "decimal"),
        lambda day: day.whole.talked * HOUR_S / max(1.0, day.time.staffed_s),
    ),
    Figure("lines_mean", "lines, mean", "decimal", lambda day: day.lines_mean),
    Figure("lines_peak", "lines, peak", "count", lambda day: day.lines_peak),
)


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over simulated days."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: as it was, simulated as it was, and simulated under other settings."""

    figure: Figure
    real: float
    own: Spread
    changed: Spread | None

    @property
    def fits(self) -> bool:
        """Whether the real figure lies among the simulated ones."""
        return self.own.low <= self.real <= self.own.high


@dataclass(frozen=True, slots=True)
class Rerun:
    """A past day made ready to be lived again; called with a seed, it is."""

    scenario: Scenario
    past: Past

    def __call__(self, seed: int) -> Day:
        return World(self.scenario, seed, people=self._people).live()

    def _people(self, scenario: Scenario, index: int, seed: int) -> Fates:
        return Recalled(self.past, seed)

    def under(self, settings: CampaignSettings) -> Rerun:
        """The same day with other settings."""
        (plan,) = self.scenario.campaigns
        campaigns = (replace(plan, settings=settings),)
        return replace(self, scenario=replace(self.scenario, campaigns=campaigns))


def window_of(log: Log) -> Window:
    """From the first dial to the last; Refused if the day is too short to be judged."""
    dials = [call.dialed_at for call in log.calls]
    talks = sum(map(is_whole, log.calls))
    if talks < LEAST_TALKS or max(dials) - min(dials) < SHORTEST_S:
        raise Refused(
            f"{len(dials)} calls and {talks} talks (those cut short left aside) are too few to "
            f"live that day again; at least {LEAST_TALKS} talks are needed, and a minute between "
            "the first call and the last"
        )
    return Window(min(dials), max(dials))


def rerun_of(log: Log, plan: CampaignPlan) -> Rerun:
    """The logged day: its calls' fates, and exactly the agents who were there."""
    window = window_of(log)
    hours = (window.ends - window.begins) / HOUR_S
    teams = [team_of(log, agent_id, window) for agent_id in log.states]
    scenario = Scenario(
        name=plan.name,
        hours=hours,
        stop_dialing_s=0.0,  # the last dial was the end of the day
        campaigns=(plan,),
        teams=tuple(team for team in teams if team is not None),
    )
    return Rerun(scenario, past_of(log, plan.settings, window.begins, ceil(hours)))


def real_day(log: Log, plan: CampaignPlan) -> Day:
    """The logged day in the words in which simulated days are told."""
    window = window_of(log)
    mean, peak = _lines(log.calls, window)
    return Day(
        scenario=plan.name,
        seed=0,
        day=0,
        hours=(window.ends - window.begins) / HOUR_S,
        campaigns=(_campaign_day(log, plan),),
        agents=tuple(
            AgentDay(log.logins[agent_id], work_time(log, agent_id, window), _calls(log, agent_id))
            for agent_id in log.states
        ),
        lines_mean=mean,
        lines_peak=peak,
        moments=(),
    )


def side_by_side(real: Day, own: Sequence[Day], changed: Sequence[Day]) -> list[Line]:
    """Every figure, in three columns; `changed` may be empty."""
    return [
        Line(
            figure,
            float(figure.of(real)),
            _spread(figure, own),
            _spread(figure, changed) if changed else None,
        )
        for figure in FIGURES
    ]


def _spread(figure: Figure, days: Sequence[Day]) -> Spread:
    values = [float(figure.of(day)) for day in days]
    return Spread(fmean(values), min(values), max(values))


def _campaign_day(log: Log, plan: CampaignPlan) -> CampaignDay:
    day = CampaignDay(plan.name, plan.settings.max_abandonment)
    for call in log.calls:
        day.dialed += 1
        day.line_s += call.ended_at - call.dialed_at
        day.ended[call.disposition] += 1
        if call.joined_at is not None and call.answered_at is not None:
            day.talk_s += call.ended_at - call.joined_at
            day.wait_s += call.joined_at - call.answered_at
    return day


def _calls(log: Log, agent_id: int) -> int:
    return sum(c.agent_id == agent_id and c.joined_at is not None for c in log.calls)


def _lines(calls: Iterable[LoggedCall], window: Window) -> tuple[float, int]:
    """Clients' lines in use within the window: the mean, and the most at once."""
    changes: list[tuple[float, int]] = []
    spent_s = 0.0
    for call in calls:
        ended_at = min(call.ended_at, window.ends)
        spent_s += ended_at - call.dialed_at
        changes += [(call.dialed_at, 1), (ended_at, -1)]
    in_use = accumulate(change for _, change in sorted(changes))
    return spent_s / (window.ends - window.begins), max(in_use, default=0)
