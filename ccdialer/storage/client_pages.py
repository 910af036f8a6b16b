"""Clients for people: found by what is known of them, and all that is known of one (SPEC B7)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ccdialer.storage.client_history import history_of_client
from ccdialer.storage.client_journal import no_client
from ccdialer.storage.database import Database

PAGE = 1000
Row = dict[str, Any]

KEYS = (
    *("id", "project_id", "project", "kind", "name", "source_id", "stage", "pipeline", "owner_id"),
    *("owner", "city", "channel", "fields", "note", "created_at", "changed_at"),
)
LIST = """
    SELECT client.id, project_id, project.name, kind, client.name, source_id, stage, pipeline,
        owner_id, agent.login, city, channel, fields, note, client.created_at, changed_at
    FROM client JOIN project ON project.id = project_id LEFT JOIN agent ON agent.id = owner_id"""

BY_NUMBER = "client.id IN (SELECT client_id FROM client_number WHERE e164 = ?)"
BY_NAME = "{lower}(client.name) LIKE ? ESCAPE '!'"

NUMBERS = """
    SELECT client_id, e164, contact_id FROM client_number WHERE client_id {in_ids}
    ORDER BY client_id, position"""
CONTACTS = """
    SELECT client_id, id, name, post FROM client_contact WHERE client_id {in_ids} ORDER BY id"""
SUMS = """
    SELECT client_id, what, currency, count, amount FROM client_business
    WHERE client_id {in_ids} ORDER BY what, currency"""
DEAL_KEYS = (
    *("id", "source_id", "title", "pipeline", "stage", "owner", "amount", "currency"),
    *("created_at", "changed_at", "closed_at"),
)
DEALS = """
    SELECT client_id, deal.id, source_id, title, pipeline, stage, agent.login, amount, currency,
        deal.created_at, changed_at, closed_at
    FROM deal LEFT JOIN agent ON agent.id = owner_id WHERE client_id {in_ids}
    ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, changed_at DESC, deal.id"""


@dataclass(frozen=True, slots=True)
class ClientFilter:
    """Which clients; None: any. `name` is a part of it; `after` the id of the last row before."""

    project_id: int | None = None
    client_id: int | None = None
    number: str | None = None  # E.164
    name: str | None = None
    kind: str | None = None
    stage: str | None = None
    owner_id: int | None = None
    source_id: str | None = None
    after: int = 0
    limit: int = PAGE


def list_clients(database: Database, wanted: ClientFilter) -> list[Row]:
    """Clients by id, each with his `numbers` (e164, contact_id), `contacts` (id, name, post),
    `business` (what, currency, count, amount) and `deals`, the open ones first."""
    told = [(words, value) for words, value in _conditions(wanted) if value is not None]
    words = " AND ".join(["client.id > ?", *(words for words, _ in told)])
    params = (wanted.after, *(value for _, value in told), wanted.limit)
    found = database.rows(f"{LIST} WHERE {words} ORDER BY client.id LIMIT ?", params)
    clients = [dict(zip(KEYS, row, strict=True)) for row in found]
    parts = _parts(database, [client["id"] for client in clients])
    return [
        client | {"fields": json.loads(client["fields"])} | parts[client["id"]]
        for client in clients
    ]


def _conditions(wanted: ClientFilter) -> tuple[tuple[str, Any], ...]:
    return (
        ("project_id = ?", wanted.project_id),
        ("client.id = ?", wanted.client_id),
        (BY_NUMBER, wanted.number),
        (BY_NAME, None if wanted.name is None else _part(wanted.name)),
        ("kind = ?", wanted.kind),
        ("stage = ?", wanted.stage),
        ("owner_id = ?", wanted.owner_id),
        ("source_id = ?", wanted.source_id),
    )


def _part(text: str) -> str:
    """A pattern of LIKE for any name that has this in it, whatever signs it has."""
    for sign in "!%_":
        text = text.replace(sign, f"!{sign}")
    return f"%{text.lower()}%"


def _parts(database: Database, ids: Sequence[int]) -> dict[int, Row]:
    found: dict[int, Row] = {
        client_id: {"numbers": [], "contacts": [], "business": [], "deals": []} for client_id in ids
    }
    shapes = (
        ("numbers", NUMBERS, ("e164", "contact_id")),
        ("contacts", CONTACTS, ("id", "name", "post")),
        ("business", SUMS, ("what", "currency", "count", "amount")),
        ("deals", DEALS, DEAL_KEYS),
    )
    for part, sql, keys in shapes:
        for client_id, *cells in database.rows(sql, (database.keys(ids),)):
            found[client_id][part].append(dict(zip(keys, cells, strict=True)))
    return found


def show_client(database: Database, client_id: int) -> Row:
    """All that an agent reads of a client: as `list_clients` tells him, and his `history`, the 20
    latest calls and changes. Raises NotFound."""
    rows = list_clients(database, ClientFilter(client_id=client_id, limit=1))
    if not rows:
        raise no_client(client_id)
    (client,) = rows
    numbers = [each["e164"] for each in client["numbers"]]
    history = history_of_client(database, client_id, client["project_id"], numbers)
    return client | {"history": history}
