"""Corrects one client: what he is, his numbers, his contact persons (SPEC B7)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ccdialer.errors import NotFound, Refused
from ccdialer.storage.client_journal import (
    Changed,
    Differences,
    Occasion,
    differences,
    no_client,
    tell,
)
from ccdialer.storage.clients import (
    COLUMNS,
    INSERT_NUMBER,
    PUT_CONTACT,
    UPDATE,
    cells_of,
)
from ccdialer.storage.database import Database
from ccdialer.storage.new_ids import new_ids

ONE = f"SELECT project_id, {', '.join(COLUMNS)} FROM client WHERE id = ? {{for_update}}"
SAME_ID = "SELECT id FROM client WHERE project_id = ? AND source_id = ? AND id <> ?"
NUMBERS = """
    SELECT e164, contact_id FROM client_number WHERE client_id = ? ORDER BY position"""
NEXT_PLACE = "SELECT COALESCE(MAX(position) + 1, 0) FROM client_number WHERE client_id = ?"
DROP_NUMBERS = "DELETE FROM client_number WHERE e164 {in_ids} AND client_id = ? RETURNING e164"
CONTACT = "SELECT id FROM client_contact WHERE client_id = ? AND name = ?"


def change_client(
    database: Database, client_id: int, told: Mapping[str, Any], occasion: Occasion
) -> Differences:
    """Set columns of a client; what has changed by it. Of `fields` those that are named, and an
    empty one is taken away. Raises NotFound, and Refused for an id that another client has."""
    with database.transaction():
        project_id, was = _stored(database, client_id)
        fields = was["fields"] | dict(told.get("fields", {}))
        now = was | dict(told) | {"fields": {k: v for k, v in fields.items() if v}}
        _refuse_same_id(database, client_id, project_id, now["source_id"])
        found = differences(was, now)
        if found:
            database.run(UPDATE, (*cells_of(now), occasion.at, client_id))
            tell(database, [Changed(client_id, found)], occasion)
    return found


def _stored(database: Database, client_id: int) -> tuple[int, dict[str, Any]]:
    row = database.row(ONE, (client_id,))
    if row is None:
        raise no_client(client_id)
    was = dict(zip(COLUMNS, row[1:], strict=True))
    return row[0], was | {"fields": json.loads(was["fields"])}


def _refuse_same_id(
    database: Database, client_id: int, project_id: int, source_id: str | None
) -> None:
    other = database.row(SAME_ID, (project_id, source_id, client_id)) if source_id else None
    if other is not None:
        raise Refused(f'client {other[0]} of this project has the id "{source_id}" already')


def add_numbers(
    database: Database, client_id: int, numbers: Sequence[str], occasion: Occasion
) -> list[str]:
    """Give a client more numbers (E.164); those that he had not. Raises NotFound."""
    return _add_numbers(database, client_id, None, numbers, occasion)


def _add_numbers(
    database: Database,
    client_id: int,
    contact_id: int | None,
    numbers: Sequence[str],
    occasion: Occasion,
) -> list[str]:
    with database.transaction():
        project_id, _ = _stored(database, client_id)
        had = {e164 for e164, _ in database.rows(NUMBERS, (client_id,))}
        new = [e164 for e164 in dict.fromkeys(numbers) if e164 not in had]
        ((place,),) = database.rows(NEXT_PLACE, (client_id,))
        rows = [(client_id, e164, contact_id, project_id, place + n) for n, e164 in enumerate(new)]
        database.run_many(INSERT_NUMBER, rows)
        tell(database, [Changed(client_id, {"number": ("", e164)}) for e164 in new], occasion)
    return new


def drop_numbers(
    database: Database, client_id: int, numbers: Sequence[str], occasion: Occasion
) -> list[str]:
    """Take numbers from a client and his contact persons; those that he had. Raises NotFound."""
    with database.transaction():
        _stored(database, client_id)
        rows = database.rows(DROP_NUMBERS, (database.keys(numbers), client_id))
        gone = sorted(e164 for (e164,) in rows)
        tell(database, [Changed(client_id, {"number": (e164, "")}) for e164 in gone], occasion)
    return gone


def put_contact(
    database: Database,
    client_id: int,
    contact: tuple[str, str],
    numbers: Sequence[str],
    occasion: Occasion,
) -> bool:
    """A contact person (name and post) with numbers, new or as he is to be; whether he is new.
    Raises NotFound."""
    name, post = contact
    with database.transaction():
        _stored(database, client_id)
        known = database.row(CONTACT, (client_id, name))
        contact_id = known[0] if known else new_ids(database, "client_contact", 1)[0]
        if known is None or post:
            database.run(PUT_CONTACT, (contact_id, client_id, name, post))
        if known is None:
            tell(database, [Changed(client_id, {"contact": ("", name)})], occasion)
        _add_numbers(database, client_id, contact_id, numbers, occasion)
    return known is None


def drop_contact(database: Database, client_id: int, name: str, occasion: Occasion) -> None:
    """Take a contact person and his numbers from a client. Raises NotFound."""
    with database.transaction():
        _stored(database, client_id)
        known = database.row(CONTACT, (client_id, name))
        if known is None:
            raise NotFound(f'client {client_id} has no contact person "{name}"')
        numbers = database.rows(NUMBERS, (client_id,))
        his = [e164 for e164, contact_id in numbers if contact_id == known[0]]
        drop_numbers(database, client_id, his, occasion)
        database.run("DELETE FROM client_contact WHERE id = ?", (known[0],))
        tell(database, [Changed(client_id, {"contact": (name, "")})], occasion)
