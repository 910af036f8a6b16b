"""A campaign with an agent in which calls happen as the core would tell them to storage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from ccdialer import storage
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.attempt import client_leg
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState
from ccdialer.core.commands import CloseAttempt, OpenAttempt, RecordAgentState, RecordJoin
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.disposition import Disposition
from ccdialer.core.retry import decide
from ccdialer.core.task import Task, next_number
from ccdialer.storage import Database, TaskRow

NOW = 1_790_000_000_000  # epoch ms
NODE = "one"


@dataclass
class Scene:
    """Calls are made at `now` (epoch ms)."""

    db: Database
    campaign: Campaign
    agent_id: int
    now: int = NOW

    def add(self, *numbers: str, **changes: Any) -> int:
        """A task with these numbers, due at once; its id."""
        row = TaskRow([(n, n) for n in numbers], self.now)._replace(**changes)
        assert storage.insert_tasks(self.db, self.campaign.id, [row], self.now) == [None]
        found = storage.TaskFilter(number=numbers[0], campaign_id=self.campaign.id)
        return int(storage.list_tasks(self.db, found)[0]["id"])

    def set_state(self, state: CampaignState) -> None:
        storage.set_campaign_state(self.db, self.campaign.id, state, self.now)

    def reserve(self) -> Task:
        """Claim the one task that is due."""
        (task,) = storage.claim_tasks(self.db, self.campaign.id, 1, self.now, NODE)
        return task

    def open(self) -> tuple[Task, OpenAttempt]:
        """Dial the one task that is due."""
        task, attempt_id = self.reserve(), uuid4().hex
        command = OpenAttempt(
            *(attempt_id, task.id, task.campaign_id, next_number(task), client_leg(attempt_id)),
            at=self.now / 1000,
        )
        self.carry(command)
        return task, command

    def join(self, opened: OpenAttempt) -> None:
        """The call is answered after 5 s and joined after 6."""
        at = self.now / 1000
        self.carry(RecordJoin(opened.attempt_id, self.agent_id, "leg", at + 5, at + 6))

    def call(self, disposition: Disposition, **changes: Any) -> None:
        """Dial the one task that is due; the call ends 66 s later with this result."""
        task, opened = self.open()
        decision = decide(self.campaign.settings, task, disposition)
        at = self.now / 1000
        told: dict[str, Any] = {
            "attempt_id": opened.attempt_id,
            "task_id": task.id,
            "disposition": disposition,
            "task_move": decision.move,
            "retry_after_s": decision.after_s,
            "counts": decision.counts,
            "bad_number": decision.bad_number,
            "cause": 17,
            "sip_code": 486,
            "ended_at": at + 66,
            "dialed_at": at,
        }
        if disposition is Disposition.TALKED:
            told |= {"answered_at": at + 5, "joined_at": at + 6, "agent_id": self.agent_id}
        self.carry(CloseAttempt(**(told | changes)))

    def shift(self, *states: tuple[AgentState, int], campaign_id: int | None = None) -> None:
        """The agent is in each state for so many seconds, from `now` on."""
        at = self.now / 1000
        for state, lasted_s in states:
            self.carry(RecordAgentState(self.agent_id, state, "", at, "session", None, campaign_id))
            at += lasted_s

    def carry(self, *commands: Any) -> None:
        storage.carry_out(self.db, commands, NODE, lambda s: round(s * 1000), self.now)


def scene_in(database: Database) -> Scene:
    """The campaign `demo` of `sales`, started, with the agent `anna`."""
    settings = CampaignSettings("PJSIP/{digits}@trunk", calling_hours=AT_ANY_TIME)
    campaign = storage.upsert_campaign(database, "sales", "demo", settings, NOW)
    campaign = storage.set_campaign_state(database, campaign.id, CampaignState.ACTIVE, NOW)
    anna = Agent(0, "anna", "Anna", "PJSIP/anna", True, frozenset())
    return Scene(database, campaign, storage.upsert_agent(database, anna, ["sales"], NOW))


def priced(scene: Scene) -> Scene:
    """Two talks and a busy line over two trunks, and a call by the campaign's dial string."""
    for n, name in enumerate(("main", "spare"), 1):
        values = (n, name, True)
        scene.db.run(INSERT_TRUNK, values)
    scene.db.run(INSERT_RATE, (True,))
    talked, busy = Disposition.TALKED, Disposition.BUSY
    calls = [(talked, 1, 1_250_000), (talked, 2, 3_000_000), (busy, 1, 0), (busy, None, None)]
    for n, (disposition, trunk, cost) in enumerate(calls):
        scene.now = NOW + n
        scene.add(f"+7916000000{n}")
        scene.call(disposition)
        answered = scene.now + 5000 if disposition is talked else None
        place = (trunk, trunk and "7916", trunk and "RUB", 60 if answered else None)
        scene.db.run(PRICE_LEG, (*place, cost, answered, scene.now))
    scene.db.run(INSERT_SUCCESS, (scene.agent_id, NOW, True, True, NOW + 1))
    return scene


INSERT_TRUNK = """
    INSERT INTO trunk (id, name, enabled, settings, connection, revision, created_at, changed_at)
    VALUES (?, ?, ?, '{}', '{}', 1, 0, 0)"""
INSERT_SUCCESS = """
    INSERT INTO result (attempt_id, task_id, campaign_id, agent_id, at, result, kind, reason,
        comment, is_promised, is_settled)
    SELECT id, task_id, campaign_id, ?, ?, 'success', 'meeting set', '', '', ?, ?
    FROM attempt WHERE opened_at = ?"""
INSERT_RATE = """
    INSERT INTO trunk_rate
        (trunk_id, prefix, price, currency, fee, first_s, next_s, is_literal, destination)
    VALUES (1, '7916', 0, 'RUB', 0, 1, 1, ?, 'Moscow mobile')"""
PRICE_LEG = """
    UPDATE leg SET trunk_id = ?, prefix = ?, currency = ?, billed_s = ?, cost = ?, answered_at = ?
    WHERE opened_at = ?"""
