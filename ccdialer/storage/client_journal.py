"""What was changed of clients and of their deals, and how it is told to the journal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ccdialer.errors import NotFound
from ccdialer.storage.database import Database

STAGE, CHANGED, CLOSED = "stage", "changed", "closed"
"""What an entry says: a stage or pipeline was moved; something else; a deal is over."""

JOURNAL = """
    INSERT INTO journal (at, kind, state, reason, client_id, detail)
    VALUES (?, 'client', ?, ?, ?, ?)"""

Values = Mapping[str, Any]
Differences = dict[str, tuple[Any, Any]]
"""By column, what it was and what it is."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """When clients are changed, epoch ms, and by what: command, or the name of a file."""

    at: int
    by: str = "command"


@dataclass(frozen=True, slots=True)
class Changed:
    """A client, or a deal of his, is not as he was."""

    client_id: int
    differences: Differences
    deal_id: int | None = None

    @property
    def state(self) -> str:
        """What the journal's entry is called."""
        if self.differences.get("closed_at", (None, None))[1] is not None:
            return CLOSED
        return STAGE if {"stage", "pipeline"} & self.differences.keys() else CHANGED


def differences(was: Values, now: Values) -> Differences:
    """The columns that differ; of `fields` each field by itself, as `fields.city`."""
    flat_was, flat_now = _flat(was), _flat(now)
    keys = dict.fromkeys((*flat_was, *flat_now))
    pairs = {key: (flat_was.get(key, ""), flat_now.get(key, "")) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _flat(values: Values) -> dict[str, Any]:
    fields = values.get("fields", {})
    named = {f"fields.{key}": value for key, value in fields.items()}
    return {key: value for key, value in values.items() if key != "fields"} | named


def tell(database: Database, changes: Iterable[Changed], occasion: Occasion) -> None:
    """An entry of kind `client` for each change; its detail has was and is of every column."""
    rows = []
    for change in changes:
        about = {} if change.deal_id is None else {"deal": change.deal_id}
        detail = json.dumps(about | change.differences, ensure_ascii=False)
        rows.append((occasion.at, change.state, occasion.by, change.client_id, detail))
    database.run_many(JOURNAL, rows)


def no_client(client_id: int) -> NotFound:
    """What is said of a client who is not there."""
    return NotFound(f"there is no client {client_id}; see: ccdialer client find")
