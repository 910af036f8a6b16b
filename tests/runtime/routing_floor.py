"""A site with routing rules, three queues and agents, for tests of what happens to its callers."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Any

from ccdialer import storage
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, CampaignSettings, Mode
from ccdialer.core.commands import RecordRoute
from ccdialer.core.found import CardStatus, Found
from ccdialer.core.queue import QueueSettings
from ccdialer.core.routes import Routes
from ccdialer.runtime.clock import Clock
from ccdialer.runtime.directing import Directing, Ringing
from ccdialer.storage import Database
from ccdialer.storage.routes import Applied, apply_routes
from tests.core.routing_samples import BY_STAGE, DID

NOW = 1_795_510_800_000
NOBODY = Found(None, CardStatus.NOTFOUND)
ALWAYS_OPEN = replace(BY_STAGE, schedules={"office": {"daily": "always"}})
"""Tests may run at night."""


def apply_rules(db: Database, routes: Routes = ALWAYS_OPEN) -> int:
    return apply_routes(db, Applied("# rules\n", routes, "admin"), NOW)


def queue(db: Database, name: str, owner_first_s: float = 15.0) -> Campaign:
    settings = CampaignSettings(mode=Mode.INBOUND, queue=QueueSettings(owner_first_s=owner_first_s))
    return storage.upsert_campaign(db, "sales", name, settings, NOW)


def agent(db: Database, login: str, phone: str) -> int:
    made = Agent(0, login, login.title(), phone, False, frozenset())
    return storage.upsert_agent(db, made, ["sales"], NOW)


@dataclass
class Crm:
    """Says the same of everybody."""

    found: Found = field(default_factory=lambda: NOBODY)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def find(self, number: str, project: str = "") -> Found:
        self.asked.append((number, project))
        return self.found


class Site:
    """Rules by stage, queues consultants (15 s for an owner) and sales, anna at 101."""

    def __init__(self, db: Database) -> None:
        self.db = db
        for name in ("consultants", "sales", "production", "reception"):
            queue(db, name)
        self.anna = agent(db, "anna", "PJSIP/101")
        self.version = apply_rules(db)
        self.written: list[RecordRoute] = []
        self.clock = Clock()
        self.crm = Crm()
        self.directing = Directing(db, self.clock, self.written.append)
        self.directing.cards = self.crm
        self.directing.read()

    def carry_out(self) -> None:
        storage.carry_out(self.db, self.written, "one", self.clock.to_wall)


def rings(number: str = "89161234567", leg_id: str = "1.1", **more: str) -> Ringing:
    return Ringing(leg_id, number, more.get("did", DID), more.get("name", ""))


class Gate:
    """Keeps whoever passes until it is opened."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.waiting = 0

    def __call__(self, *_: Any) -> Any:
        self.waiting += 1
        self.open.wait(30)
        raise RuntimeError("too late")
