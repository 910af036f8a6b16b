"""The table of cases: contact centres that every policy is put into, and what is to be reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ccdialer.sim.laws import Times
from ccdialer.sim.scenario import (
    Between,
    Callees,
    CampaignPlan,
    Scenario,
    Team,
    dialing_settings,
)

LINES_PER_AGENT = 12
STEADY_RATES = (0.20, 0.35, 0.60)
STEADY = {
    5: (1.09, 1.06, 1.02),
    10: (1.08, 1.06, 1.02),
    20: (1.08, 1.05, 1.02),
    50: (1.05, 1.05, 1.03),
    100: (1.03, 1.03, 1.02),
    200: (1.04, 1.03, 1.02),
}
"""Agents -> what predictive must reach over the best VICIdial, at each of the steady rates."""
SHORT, LONG = (Times(60.0, 0.9), Times(10.0, 0.6)), (Times(180.0, 0.9), Times(30.0, 0.6))
TWO_KINDS = Times(mixture=(Times(20.0, 0.5), Times(180.0, 0.5)))


@dataclass(frozen=True, slots=True)
class Case:
    """One contact centre, as every policy meets it."""

    name: str
    scenario: Scenario
    goal: float | None = None  # utilisation over the best VICIdial in hindsight
    until_done: bool = False  # the day ends when the last of the list is dialed

    @property
    def agents(self) -> int:
        """At once; teams that follow each other count once."""
        return max(team.agents for team in self.scenario.teams)


@dataclass(frozen=True, slots=True)
class Kind:
    """Cases that differ only in the size of the team: what is unlike the plain day."""

    name: str
    goals: dict[int, float]  # by agents
    callees: Callees = field(default_factory=Callees)
    hours: float = 8.0
    team: Team = field(default_factory=Team)
    leads_per_agent: int = 0  # 0: a list without end

    def case(self, agents: int) -> Case:
        settings = dialing_settings(max_lines=LINES_PER_AGENT * agents)
        plan = CampaignPlan(settings=settings, callees=self.callees)
        if self.leads_per_agent:
            once = replace(settings, max_attempts=1)
            plan = replace(plan, settings=once, tasks=self.leads_per_agent * agents)
        name = f"N{agents} {self.name}"
        teams = (replace(self.team, agents=agents),)
        scenario = Scenario(name=name, hours=self.hours, campaigns=(plan,), teams=teams)
        return Case(name, scenario, self.goals[agents], self.leads_per_agent > 0)


def answering(rates: dict[float, float], between: Between = Between.STEPS) -> Callees:
    return Callees(answer_rate=rates, between=between)


def steady() -> Iterable[Kind]:
    for column, rate in enumerate(STEADY_RATES):
        goals = {agents: row[column] for agents, row in STEADY.items()}
        yield Kind(f"p{rate:.0%}".rstrip("%"), goals, answering({0.0: rate}))


KINDS: tuple[Kind, ...] = (
    *steady(),
    Kind("p10", {20: 1.11, 100: 1.08}, answering({0.0: 0.10})),
    Kind("talk 60/10", {10: 1.08, 20: 1.07, 100: 1.05}, Callees(talk=SHORT[0], wrap_up=SHORT[1])),
    Kind("talk 180/30", {10: 1.04, 20: 1.02, 100: 1.02}, Callees(talk=LONG[0], wrap_up=LONG[1])),
    Kind("bimodal talk", {20: 1.05}, Callees(talk=TWO_KINDS)),
    Kind("drift", {10: 1.06, 20: 1.05}, answering({0.0: 0.50, 8.0: 0.15}, Between.LINES)),
    Kind("noise", {20: 1.04, 100: 1.03}, Callees(noise=0.25)),
    Kind("jump", {10: 1.06, 20: 1.05, 100: 1.03}, answering({0.0: 0.2, 4.0: 0.6})),
    Kind("four jumps", {20: 1.05}, answering({0.0: 0.2, 1.6: 0.6, 3.2: 0.2, 4.8: 0.6, 6.4: 0.2})),
    Kind("longer talks at noon", {20: 1.03}, Callees(talk_factor={0.0: 1.0, 3.0: 1.8})),
    Kind("uneven agents", {20: 1.06}, team=Team(speed_spread=0.35)),
    Kind("slow detection", {20: 1.05}, Callees(judged_person_s=1.5)),
    Kind("short day", {5: 1.04, 20: 1.05, 100: 1.04}, hours=2.0),
    Kind("tiny list", {10: 1.04, 20: 1.04}, leads_per_agent=30),
)


def shift_change(agents: int, goal: float) -> Case:
    """Everybody leaves at once after four hours, and as many others come."""
    case = Kind("shift change", {agents: goal}).case(agents)
    early, late = Team(agents, "early", ends=4.0), Team(agents, "late", starts=4.0)
    return replace(case, scenario=replace(case.scenario, teams=(early, late)))


def shared(agents: int) -> Case:
    """Three campaigns whose people answer unlike each other share all agents."""
    settings = dialing_settings(max_lines=LINES_PER_AGENT * agents)
    plans = tuple(
        CampaignPlan(f"p{rate:.0%}", settings=settings, callees=answering({0.0: rate}))
        for rate in STEADY_RATES
    )
    name = f"N{agents} shared agents"
    return Case(name, Scenario(name=name, campaigns=plans, teams=(Team(agents),)))


def cases() -> dict[str, Case]:
    """All, by name."""
    found = [kind.case(agents) for kind in KINDS for agents in kind.goals]
    found += [shift_change(20, 1.06), shift_change(100, 1.03), shared(15), shared(30)]
    return {case.name: case for case in found}


SEEDS = {20: 30, 50: 12, 100: 8, 200: 4}
"""At most so many agents -> days on which predictive is judged by its cap."""
COMPARED = {20: 6, 50: 4, 100: 3, 200: 2}
"""The first of them, which all others live too: a day's luck is the same for all, so few tell."""
FIRST_SEED = 501  # of the days that judge; policies are tuned on days from 1001 on


def seeds(case: Case, wanted: int | None = None) -> range:
    """The days of a case; `wanted` instead of the table's number."""
    return range(FIRST_SEED, FIRST_SEED + (wanted or _of_size(SEEDS, case)))


def compared(case: Case, days: range) -> range:
    """Those of the days on which all policies are compared."""
    return days[: _of_size(COMPARED, case)]


def _of_size(table: dict[int, int], case: Case) -> int:
    return next(table[most] for most in sorted(table) if case.agents <= most)
