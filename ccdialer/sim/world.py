"""World: the dialer at work among simulated people, from morning to evening."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from types import MappingProxyType
from typing import Any

from ccdialer.core import commands as c
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import attempt_of
from ccdialer.core.best_hour import NOTHING_LEARNED, Hours
from ccdialer.core.board import FloorRules
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, History, Mode, Tally
from ccdialer.core.dialer import Dialer
from ccdialer.core.events import (
    CampaignLoaded,
    DrainAsked,
    Event,
    HoursLearned,
    ProjectLoaded,
    SwitchFound,
)
from ccdialer.core.pacing.policies import Policies, policy_for
from ccdialer.core.pacing.policy import Memory
from ccdialer.core.project import Project, ProjectSettings
from ccdialer.core.task import Step
from ccdialer.sim.agenda import Agenda
from ccdialer.sim.answering import AnswersByHour
from ccdialer.sim.callers import Calling
from ccdialer.sim.lines import Lines, Use
from ccdialer.sim.people import HOUR_S, Fate, Fates, Outcome, People, clients, workers
from ccdialer.sim.permits import permits_of
from ccdialer.sim.result import CampaignDay, Day, Moment, TrunkDay
from ccdialer.sim.routing import chosen, over, settings_in, trunks_told
from ccdialer.sim.scenario import CampaignPlan, Scenario, Trunk, trunk_of
from ccdialer.sim.staff import Staff
from ccdialer.sim.store import Store

DAY_S = 86400.0
MOMENT_S = 300.0
RULES = FloorRules(agent_ring_s=30.0)
CLIENT = "-c"
DAYS_BEFORE = 29  # and today are the 30 days of the law


@dataclass(frozen=True, slots=True)
class Past:
    """What a campaign brings along from the days before."""

    memory: Memory | None = None
    days: tuple[Tally, ...] = ()  # the latest last
    hours: Hours = NOTHING_LEARNED

    @property
    def history(self) -> History:
        """In the morning of the next day."""
        return History(month=sum(self.days[-DAYS_BEFORE:], Tally()))


NOTHING_BEFORE: Mapping[int, Past] = MappingProxyType({})


def run(scenario: Scenario, seed: int, policies: Policies = policy_for) -> list[Day]:
    """The days of a scenario, one after the other; the same seed gives the same days.

    `policies` makes the policy of each campaign; the benchmark puts in its own.
    """
    return list(days(scenario, seed, policies))


def days(scenario: Scenario, seed: int, policies: Policies = policy_for) -> Iterator[Day]:
    """The same, one by one."""
    past = NOTHING_BEFORE
    for number in range(scenario.days):
        world = World(scenario, seed, policies, number)
        world.past = past
        yield world.live()
        past = world.remembered()


def _named_trunks(scenario: Scenario, settings: list[CampaignSettings]) -> dict[int, Trunk]:
    """By campaign, where its dial string means one."""
    dialing = ((n, each) for n, each in enumerate(settings, 1) if each.mode is not Mode.INBOUND)
    return {n: trunk_of(scenario, each) for n, each in dialing if each.dial}


class World:
    """One day. It carries out what the core commands and tells it what comes of that."""

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        policies: Policies = policy_for,
        day: int = 0,
        people: People = clients,
    ) -> None:
        self.scenario, self.seed, self.day = scenario, seed, day
        self.past = NOTHING_BEFORE  # by campaign id
        self._begins = day * DAY_S
        self._ends = self._begins + scenario.hours * HOUR_S
        self._dials_until = self._ends - scenario.stop_dialing_s
        ids = count(1)
        self.dialer = Dialer(lambda: f"{next(ids):010d}", RULES, policies)
        self.agenda = Agenda(self._begins)
        self.store = Store(self.agenda, self.tell, scenario.commit_s)
        self.store.permits = permits_of(scenario, self.store.lead_of)
        self.lines = self._lines(scenario)
        settings = [settings_in(scenario, plan.settings) for plan in scenario.campaigns]
        found = _named_trunks(scenario, settings)
        self.trunks = {
            each.name: Use(each.lines, self._begins) for each in (*scenario.trunks, *found.values())
        }
        self.staff = Staff(self.agenda, self.tell, self._ends)
        self.campaigns = [
            Campaign(n, n, plan.name, CampaignState.ACTIVE, settings[n - 1])
            for n, plan in enumerate(scenario.campaigns, 1)
        ]
        self._trunk_of = {n: self.trunks[trunk.name] for n, trunk in found.items()}
        self._clients: dict[int, Fates] = {
            campaign.id: people(scenario, index, seed * 367 + day)
            for index, campaign in enumerate(self.campaigns)
        }
        for n, plan in enumerate(scenario.campaigns, 1):
            self.store.add(n, plan.tasks)
        self.counts = {
            campaign.id: CampaignDay(campaign.name, campaign.settings.max_abandonment)
            for campaign in self.campaigns
            if campaign.settings.mode is not Mode.INBOUND
        }
        self.queues = {
            campaign.id: Calling(campaign, self.dialer, self.agenda, self.lines)
            for campaign in self.campaigns
            if campaign.settings.mode is Mode.INBOUND
        }
        self.answers = AnswersByHour()
        self.moments: list[Moment] = []
        self._deeds = self._who_does_what()

    def _who_does_what(self) -> dict[type, Callable[[Any], None]]:
        return {
            **self.store.deeds,
            **self.lines.deeds,
            c.Originate: self._originate,
            c.CloseAttempt: self._close,
            c.DetectMachine: self._detect,
            c.RecordAgentState: self.staff.recorded,
            c.RecordMiss: self._miss,
            c.SendBack: lambda command: self.lines.send_back(command.leg_id),
            c.CloseInbound: lambda command: self.queues[command.campaign_id].closed(command),
        }

    def _lines(self, scenario: Scenario) -> Lines:
        times = (scenario.originate_s, scenario.join_s)
        return Lines(self.agenda, self.tell, times, self._talks_for)

    def live(self) -> Day:
        """From the morning until the last call is over."""
        self._prepare()
        self._until(self._ends)
        for use in (self.lines.site, *self.trunks.values()):
            use.count(0, self._ends)
        trunks = self._trunk_days()
        lines_mean = self.lines.site.spent_s / (self._ends - self._begins)
        self.tell(DrainAsked(4 * HOUR_S))
        while self.dialer.board.calls:
            self._until(self.agenda.now + 60.0)
        return Day(
            scenario=self.scenario.name,
            seed=self.seed,
            day=self.day,
            hours=self.scenario.hours,
            campaigns=tuple(self.counts.values()),
            agents=tuple(self.staff.days()),
            lines_mean=lines_mean,
            lines_peak=self.lines.site.peak,
            moments=tuple(self.moments),
            trunks=trunks,
            queues=tuple(calling.day for calling in self.queues.values()),
        )

    def _trunk_days(self) -> tuple[TrunkDay, ...]:
        length_s = self._ends - self._begins
        return tuple(
            TrunkDay(name, use.lines, use.spent_s / length_s, use.peak, use.refused)
            for name, use in self.trunks.items()
        )

    def _prepare(self) -> None:
        scenario = self.scenario
        closes_at = self._dials_until if scenario.day_ends_known else None
        for campaign, plan in zip(self.campaigns, scenario.campaigns, strict=True):
            settings = ProjectSettings(plan.distribution)
            self.tell(ProjectLoaded(Project(campaign.project_id, campaign.name, settings)))
            past = self.past.get(campaign.id, Past())
            self.tell(CampaignLoaded(campaign, past.history, closes_at, past.memory))
            self.answers.begin_with(campaign.id, past.hours)
            if campaign.settings.best_hour:
                self.tell(HoursLearned(campaign.id, past.hours))
        self.tell(SwitchFound(()))
        for event in trunks_told(scenario):
            self.tell(event)
        for campaign, plan in zip(self.campaigns, scenario.campaigns, strict=True):
            if campaign.settings.mode is Mode.CALLBACK:
                self._plan_callbacks(campaign, plan)
        ids = {campaign.name: campaign.project_id for campaign in self.campaigns}
        found = workers(scenario, self.seed, self.day)
        for calling in self.queues.values():
            mine = [worker.number for worker in found if calling.day.name in worker.campaigns]
            calling.plan(scenario, self.seed, self.day, mine)
        for worker in found:
            projects = frozenset(ids[name] for name in worker.campaigns)
            self.staff.come(worker, projects, self._begins)
        self.agenda.at(self._dials_until, self._stop_dialing)
        self.agenda.at(self._begins, self._look)

    def _plan_callbacks(self, campaign: Campaign, plan: CampaignPlan) -> None:
        """Evenly over the day, but for who is in the list with a history; the owned ones go to the
        campaign's agents in turn."""
        self.counts[campaign.id].misses = 0
        people = plan.tasks - self.store.list_of(campaign.id).fresh
        step_s = (self._dials_until - self._begins) / max(1, people)
        dues = [self._begins + n * step_s for n in range(people)]
        found = workers(self.scenario, self.seed, self.day)
        owners = [worker.number for worker in found if plan.name in worker.campaigns] or [0]
        dice = Random(f"owners {self.seed} {self.day} {plan.name}")
        pins = [owners[n % len(owners)] if dice.random() < plan.owned else 0 for n in range(people)]
        self.store.call_back(campaign.id, dues, pins)

    def _miss(self, command: c.RecordMiss) -> None:
        day = self.counts[command.campaign_id]
        if command.step is Step.OWNER:
            day.misses = (day.misses or 0) + 1
        self.store.deeds[c.RecordMiss](command)

    def _stop_dialing(self) -> None:
        for campaign in self.campaigns:
            if campaign.id in self.queues:
                continue  # who calls is answered until the end
            paused = replace(campaign, state=CampaignState.PAUSED)
            run = self.dialer.board.runs[campaign.id]
            self.tell(CampaignLoaded(paused, run.history))

    def remembered(self) -> dict[int, Past]:
        """What the next day begins with, once this one is over."""
        past = {}
        for campaign_id, run in self.dialer.board.runs.items():
            before, today = self.past.get(campaign_id, Past()), self.counts.get(campaign_id)
            tally = Tally(today.answered, today.abandoned) if today else Tally()
            hours = self.answers.hours_of(campaign_id)
            past[campaign_id] = Past(run.learned(), (*before.days, tally), hours)
        return past

    # --- the core is told, and obeyed -----------------------------------------------------------

    def tell(self, event: Event) -> None:
        """Report a fact and carry out what the core makes of it."""
        self._carry_out(self.dialer.receive(event, self.agenda.now))

    def _until(self, instant: float) -> None:
        agenda, dialer = self.agenda, self.dialer
        while True:
            due, wake = agenda.next_at(), dialer.next_timer()
            if wake is not None and wake < due:
                if wake > instant:
                    break
                agenda.now = max(agenda.now, wake)
                self._carry_out(dialer.fire_timer(agenda.now))
            elif due > instant:
                break
            else:
                agenda.step()
        agenda.now = instant

    def _carry_out(self, commands: list[c.Command]) -> None:
        for command in commands:
            deed = self._deeds.get(type(command))
            if deed is not None:
                deed(command)

    def _originate(self, command: c.Originate) -> None:
        if command.leg_id[-3:-1] != CLIENT:
            self.lines.ring_agent(command)
            return
        task = self.store.task_of(attempt_of(command.leg_id))
        lead = self.store.lead_of(task.id)
        now_s = self.agenda.now - self._begins
        fate = self._clients[task.campaign_id].fate(lead, task.attempts, now_s)
        use = self._trunk_of.get(task.campaign_id)
        if use is None:
            trunk = chosen(self.scenario, command)
            use, fate = self.trunks[trunk.name], over(trunk, fate, command.leg_id, self.seed)
        self.lines.dial(command, fate, use)

    def _talks_for(self, leg_id: str, fate: Fate) -> float:
        call = self.dialer.board.call_of_leg(leg_id)
        if call is None or call.seat is None:
            return 0.0
        return self.staff.talks(call.seat.agent.id, fate.talk_s, fate.wrap_up_s)

    # --- counting ---------------------------------------------------------------------------------

    def _close(self, command: c.CloseAttempt) -> None:
        self._count(command)
        self.store.deeds[c.CloseAttempt](command)

    def _detect(self, command: c.DetectMachine) -> None:
        fate = self.lines.fate_of(command.leg_id)
        if fate is not None and fate.outcome is Outcome.PERSON and not fate.taken_for_person:
            task = self.store.task_of(attempt_of(command.leg_id))
            self.counts[task.campaign_id].silent += 1
        self.lines.deeds[c.DetectMachine](command)

    def _count(self, command: c.CloseAttempt) -> None:
        campaign_id = self.store.task_of(command.attempt_id).campaign_id
        self.answers.count(campaign_id, command)
        day = self.counts[campaign_id]
        day.ended[command.disposition] += 1
        if command.dialed_at is not None:
            day.dialed += 1
            day.line_s += command.ended_at - command.dialed_at
        if command.joined_at is not None and command.answered_at is not None:
            day.talk_s += command.ended_at - command.joined_at
            day.wait_s += command.joined_at - command.answered_at

    def _look(self) -> None:
        runs = self.dialer.board.runs.values()
        staff, counts = self.staff, self.counts.values()
        self.moments.append(
            Moment(
                at_s=self.agenda.now - self._begins,
                idle=staff.in_state(AgentState.AVAILABLE),
                talking=staff.in_state(AgentState.TALKING),
                wrapping=staff.in_state(AgentState.WRAP_UP),
                paused=staff.in_state(AgentState.PAUSED),
                lines=self.lines.site.in_use,
                ringing=sum(call.is_flying for run in runs for call in run.calls.values()),
                dialed=sum(day.dialed for day in counts),
                talked=sum(day.talked for day in counts),
                abandoned=sum(day.abandoned for day in counts),
            )
        )
        if self.agenda.now + MOMENT_S <= self._ends:
            self.agenda.after(MOMENT_S, self._look)
