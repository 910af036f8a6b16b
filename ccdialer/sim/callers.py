"""Callers: who calls a simulated queue, how long he waits, and what became of him.

When each comes, and what he will do, is drawn beforehand: the same people meet every policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from ccdialer.core import commands as c
from ccdialer.core import queue
from ccdialer.core.campaign import Campaign
from ccdialer.core.dialer import Dialer
from ccdialer.core.events import CallerQueued
from ccdialer.sim.agenda import Agenda
from ccdialer.sim.laws import drawing
from ccdialer.sim.lines import Lines
from ccdialer.sim.people import HOUR_S, Fate, Outcome, course
from ccdialer.sim.result import QueueDay
from ccdialer.sim.scenario import Callers, Scenario

LEG = "caller"


@dataclass(frozen=True, slots=True)
class Visit:
    """A caller; times in seconds."""

    at_s: float  # since the beginning of the day
    patience_s: float
    owner: int  # number of his own agent; 0: he has none
    fate: Fate  # of his talk


def visits(plan: Callers, hours: float, owners: Sequence[int], dice: Random) -> Iterator[Visit]:
    """The callers of a day, in order: a Poisson process whose rate goes by the hour, by thinning
    (Lewis and Shedler 1979)."""
    rate, most = course(plan.per_hour, plan.between), max(plan.per_hour.values())
    patience, talk, wrap_up = map(drawing, (plan.patience, plan.talk, plan.wrap_up))
    hour = 0.0
    while most > 0.0 and (hour := hour + dice.expovariate(most)) < hours:
        own, comes = Random(dice.random()), dice.random() < rate(hour) / most
        if not comes:
            continue
        owner = own.choice(owners) if owners and own.random() < plan.owned else 0
        fate = Fate(Outcome.PERSON, 0.0, 0.0, True, 0.0, talk(own), wrap_up(own))
        yield Visit(hour * HOUR_S, patience(own), owner, fate)


class Calling:
    """One queue's callers in one day: they come, wait, talk or leave, and are counted."""

    def __init__(self, campaign: Campaign, dialer: Dialer, agenda: Agenda, lines: Lines) -> None:
        settings = campaign.settings.queue
        self._campaign, self._dialer = campaign, dialer
        self._agenda, self._lines = agenda, lines
        self.day = QueueDay(campaign.name, settings.service_level_goal, settings.service_level_s)

    def plan(self, scenario: Scenario, seed: int, day: int, owners: Sequence[int]) -> None:
        """Everybody who will call today; `owners`: the agents of the queue, by number."""
        plan = scenario.campaigns[self._campaign.id - 1].callers
        dice = Random(f"callers {seed} {day} {self._campaign.id}")
        begins = self._agenda.now
        for number, visit in enumerate(visits(plan, scenario.hours, owners, dice), 1):
            self._agenda.at(begins + visit.at_s, self._come, number, visit)

    def _come(self, number: int, visit: Visit) -> None:
        leg_id = f"{LEG}-{self._campaign.id}-{number}"
        self._lines.come(leg_id, visit.fate)
        self._agenda.after(visit.patience_s, self._lose_patience, leg_id)
        caller = queue.Caller(
            call_id=f"{leg_id}-call",
            leg_id=leg_id,
            number=f"+7{number:010d}",
            owner_id=visit.owner or None,
            owner_wait_s=self._campaign.settings.queue.owner_first_s,
        )
        self._lines.tell(CallerQueued(self._campaign.id, caller))

    def _lose_patience(self, leg_id: str) -> None:
        call = self._dialer.board.call_of_leg(leg_id)
        if call is not None and call.joined_at is None:
            self._lines.give_up(leg_id)

    def closed(self, command: c.CloseInbound) -> None:
        """The core says what became of a caller."""
        self.day.ended[command.fate] += 1
        if command.joined_at is not None:
            self.day.waits.append(command.joined_at - command.queued_at)
            self.day.talk_s += command.ended_at - command.joined_at
