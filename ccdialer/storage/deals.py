"""Deals of the built-in client base: opened, moved from stage to stage, closed; each move told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ccdialer.errors import NotFound
from ccdialer.storage.client_journal import Changed, Occasion, differences, no_client, tell
from ccdialer.storage.database import Database
from ccdialer.storage.new_ids import new_ids

COLUMNS = ("title", "pipeline", "stage", "owner_id", "amount", "currency", "closed_at")
NEW = dict(zip(COLUMNS, ("", "", "", None, None, "", None), strict=True))

KNOWN = f"""
    SELECT id, client_id, source_id, {", ".join(COLUMNS)} FROM deal
    WHERE source_id {{in_ids}} AND source_id IS NOT NULL AND project_id = ? {{for_update}}"""
ONE = f"SELECT client_id, {', '.join(COLUMNS)} FROM deal WHERE id = ? {{for_update}}"
INSERT = f"""
    INSERT INTO deal (id, client_id, project_id, source_id, {", ".join(COLUMNS)}, created_at,
        changed_at)
    VALUES (?, ?, ?, ?, {", ".join("?" for _ in COLUMNS)}, ?, ?)"""
UPDATE = f"""
    UPDATE deal SET {", ".join(f"{column} = ?" for column in COLUMNS)}, changed_at = ?
    WHERE id = ?"""


class DealRow(NamedTuple):
    """A deal as a file tells of it. `told` has columns of COLUMNS that are said; `is_open` None:
    open if it is new, else as it is."""

    source_id: str
    told: Mapping[str, Any]
    is_open: bool | None = None


@dataclass(slots=True)
class _Draft:
    id: int | None  # None: new
    client_id: int
    source_id: str
    was: dict[str, Any]
    now: dict[str, Any]


@dataclass(slots=True)
class DealBook:
    """The deals that a batch of rows names, as they are and as they will be."""

    database: Database
    project_id: int
    occasion: Occasion
    drafts: dict[str, _Draft] = field(default_factory=dict)

    def load(self, source_ids: Iterable[str]) -> None:
        """Look up those that are there already."""
        keys = self.database.keys(source_ids)
        for deal_id, client_id, source_id, *cells in self.database.rows(
            KNOWN, (keys, self.project_id)
        ):
            was = dict(zip(COLUMNS, cells, strict=True))
            self.drafts[source_id] = _Draft(deal_id, client_id, source_id, was, dict(was))

    def refusal(self, client_id: int | None, row: DealRow) -> str:
        """Why the deal cannot be this client's; empty: it can. `client_id` None: a new one."""
        known = self.drafts.get(row.source_id)
        if known is None or known.client_id == client_id:
            return ""
        return f'deal "{row.source_id}" is one of client {known.client_id}'

    def put(self, client_id: int, row: DealRow) -> bool:
        """Open the deal, or make it what the row says; whether that changes anything."""
        draft = self.drafts.get(row.source_id)
        is_new = draft is None
        if draft is None:
            draft = _Draft(None, client_id, row.source_id, dict(NEW), dict(NEW))
            self.drafts[row.source_id] = draft
        before = dict(draft.now)
        draft.now |= row.told
        if row.is_open is not None:
            closed_at = before["closed_at"] or self.occasion.at
            draft.now["closed_at"] = None if row.is_open else closed_at
        return is_new or draft.now != before

    def write(self) -> None:
        """Store what is new and what has changed, and tell the journal of what has changed."""
        at = self.occasion.at
        new = [draft for draft in self.drafts.values() if draft.id is None]
        ids = new_ids(self.database, "deal", len(new))
        rows = [
            (deal_id, d.client_id, self.project_id, d.source_id, *d.now.values(), at, at)
            for deal_id, d in zip(ids, new, strict=True)
        ]
        self.database.run_many(INSERT, rows)
        moved = [d for d in self.drafts.values() if d.id is not None and d.now != d.was]
        self.database.run_many(UPDATE, [(*d.now.values(), at, d.id) for d in moved])
        changes = [Changed(d.client_id, differences(d.was, d.now), d.id) for d in moved]
        tell(self.database, changes, self.occasion)


def add_deal(
    database: Database, client_id: int, told: Mapping[str, Any], occasion: Occasion
) -> int:
    """Open a deal with a client; its id, by which files know it too, as `ccd-12`. Raises NotFound
    if there is no such client."""
    with database.transaction():
        place = database.row("SELECT project_id FROM client WHERE id = ?", (client_id,))
        if place is None:
            raise no_client(client_id)
        (deal_id,) = new_ids(database, "deal", 1)
        values, at = (NEW | dict(told)).values(), occasion.at
        source_id = f"ccd-{deal_id}"
        database.run(INSERT, (deal_id, client_id, place[0], source_id, *values, at, at))
    return int(deal_id)


def change_deal(
    database: Database, deal_id: int, told: Mapping[str, Any], occasion: Occasion
) -> Changed:
    """Set columns of a deal; what has changed by it. Raises NotFound."""
    with database.transaction():
        row = database.row(ONE, (deal_id,))
        if row is None:
            raise NotFound(f"there is no deal {deal_id}; see: ccdialer client show CLIENT")
        was = dict(zip(COLUMNS, row[1:], strict=True))
        now = was | dict(told)
        change = Changed(row[0], differences(was, now), deal_id)
        if change.differences:
            database.run(UPDATE, (*now.values(), occasion.at, deal_id))
            tell(database, [change], occasion)
    return change
