"""Lives a simulated day into a real database, as the daemon would have written it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from ccdialer import storage
from ccdialer.core import commands as c
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, CampaignState
from ccdialer.sim.result import Day
from ccdialer.sim.scenario import Callees, CampaignPlan, Scenario, Team, dialing_settings
from ccdialer.sim.world import World
from ccdialer.storage import Database, TaskRow

MORNING = round(
    datetime.fromisoformat("2026-11-24 09:00").astimezone().timestamp()
)  # epoch s, nine o'clock on this machine
CREATED = (MORNING - 86_400) * 1000
BATCH_S = 300.0  # shorter than the shortest pause before a task is dialed again
NODE = "one"
KEPT = (c.OpenAttempt, c.RecordJoin, c.CloseAttempt, c.RecordAgentState)

RESERVE = "UPDATE task SET state = 'reserved', node = 'one' WHERE id {in_ids}"


def an_hour_and_a_half(**changes: object) -> Scenario:
    """Twelve agents, a list that is long enough."""
    callees = Callees(**changes)  # type: ignore[arg-type]
    plan = CampaignPlan("demo", 3000, dialing_settings(), callees)
    return Scenario(hours=1.5, campaigns=(plan,), teams=(Team(agents=12),))


class Told(World):
    """A world that remembers what storage was told, and when."""

    said: list[tuple[float, c.Command]]

    def _carry_out(self, commands: list[c.Command]) -> None:
        self.said += [(self.agenda.now, each) for each in commands if isinstance(each, KEPT)]
        super()._carry_out(commands)


def live_into(database: Database, scenario: Scenario, seed: int) -> tuple[Campaign, Day]:
    """The day began at `MORNING`; its one campaign and its agents are the first of the database."""
    world = Told(scenario, seed)
    world.said = []
    day = world.live()
    plan = scenario.campaigns[0]
    campaign = storage.upsert_campaign(database, "sales", plan.name, plan.settings, CREATED)
    campaign = storage.set_campaign_state(database, campaign.id, CampaignState.ACTIVE, CREATED)
    rows = [TaskRow([(f"+7495{n:07}", str(n))], CREATED) for n in range(plan.tasks)]
    storage.insert_tasks(database, campaign.id, rows, CREATED)
    for person in day.agents:
        agent = Agent(0, person.login, person.login, f"PJSIP/{person.login}", True, frozenset())
        storage.upsert_agent(database, agent, ["sales"], CREATED)
    for batch in _batches(world):
        opened = [each.task_id for each in batch if isinstance(each, c.OpenAttempt)]
        database.run(RESERVE, (database.keys(opened),))
        storage.carry_out(database, batch, NODE, lambda at: round((MORNING + at) * 1000), CREATED)
    return campaign, day


def _batches(world: Told) -> Iterator[list[c.Command]]:
    for _, batch in groupby(world.said, key=lambda told: told[0] // BATCH_S):
        yield [_stored(world, each) for _, each in batch]


def _stored(world: Told, command: c.Command) -> c.Command:
    """People of a list are numbered from 0, tasks of a fresh database from 1."""
    if isinstance(command, c.OpenAttempt):
        lead = world.store.lead_of(command.task_id)
        number = f"+7495{lead:07}"
        return c.OpenAttempt(
            *(command.attempt_id, lead + 1, command.campaign_id, number, command.leg_id),
            at=command.at,
        )
    if isinstance(command, c.CloseAttempt):
        lead = world.store.lead_of(command.task_id)
        return replace(command, task_id=lead + 1)
    return command
