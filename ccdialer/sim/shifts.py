"""Shifts: what each agent did on a past day, by the journal, and the same agents as a team."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from ccdialer.core.agent import AgentState
from ccdialer.core.metrics import WorkTime
from ccdialer.sim.people import HOUR_S
from ccdialer.sim.scenario import Away, Team
from ccdialer.storage.calllog import Log, LoggedState

SHORTEST_S = 1.0  # of a presence and of an absence
NEAR_S = 5.0  # wrap-up begins so soon after the talk that it follows


class Doing(StrEnum):
    """What an agent does, as one campaign sees it."""

    IDLE = "idle"
    TALK = "talk"
    WRAP_UP = "wrap_up"
    AWAY = "away"  # not signed in, paused, or with another campaign's client


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one day; instants in epoch seconds."""

    begins: float
    ends: float


@dataclass(frozen=True, slots=True)
class Spell:
    """An agent did one thing for a time."""

    doing: Doing
    begins: float
    ends: float

    @property
    def lasts_s(self) -> float:
        return self.ends - self.begins


DOINGS = {
    AgentState.OFFLINE: Doing.AWAY,
    AgentState.SIGNING_IN: Doing.AWAY,
    AgentState.PAUSED: Doing.AWAY,
    AgentState.AVAILABLE: Doing.IDLE,
    AgentState.RESERVED: Doing.IDLE,
    AgentState.TALKING: Doing.TALK,
    AgentState.WRAP_UP: Doing.WRAP_UP,
}


def spells(log: Log, agent_id: int, window: Window) -> list[Spell]:
    """What the agent did in the window, in order, without gaps from the first known state on."""
    states = log.states[agent_id]
    ends = [state.at for state in states[1:]] + [window.ends]
    found: list[Spell] = []
    for state, end in zip(states, ends, strict=False):
        begins, end = max(state.at, window.begins), min(end, window.ends)
        if begins < end:
            found += _around(log.stops, Spell(_doing(state, log.campaign_id), begins, end))
    return found


def _around(stops: tuple[tuple[float, float], ...], spell: Spell) -> Iterator[Spell]:
    """Nobody waits for calls of a campaign that is paused: he is away then."""
    at = spell.begins
    if spell.doing is Doing.IDLE:
        for begins, ends in stops:
            begins, ends = max(begins, at), min(ends, spell.ends)
            if begins < ends:
                if at < begins:
                    yield Spell(Doing.IDLE, at, begins)
                yield Spell(Doing.AWAY, begins, ends)
                at = ends
    if at < spell.ends:
        yield Spell(spell.doing, at, spell.ends)


def _doing(state: LoggedState, campaign_id: int) -> Doing:
    is_elsewhere = state.campaign_id not in (None, campaign_id)
    return Doing.AWAY if is_elsewhere else DOINGS[state.state]


def team_of(log: Log, agent_id: int, window: Window) -> Team | None:
    """The agent as a team of one, present exactly when he was; None: he was not there.

    His own speed is in the talks that were his, so he has none beside.
    """
    present = [spell for spell in spells(log, agent_id, window) if spell.doing is not Doing.AWAY]
    if not present or present[-1].ends - present[0].begins < SHORTEST_S:
        return None
    leaves_s = present[-1].ends - window.begins
    is_last = present[-1].ends >= window.ends
    return Team(
        agents=1,
        name=log.logins[agent_id],
        starts=_hours(present[0].begins - window.begins),
        ends=None if is_last else _hours(leaves_s),
        sign_in_over_s=0.0,
        break_every_s=0.0,
        away=tuple(_gaps(present, window.begins)),
        speed_spread=0.0,
    )


def _gaps(present: list[Spell], begins: float) -> Iterator[Away]:
    for before, after in pairwise(present):
        gap_s = after.begins - before.ends
        if gap_s >= SHORTEST_S:
            yield Away(at=_hours(before.ends - begins), for_s=round(gap_s, 1))


def _hours(seconds: float) -> float:
    return round(seconds / HOUR_S, 5)  # to 0.04 s


def work_time(log: Log, agent_id: int, window: Window) -> WorkTime:
    """The agent's time in the window, for the campaign; his absences are left out."""
    spent = dict.fromkeys(Doing, 0.0)
    for spell in spells(log, agent_id, window):
        spent[spell.doing] += spell.lasts_s
    talk, wrap_up = spent[Doing.TALK], spent[Doing.WRAP_UP]
    return WorkTime(spent[Doing.IDLE] + talk + wrap_up, 0.0, talk, wrap_up)


def wrap_ups(log: Log) -> dict[int, list[tuple[float, float]]]:
    """When each agent began to write after a call of the campaign, and for how many seconds.

    What ended in his signing out is left out: it may have been cut short.
    """
    found: dict[int, list[tuple[float, float]]] = {}
    for agent_id, states in log.states.items():
        found[agent_id] = [
            (state.at, following.at - state.at)
            for state, following in pairwise(states)
            if state.state is AgentState.WRAP_UP
            and state.campaign_id == log.campaign_id
            and following.state is not AgentState.OFFLINE
        ]
    return found


def wrap_up_after(found: list[tuple[float, float]], ended_at: float) -> float | None:
    """How long the wrap-up was that follows the talk which ended then; None: not known."""
    near = [length for at, length in found if abs(at - ended_at) <= NEAR_S]
    return near[0] if near else None
