"""What a dialing decision costs a team of 50 in thirty projects of 100,000 tasks each, against one
project of 1,000: tasks claimed, attempts opened and closed, and agents counted included.

The simulator's people answer, a real database keeps the tasks. Machine time of this process is
measured, so that neighbors on the machine do not count; what PostgreSQL itself computes does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from ccdialer.core import commands as c
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.events import Event
from ccdialer.core.pacing.policies import policy_for
from ccdialer.core.pacing.policy import Decision, Memory, Policy, Scene
from ccdialer.core.task import Task
from ccdialer.sim.agenda import Agenda
from ccdialer.sim.scenario import CampaignPlan, Scenario, Team, dialing_settings
from ccdialer.sim.store import Store
from ccdialer.sim.world import World
from ccdialer.storage import agents, campaigns, carry_out
from ccdialer.storage.database import Database, connect
from ccdialer.storage.migrating import migrate
from tests.bench.calls import databases
from tests.bench.claim import NODE, NUMBERS, SERIES, TASKS
from tests.bench.rows import Goal, Row, middle

AGENTS = 50
FEW, MANY = (1, 1_000), (30, 100_000)  # projects, tasks of each
WARM_S, LONG_S = 100.0, 500.0
ROUNDS = 3
EPOCH_S = 1_800_000_000.0


@dataclass(slots=True)
class Counted:
    """A policy, and how often it has decided."""

    policy: Policy
    tally: list[int]

    def decide(self, scene: Scene, now: float) -> Decision:
        self.tally[0] += 1
        return self.policy.decide(scene, now)

    def call_ended(self, age_s: float, answered: bool) -> None:
        self.policy.call_ended(age_s, answered)

    def talk_ended(self, duration_s: float) -> None:
        self.policy.talk_ended(duration_s)

    def wrap_up_ended(self, duration_s: float) -> None:
        self.policy.wrap_up_ended(duration_s)

    def memory(self) -> Memory | None:
        return self.policy.memory()


class Kept(Store):
    """The tasks of simulated campaigns in a database."""

    def __init__(
        self, agenda: Agenda, tell: Callable[[Event], None], database: Database, tasks: int
    ) -> None:
        super().__init__(agenda, tell, commit_s=0.003)
        self.database, self.tasks = database, tasks
        self._open_tasks: dict[str, Task] = {}
        self._known: dict[int, Task] = {}
        self.deeds = {kind: self._carry_out for kind in c.StorageCommand.__args__}

    def _carry_out(self, command: c.StorageCommand) -> None:
        now = self._agenda.now
        events = carry_out(self.database, [command], NODE, to_wall, to_wall(now))
        if isinstance(command, c.OpenAttempt):
            self._open_tasks[command.attempt_id] = self._known.pop(command.task_id)
        for event in events:
            for task in getattr(event, "tasks", ()):
                self._known[task.id] = task
            self._agenda.after(self._commit_s, self._tell, event)

    def lead_of(self, task_id: int) -> int:
        return task_id % self.tasks

    def task_of(self, attempt_id: str) -> Task:
        return self._open_tasks[attempt_id]


def to_wall(core_s: float) -> int:
    return round((EPOCH_S + core_s) * 1000)


def projects() -> list[Row]:
    """A row for each kind of database and each of the modes that decide by themselves."""
    rows = []
    with databases() as makers:
        for name, make in makers.items():
            with connect(make()) as small, connect(make()) as large:
                fill(small, *FEW)
                fill(large, *MANY)
                goal = Goal(
                    f"projects-{name}",
                    f"a decision with all around it, 30 x 100,000 tasks against 1 x 1,000, {name}",
                    "ms",
                    at_most=2,
                )
                pairs = [(cost_ms(large, *MANY, n), cost_ms(small, *FEW, n)) for n in range(ROUNDS)]
                rows.append(goal.row(middle([p[0] for p in pairs]), middle([p[1] for p in pairs])))
    return rows


def settings() -> CampaignSettings:
    return replace(dialing_settings(), max_lines=200)


def fill(database: Database, count: int, tasks: int) -> None:
    """So many projects with a campaign each, and that many waiting tasks in each campaign."""
    migrate(database)
    words = {
        "series": SERIES[database.dialect].format(count=tasks),
        "false": "0" if database.dialect == "sqlite" else "false",
    }
    for n in range(count):
        campaign = campaigns.upsert_campaign(database, f"p{n:02}", "bench", settings(), 0)
        words |= {"campaign": str(campaign.id), "now": str(to_wall(0.0))}
        with database.transaction():
            for text in (TASKS, NUMBERS):
                sql = text.format(**words).replace("SELECT n,", f"SELECT {n * tasks} + n,", 1)
                database.run(sql.replace("9000000000 + n", f"{9_000_000_000 + n * tasks} + n"))
    for n in range(1, AGENTS + 1):
        agent = Agent(0, f"a{n}", f"a{n}", f"PJSIP/a{n}", True, frozenset())
        agents.upsert_agent(database, agent, ["p00"], 0)
    database.run("ANALYZE")


def cost_ms(database: Database, count: int, tasks: int, seed: int) -> float:
    """Machine time of a decision, all that leads to it and follows from it included."""
    database.run("DELETE FROM leg")
    database.run("DELETE FROM attempt")
    database.run("UPDATE task SET state = 'waiting', node = NULL, attempts = 0, due_at = 0")
    plan = CampaignPlan(settings=settings(), tasks=tasks)
    plans = tuple(replace(plan, name=f"p{n}") for n in range(count))
    team = Team(AGENTS, sign_in_over_s=5.0)
    tally = [0]
    scenario = Scenario(campaigns=plans, teams=(team,))
    world = World(scenario, seed, lambda *known: Counted(policy_for(*known), tally))
    store = Kept(world.agenda, world.tell, database, tasks)
    world.store = store
    world._deeds.update(store.deeds)
    world._deeds[c.CloseAttempt] = world._close
    world._prepare()
    world._until(WARM_S)
    begun, decided = time.process_time(), tally[0]
    world._until(WARM_S + LONG_S)
    return (time.process_time() - begun) * 1000.0 / (tally[0] - decided)
