"""Queues, callers and their calls that the tests of this room begin with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ccdialer import storage
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, CampaignSettings, Mode
from ccdialer.core.commands import CloseInbound, JoinInbound, OpenInbound
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.queue import Caller, Fate, QueueSettings
from ccdialer.core.target import target_of
from ccdialer.storage import Database
from tests.storage.samples import NOW, at, number

DIAL = "PJSIP/{digits}@t"


def queue_of(db: Database, name: str = "sales", **settings: Any) -> Campaign:
    """A queue of project acme, in place of one of that name."""
    mine = CampaignSettings(mode=Mode.INBOUND, queue=QueueSettings(**settings))
    return storage.upsert_campaign(db, "acme", name, mine, NOW)


def callbacks_of(db: Database, name: str = "callbacks", project: str = "acme") -> Campaign:
    settings = CampaignSettings(DIAL, Mode.CALLBACK, calling_hours=AT_ANY_TIME)
    return storage.upsert_campaign(db, project, name, settings, NOW)


def agent_of(db: Database, login: str, projects: tuple[str, ...] = ("acme",)) -> int:
    ids = frozenset(storage.ensure_project(db, project, NOW) for project in projects)
    agent = Agent(0, login, login.title(), f"PJSIP/{login}", True, ids)
    return storage.upsert_agent(db, agent, list(projects), NOW)


def comes(queue: Campaign, index: int = 1, after_s: float = 0.0, **changes: Any) -> OpenInbound:
    """The caller of number(index) comes into the queue."""
    caller = Caller(f"{index:032x}", f"1800000000.{index}", number(index), "Ivan", "+74951112233")
    return OpenInbound(queue.id, replace(caller, **changes), at(after_s))


def joins(opened: OpenInbound, agent_id: int, after_s: float = 10.0) -> JoinInbound:
    return JoinInbound(opened.caller.call_id, agent_id, "agent-leg", at(after_s))


def ends(
    opened: OpenInbound, fate: Fate = Fate.LEFT, after_s: float = 35.0, **changes: Any
) -> CloseInbound:
    """Sent on, it goes to `sent_to`, as people write a target."""
    who = (opened.caller.call_id, opened.campaign_id)
    changes["sent_to"] = target_of(changes.get("sent_to", ""))
    return replace(CloseInbound(*who, fate, at(after_s), opened.at), **changes)


def row_of(db: Database, call_id: str) -> dict[str, Any]:
    columns = "fate", "fate_reason", "task_id", "agent_id", "joined_at", "ended_at", "campaign_id"
    row = db.row(f"SELECT {', '.join(columns)} FROM inbound_call WHERE id = ?", (call_id,))
    assert row is not None
    return dict(zip(columns, row, strict=True))
