"""Puts clients into the built-in client base: new ones, and what is new of those that are there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from ccdialer.core.client import Business, ClientKind
from ccdialer.storage.client_journal import Changed, Occasion, differences, tell
from ccdialer.storage.database import Database
from ccdialer.storage.deals import DealBook, DealRow
from ccdialer.storage.new_ids import ids_as_needed

COLUMNS = (
    *("kind", "name", "source_id", "stage", "pipeline", "owner_id", "city", "channel", "note"),
    "fields",
)
NEW: dict[str, Any] = dict.fromkeys(COLUMNS, "") | {"kind": ClientKind.PERSON}
NEW |= {"source_id": None, "owner_id": None, "fields": {}}

# Writers of one project come one after the other: a client is not put in twice by two of them.
LOCK = "SELECT id FROM project WHERE id = ? {for_update}"

# An index of rows with a source id is taken only by who says that it is there.
OF_SOURCES = """
    SELECT id FROM client
    WHERE source_id {in_ids} AND source_id IS NOT NULL AND project_id = ?"""
OF_NUMBERS = "SELECT client_id FROM client_number WHERE e164 {in_ids} AND project_id = ?"
KNOWN = f"""
    SELECT id, {", ".join(COLUMNS)} FROM client WHERE id {{in_ids}} ORDER BY id {{for_update}}"""
NUMBERS = """
    SELECT client_id, e164, contact_id FROM client_number WHERE client_id {in_ids}
    ORDER BY position"""
CONTACTS = "SELECT client_id, name, id, post FROM client_contact WHERE client_id {in_ids}"
SUMS = (
    "SELECT client_id, what, currency, count, amount FROM client_business WHERE client_id {in_ids}"
)

INSERT = f"""
    INSERT INTO client (id, project_id, {", ".join(COLUMNS)}, created_at, changed_at)
    VALUES (?, ?, {", ".join("?" for _ in COLUMNS)}, ?, ?)"""
UPDATE = f"""
    UPDATE client SET {", ".join(f"{column} = ?" for column in COLUMNS)}, changed_at = ?
    WHERE id = ?"""
INSERT_NUMBER = """
    INSERT INTO client_number (client_id, e164, contact_id, project_id, position)
    VALUES (?, ?, ?, ?, ?)"""
PUT_CONTACT = """
    INSERT INTO client_contact (id, client_id, name, post) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET post = excluded.post"""
PUT_SUM = """
    INSERT INTO client_business (client_id, what, currency, count, amount) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (client_id, what, currency) DO UPDATE SET
        count = excluded.count, amount = excluded.amount"""


class ContactRow(NamedTuple):
    """A contact person; his name tells him from the others of the client."""

    name: str
    post: str = ""  # empty: not said
    numbers: Sequence[str] = ()  # E.164


class ClientRow(NamedTuple):
    """A client as a file tells of him. `told` has columns of COLUMNS that are said, and
    `created_at`, epoch ms; the rest stays as it is."""

    numbers: Sequence[str] = ()  # E.164, in order of preference
    source_id: str | None = None
    told: Mapping[str, Any] = {}
    fields: Mapping[str, str] = {}
    contact: ContactRow | None = None
    business: Mapping[tuple[Business, str], tuple[int, int]] = {}  # by currency: count and sum
    deal: DealRow | None = None


class Putting(StrEnum):
    """What became of a row."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Put:
    """The outcome of a row; `reason` says why it was refused."""

    what: Putting
    client_id: int | None = None
    reason: str = ""


@dataclass(slots=True)
class _Draft:
    """A client as he is stored (`was` None: not yet) and as he will be."""

    id: int
    now: dict[str, Any]
    was: dict[str, Any] | None = None
    created_at: int = 0
    numbers: dict[str, int | None] = field(default_factory=dict)  # whose: contact id
    contacts: dict[str, tuple[int, str]] = field(default_factory=dict)  # by name: id, post
    sums: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    news: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)  # rows by statement

    def note(self, statement: str, *row: Any) -> None:
        """This is to be stored."""
        self.news.setdefault(statement, []).append((*row,))


def put_clients(
    database: Database, project_id: int, rows: Sequence[ClientRow], occasion: Occasion
) -> list[Put]:
    """Put the rows in, in one transaction; for each what became of it.

    A row is about the client with its `source_id`. Where nobody has that, or it has none, it is
    about the one client of the project with one of its numbers, unless he has another source id;
    if nobody has them, about a new one. What a row does not say stays; numbers, contact persons
    and fields are added. Giving the same rows again changes nothing. Give some 2,000 at a time.
    """
    with database.transaction():
        database.row(LOCK, (project_id,))
        book = _Book(database, project_id, occasion)
        book.load(rows)
        puts = [book.put(row) for row in rows]
        book.write()
    return puts


@dataclass(slots=True)
class _Book:
    """The clients that a batch of rows is about."""

    database: Database
    project_id: int
    occasion: Occasion
    drafts: dict[int, _Draft] = field(default_factory=dict)
    by_source: dict[str, _Draft] = field(default_factory=dict)
    by_number: dict[str, dict[int, _Draft]] = field(default_factory=dict)
    ids: Iterator[int] = field(init=False)
    contact_ids: Iterator[int] = field(init=False)
    deals: DealBook = field(init=False)

    def load(self, rows: Sequence[ClientRow]) -> None:
        """Look up whom the rows may be about."""
        of, database = self.project_id, self.database
        sources = database.keys({row.source_id for row in rows if row.source_id})
        numbers = database.keys({number for row in rows for number in _numbers_of(row)})
        found = database.rows(OF_SOURCES, (sources, of)) + database.rows(OF_NUMBERS, (numbers, of))
        ids = database.keys({client_id for (client_id,) in found})
        for client_id, *cells in database.rows(KNOWN, (ids,)):
            was = dict(zip(COLUMNS, cells, strict=True))
            was["fields"] = json.loads(was["fields"])
            self._know(_Draft(client_id, dict(was), was))
        self._load_parts()
        self.ids = ids_as_needed(database, "client", len(rows))
        self.contact_ids = ids_as_needed(database, "client_contact", len(rows))
        self.deals = DealBook(database, of, self.occasion)
        self.deals.load({row.deal.source_id for row in rows if row.deal})

    def _load_parts(self) -> None:
        ids = (self.database.keys(self.drafts),)
        for client_id, e164, contact_id in self.database.rows(NUMBERS, ids):
            self._has(self.drafts[client_id], e164, contact_id)
        for client_id, name, contact_id, post in self.database.rows(CONTACTS, ids):
            self.drafts[client_id].contacts[name] = (contact_id, post)
        for client_id, what, currency, count, amount in self.database.rows(SUMS, ids):
            self.drafts[client_id].sums[what, currency] = (count, amount)

    def _know(self, draft: _Draft) -> None:
        self.drafts[draft.id] = draft
        if draft.now["source_id"] is not None:
            self.by_source[draft.now["source_id"]] = draft

    def _has(self, draft: _Draft, e164: str, contact_id: int | None) -> None:
        draft.numbers[e164] = contact_id
        self.by_number.setdefault(e164, {})[draft.id] = draft

    def put(self, row: ClientRow) -> Put:
        """Make the client what the row says."""
        draft = self._meant(row)
        if isinstance(draft, str):
            return Put(Putting.REFUSED, reason=draft)
        about = None if draft is None else draft.id
        refused = self.deals.refusal(about, row.deal) if row.deal else ""
        if refused:
            return Put(Putting.REFUSED, about, refused)
        is_new = draft is None
        if draft is None:
            draft = _Draft(next(self.ids), NEW | {"fields": {}}, None, self.occasion.at)
        changed = [self._columns(draft, row), *self._parts(draft, row)]
        self._know(draft)
        changed += [self.deals.put(draft.id, row.deal)] if row.deal else []
        what = Putting.CREATED if is_new else Putting.CHANGED if any(changed) else Putting.SAME
        return Put(what, draft.id)

    def _meant(self, row: ClientRow) -> _Draft | str | None:
        """Whom a row is about; None: somebody new; or why that cannot be told."""
        if row.source_id and row.source_id in self.by_source:
            return self.by_source[row.source_id]
        found = {i: d for n in _numbers_of(row) for i, d in self.by_number.get(n, {}).items()}
        if row.source_id:  # who has another id is another client with the same phone
            found = {i: d for i, d in found.items() if d.now["source_id"] is None}
        elif not any(_numbers_of(row)):
            return "neither a phone number nor an id"
        if len(found) > 1:
            several = " and ".join(str(client_id) for client_id in sorted(found))
            return f"clients {several} have these numbers; say by its id which one is meant"
        return next(iter(found.values()), None)

    def _columns(self, draft: _Draft, row: ClientRow) -> bool:
        before = draft.now
        told = {key: value for key, value in row.told.items() if key != "created_at"}
        draft.now = before | told | {"fields": before["fields"] | dict(row.fields)}
        if row.source_id:
            draft.now["source_id"] = row.source_id
        if draft.was is None:
            draft.created_at = row.told.get("created_at", draft.created_at)
        return draft.now != before

    def _parts(self, draft: _Draft, row: ClientRow) -> Iterator[bool]:
        """Numbers, contact person, sums: whether each is news."""
        if row.contact is not None:
            yield self._contact(draft, row.contact)
        for e164 in row.numbers:
            yield self._number(draft, e164, None)
        for key, pair in row.business.items():
            yield draft.sums.get(key) != pair
            if draft.sums.get(key) != pair:
                draft.sums[key] = pair
                draft.note(PUT_SUM, draft.id, *key, *pair)

    def _contact(self, draft: _Draft, given: ContactRow) -> bool:
        known = draft.contacts.get(given.name)
        contact_id, post = known or (next(self.contact_ids), "")
        is_news = known is None or bool(given.post and given.post != post)
        if is_news:
            draft.contacts[given.name] = (contact_id, given.post or post)
            draft.note(PUT_CONTACT, contact_id, draft.id, given.name, given.post or post)
        added = [self._number(draft, e164, contact_id) for e164 in given.numbers]
        return is_news or any(added)

    def _number(self, draft: _Draft, e164: str, contact_id: int | None) -> bool:
        if e164 in draft.numbers:
            return False
        place = len(draft.numbers)
        draft.note(INSERT_NUMBER, draft.id, e164, contact_id, self.project_id, place)
        self._has(draft, e164, contact_id)
        return True

    def write(self) -> None:
        """Store all that is new, and tell the journal what has changed of clients."""
        at, database = self.occasion.at, self.database
        new = [d for d in self.drafts.values() if d.was is None]
        rows = [(d.id, self.project_id, *cells_of(d.now), d.created_at, at) for d in new]
        database.run_many(INSERT, rows)
        changed = [(d, d.was) for d in self.drafts.values() if d.was not in (None, d.now)]
        database.run_many(UPDATE, [(*cells_of(d.now), at, d.id) for d, _ in changed])
        for statement in (PUT_CONTACT, INSERT_NUMBER, PUT_SUM):
            news = [row for d in self.drafts.values() for row in d.news.get(statement, ())]
            database.run_many(statement, news)
        told = [Changed(d.id, differences(was or {}, d.now)) for d, was in changed]
        tell(database, told, self.occasion)
        self.deals.write()


def _numbers_of(row: ClientRow) -> tuple[str, ...]:
    return (*row.numbers, *(row.contact.numbers if row.contact else ()))


def cells_of(values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of COLUMNS as they are stored."""
    fields = json.dumps(values["fields"], ensure_ascii=False)
    return (*(values[column] for column in COLUMNS[:-1]), fields)
