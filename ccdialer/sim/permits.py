"""Permits: asks the core's rule whether simulated people may be called, as storage asks it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ccdialer.core.limits import Person, Schedules, SiteRules, permit
from ccdialer.core.schedule import NO_CALENDAR, schedule
from ccdialer.sim.scenario import CampaignPlan, Scenario

LOOK_AGAIN_S = 86400.0


@dataclass(slots=True)
class Memory:
    """What was done to people, by task id; instants are epoch seconds."""

    contacts: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    abandoned_at: dict[int, float] = field(default_factory=dict)


class Permits:
    """One scenario's people. Instants are the agenda's; the scenario says which day that is."""

    def __init__(self, scenario: Scenario, lead_of: Callable[[int], int]) -> None:
        self._begins = datetime.fromisoformat(scenario.begins).timestamp()
        self._rules = SiteRules(per_day=scenario.per_day, per_week=scenario.per_week)
        self._lead_of = lead_of
        self._zones = {n: plan.zones for n, plan in enumerate(scenario.campaigns, 1)}
        self._schedules = {n: _schedules(plan) for n, plan in enumerate(scenario.campaigns, 1)}
        self.memory = Memory()

    def held_until(self, campaign_id: int, task_id: int, now: float) -> float | None:
        """When he may be called; None: now."""
        zones = self._zones[campaign_id]
        person = Person(
            zones=(zones[self._lead_of(task_id) % len(zones)],) if zones else (),
            contacts=tuple(self.memory.contacts.get(task_id, ())),
            abandoned_at=self.memory.abandoned_at.get(task_id),
        )
        held = permit(person, self._rules, self._schedules[campaign_id], self._begins + now)
        if held is None:
            return None
        return now + LOOK_AGAIN_S if held.until is None else held.until - self._begins

    def dialed(self, task_id: int, now: float) -> None:
        """He is contacted."""
        if self._rules.caps:
            self.memory.contacts[task_id].append(self._begins + now)

    def abandoned(self, task_id: int, now: float) -> None:
        """He met no agent."""
        self.memory.abandoned_at[task_id] = self._begins + now


def _schedules(plan: CampaignPlan) -> Schedules:
    return (schedule(plan.settings.calling_hours, NO_CALENDAR, "campaign"),)


def permits_of(scenario: Scenario, lead_of: Callable[[int], int]) -> Permits | None:
    """None: the scenario does not say when it is, and people may be called at any time."""
    return Permits(scenario, lead_of) if scenario.begins else None
