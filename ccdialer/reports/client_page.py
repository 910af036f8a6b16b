"""One client for people: what he is, his contacts and deals, and the latest of his history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ccdialer.core.client import Business
from ccdialer.reports import words
from ccdialer.reports.clients import amount, numbers_of
from ccdialer.reports.table import Found, Table, columns

KEYS = ("id", "project", "kind", "name", "source_id", "stage", "pipeline", "owner", "city")
DEAL_COLUMNS = columns(
    *("id|deal|count", "title", "pipeline", "stage", "owner", "amount||money", "currency"),
    *("changed_at|changed|instant", "closed_at|closed|instant", "source_id"),
)
HISTORY_COLUMNS = columns(
    *("at|time|instant", "what", "number", "outcome", "talk_s|talked|seconds", "agent"),
    *("campaign", "result", "comment"),
)
NAMES = {"owner_id": "owner", "source_id": "id", "closed_at": "closed"}
COUNTED = {
    Business.ORDERS: "orders",
    Business.ISSUED: "invoices issued",
    Business.PAID: "invoices paid",
}
_ORDER = {what: place for place, what in enumerate(Business)}


def lines(client: Found) -> Iterator[tuple[str, Any]]:
    """What he is, a line for each thing that is known."""
    for key in KEYS:
        yield key.replace("_", " "), client[key]
    yield "channel", client["channel"]
    yield "card date", words.local(client["created_at"])
    yield "changed", words.local(client["changed_at"])
    for each in sorted(client["business"], key=lambda sums: _ORDER[sums["what"]]):
        told = f"{each['count']}, {words.money(each['amount'])} {each['currency']}".strip()
        yield COUNTED[each["what"]], told
    yield "numbers", ", ".join(numbers_of(client, None))
    for contact in client["contacts"]:
        said = (contact["name"], contact["post"], *numbers_of(client, contact["id"]))
        yield "contact", ", ".join(filter(None, said))
    for key, value in client["fields"].items():
        yield f"field.{key}", value
    yield "note", client["note"]


def deals(client: Found) -> Table:
    """A row for each deal, the open ones first."""
    keys = [column.key for column in DEAL_COLUMNS]
    rows = [tuple(deal[key] for key in keys) for deal in client["deals"]]
    return Table("deals", DEAL_COLUMNS, rows)


def history(client: Found, logins: Mapping[int, str]) -> Table:
    """A row for each call and each change, the latest first; `logins` of agents by id."""
    return Table("history", HISTORY_COLUMNS, [_entry(e, logins) for e in client["history"]])


def _entry(entry: Found, logins: Mapping[int, str]) -> tuple[Any, ...]:
    if "detail" in entry:
        outcome, comment = change(entry["detail"], logins), entry["reason"]
        return (entry["at"], entry["what"], "", outcome, None, "", "", "", comment)
    result = ": ".join(filter(None, (entry["result"], entry["kind"] or entry["reason"])))
    talk_s = None if entry["talk_ms"] is None else entry["talk_ms"] / 1000
    return (
        *(entry["at"], entry["what"], entry["number"], _outcome(entry), talk_s),
        *(entry["agent"], entry["campaign"], result, entry["comment"]),
    )


def _outcome(entry: Found) -> str:
    if entry["what"] == "call in":
        return words.fate(entry["outcome"])
    return words.result(entry["outcome"]) or "live"


def change(detail: Mapping[str, Any], logins: Mapping[int, str]) -> str:
    """`deal 3, stage new -> won, owner anna -> nobody`."""
    told = [f"deal {detail['deal']}"] if "deal" in detail else []
    for key, (was, now) in ((k, pair) for k, pair in detail.items() if k != "deal"):
        told.append(f"{named(key)} {_shown(key, was, logins)} -> {_shown(key, now, logins)}")
    return ", ".join(told)


def named(key: str) -> str:
    """A column as people call it: `owner` for owner_id, `field.size` for fields.size."""
    return NAMES.get(key, key.replace("fields.", "field.", 1))


def _shown(key: str, value: Any, logins: Mapping[int, str]) -> str:
    if key == "owner_id":
        return logins.get(value, "nobody")
    if key == "closed_at":
        return words.local(value) if value else "open"
    if key == "amount":
        return amount(value) or "nothing"
    return str(value) if value not in (None, "") else "nothing"


def record(client: Found, logins: Mapping[int, str]) -> Found:
    """A client as JSON tells him: instants in UTC, amounts in units of their currency."""
    dated = {key: words.utc(client[key]) for key in ("created_at", "changed_at")}
    own = {key: client[key] for key in (*KEYS, "channel", "note", "fields", "contacts")}
    return {
        **own,
        **dated,
        "numbers": client["numbers"],
        "business": [each | {"amount": amount(each["amount"])} for each in client["business"]],
        "deals": [_deal_record(deal) for deal in client["deals"]],
        "history": [_history_record(entry, logins) for entry in client["history"]],
    }


def _deal_record(deal: Found) -> Found:
    instants = ("created_at", "changed_at", "closed_at")
    dated = {key: words.utc(deal[key]) if deal[key] else None for key in instants}
    return deal | dated | {"amount": amount(deal["amount"]) or None}


def _history_record(entry: Found, logins: Mapping[int, str]) -> Found:
    row = _entry(entry, logins)
    keys = [column.key for column in HISTORY_COLUMNS]
    return dict(zip(keys, row, strict=True)) | {"at": words.utc(entry["at"])}
