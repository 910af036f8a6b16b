"""Clients of the built-in base as rows: to look at, and to export so that they can be imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import zip_longest
from typing import Any

from ccdialer.core.client import Business
from ccdialer.core.trunk import MICRO
from ccdialer.reports.table import Column, Found, Kind, Table, columns, listed
from ccdialer.storage import Database
from ccdialer.storage.client_pages import ClientFilter, list_clients

COLUMNS = columns(
    *("id|client|count", "name", "kind", "numbers", "stage", "pipeline", "owner", "city"),
    *("channel", "open_deals|open deals|count", "source_id", "-project", "-note"),
    *("created_at|card date|instant", "changed_at|changed|instant"),
)
NUMBERS_IN_A_ROW = 5  # as many as an import takes from one
OWN = ("source_id", "name", "kind", "stage", "pipeline", "owner", "city", "channel", "note")
PARTS = (
    *("phone", "contact", "contact_phone", "post"),
    *(name for what in Business for name in (what, f"{what}_sum")),
    *("currency", "deal_id", "deal", "deal_pipeline", "deal_stage", "deal_owner", "deal_amount"),
    *("deal_currency", "deal_closed"),
)


def clients(database: Database, wanted: ClientFilter) -> Table:
    """At most `wanted.limit` clients by id (0: all), read page by page as the rows are taken."""
    return Table("clients", COLUMNS, (_row(client) for client in pages(database, wanted)))


def pages(database: Database, wanted: ClientFilter) -> Iterator[Found]:
    """The same clients as storage tells them."""
    return listed(partial(list_clients, database), wanted, lambda found: found["id"])


def _row(client: Found) -> tuple[Any, ...]:
    keys = ("stage", "pipeline", "owner", "city", "channel")
    return (
        *(client["id"], client["name"], client["kind"]),
        ", ".join(number["e164"] for number in client["numbers"]),
        *(client[key] for key in keys),
        sum(1 for deal in client["deals"] if deal["closed_at"] is None),
        *(client[key] for key in ("source_id", "project", "note", "created_at", "changed_at")),
    )


# --- export -------------------------------------------------------------------------------------


def export(database: Database, wanted: ClientFilter) -> Table:
    """Clients in the columns that `client import` knows; each of their fields has its own.

    A client with several contact persons, deals or currencies has a row for each.
    """
    fields = sorted({key for client in pages(database, wanted) for key in client["fields"]})
    head = [*OWN, "created", *PARTS, *fields]
    described = tuple(Column(key, key, _kind(key)) for key in head)
    rows = (row for client in pages(database, wanted) for row in _export_rows(client, fields))
    return Table("clients", described, rows)


def _kind(key: str) -> Kind:
    return Kind.INSTANT if key == "created" else Kind.TEXT


def _export_rows(client: Found, fields: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    own = (*(client[key] for key in OWN), client["created_at"])
    rest = tuple(client["fields"].get(key, "") for key in fields)
    phones = numbers_of(client, None)
    chunks = [phones[n : n + NUMBERS_IN_A_ROW] for n in range(0, len(phones), NUMBERS_IN_A_ROW)]
    sums = _by_currency(client)
    parts = zip_longest(chunks or [[]], client["contacts"], sums, client["deals"])
    for chunk, contact, business, deal in parts:
        cells = (*_contact(client, contact), *(business or _NO_SUMS), *_deal(deal))
        yield (*own, ", ".join(chunk or ()), *cells, *rest)


_NO_SUMS = ("",) * (2 * len(Business) + 1)


def _by_currency(client: Found) -> list[tuple[str, ...]]:
    """Counts and sums of each currency, and its code."""
    found = {(each["currency"], each["what"]): each for each in client["business"]}
    rows = []
    for currency in sorted({currency for currency, _ in found}):
        cells: list[str] = []
        for what in Business:
            each = found.get((currency, what))
            cells += ["", ""] if each is None else [str(each["count"]), amount(each["amount"])]
        rows.append((*cells, currency))
    return rows


def _contact(client: Found, contact: Found | None) -> tuple[str, str, str]:
    if contact is None:
        return ("", "", "")
    return (contact["name"], ", ".join(numbers_of(client, contact["id"])), contact["post"])


def numbers_of(client: Found, contact_id: int | None) -> list[str]:
    """The numbers of a contact person; None: those that are the client's own."""
    return [n["e164"] for n in client["numbers"] if n["contact_id"] == contact_id]


def _deal(deal: Found | None) -> tuple[Any, ...]:
    if deal is None:
        return ("",) * 8
    keys = ("source_id", "title", "pipeline", "stage", "owner")
    closed = "no" if deal["closed_at"] is None else "yes"
    return (*(deal[key] for key in keys), amount(deal["amount"]), deal["currency"], closed)


def amount(micro: int | None) -> str:
    """An amount as a file has it, without spaces: 1500.50; nothing if it is not known."""
    return "" if micro is None else f"{micro // MICRO}.{micro % MICRO:06}".rstrip("0").rstrip(".")
