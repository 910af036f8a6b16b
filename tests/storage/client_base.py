"""Clients that tests of the client base begin with."""

from __future__ import annotations

from typing import Any

from ccdialer import storage
from ccdialer.core.agent import Agent
from ccdialer.storage import Database
from tests.storage.samples import NOW, number

CLIENT = """
    INSERT INTO client (id, project_id, kind, name, source_id, stage, pipeline, owner_id, city,
        channel, fields, note, created_at, changed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?)"""
NUMBER = """
    INSERT INTO client_number (e164, project_id, client_id, position, contact_id)
    VALUES (?, ?, ?, 0, ?)"""
CONTACT = "INSERT INTO client_contact (id, client_id, name, post) VALUES (?, ?, ?, ?)"
DEAL = """
    INSERT INTO deal (id, client_id, project_id, title, pipeline, stage, owner_id, amount, currency,
        created_at, changed_at, closed_at)
    VALUES (?, ?, ?, ?, '', ?, ?, ?, 'RUB', ?, ?, ?)"""


def project_of(db: Database, name: str = "acme") -> int:
    return storage.ensure_project(db, name, NOW)


def agent_of(db: Database, login: str) -> int:
    agent = Agent(0, login, login.title(), f"PJSIP/{login}", True, frozenset())
    return storage.upsert_agent(db, agent, ["acme"], NOW)


def client(db: Database, client_id: int, *numbers: int, **changes: Any) -> None:
    """A client of the project `acme`, without the code that is tested."""
    told: dict[str, Any] = {"project_id": project_of(db), "kind": "person", "name": "", "stage": ""}
    told |= {"pipeline": "", "owner_id": None, "city": "", "fields": "{}", "at": NOW} | changes
    row = (client_id, told["project_id"], told["kind"], told["name"], None, told["stage"])
    rest = (told["pipeline"], told["owner_id"], told["city"], "", told["fields"], NOW, told["at"])
    db.run(CLIENT, (*row, *rest))
    for index in numbers:
        db.run(NUMBER, (number(index), told["project_id"], client_id, None))


def deal(db: Database, deal_id: int, client_id: int, at: int, **changes: Any) -> None:
    told: dict[str, Any] = {"stage": "new", "owner_id": None, "amount": None, "closed_at": None}
    told |= changes
    row = (deal_id, client_id, project_of(db), f"deal {deal_id}", told["stage"], told["owner_id"])
    db.run(DEAL, (*row, told["amount"], NOW, at, told["closed_at"]))


INBOUND_TEXTS = (
    *("number", "did", "ad_channel", "stage", "pipeline", "target_kind", "target", "fate_reason"),
    *("caller_name", "client_id", "client_name", "card_status", "reason", "trace"),
)


def inbound(db: Database, call_id: str, index: int, arrived_at: int, **changes: Any) -> None:
    """A call that came in from this number; instants in epoch ms."""
    told: dict[str, Any] = dict.fromkeys(INBOUND_TEXTS, "")
    told |= {"id": call_id, "node": "one", "leg_id": call_id, "arrived_at": arrived_at}
    told |= {"number": number(index)} | changes
    names, blanks = ", ".join(told), ", ".join("?" for _ in told)
    db.run(f"INSERT INTO inbound_call ({names}) VALUES ({blanks})", tuple(told.values()))
