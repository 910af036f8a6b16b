"""A client out of the rows of a table: the first names him, each with a deal adds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any

from ccdialer.core.card import Card, Deal
from ccdialer.crm_settings import CLIENT_KEYS, DEAL_KEYS

LONGEST = 200  # characters of a value; a card is no place for texts
MOST_FIELDS = 50
MOST_DEALS = 50
NO = frozenset({"", "0", "n", "no", "false", "f", "closed", "нет"})


def text_of(value: Any) -> str:
    """A value as it stands in a card: one line, not too long; empty for nothing."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).replace("\0", "").split())[:LONGEST]


def owner_of(value: Any) -> str:
    """An owner in the words of a card: `login:anna`, `phone:101` as they are, a bare id as such."""
    text = text_of(value)
    known = text.partition(":")[0] in ("login", "phone", "id")
    return text if known or not text else f"id:{text}"


def instant_of(value: Any) -> float | None:
    """Epoch seconds of an instant as databases and JSON have it; None: it is none."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()
    text = text_of(value)
    try:
        found_s = float(text)
    except ValueError:
        pass
    else:
        return found_s if isfinite(found_s) else None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def is_open(value: Any) -> bool:
    """What a table says of a deal; where it says nothing, the deal is open."""
    return value is None or text_of(value).lower() not in NO


def deal_of(found: Mapping[str, Any]) -> Deal:
    """A deal by the names of DEAL_KEYS."""
    return Deal(
        id=text_of(found.get("id")),
        stage=text_of(found.get("stage")),
        pipeline=text_of(found.get("pipeline")),
        title=text_of(found.get("title")),
        owner=owner_of(found.get("owner")),
        is_open=is_open(found.get("open")),
        changed_at=instant_of(found.get("changed_at")),
        amount=text_of(found.get("amount")),
    )


def card_of_rows(source: str, rows: Sequence[Mapping[str, Any]]) -> Card | None:
    """Columns client_id, name, owner, stage are the client's, deal_id, deal_stage ... a deal's;
    all others are his fields. None if there is no row."""
    if not rows:
        return None
    first = rows[0]
    others = [key for key in first if key not in CLIENT_KEYS and not key.startswith("deal_")]
    fields = {key: text_of(first[key]) for key in others[:MOST_FIELDS]}
    return Card(
        source=source,
        client_id=text_of(first.get("client_id")),
        name=text_of(first.get("name")),
        owner=owner_of(first.get("owner")),
        stage=text_of(first.get("stage")),
        deals=tuple(_deals(rows[:MOST_DEALS])),
        fields={key: value for key, value in fields.items() if value},
    )


def _deals(rows: Iterable[Mapping[str, Any]]) -> Iterable[Deal]:
    for row in rows:
        found = {name: row.get(f"deal_{name}") for name in DEAL_KEYS}
        if found["id"] not in (None, "") or found["stage"] not in (None, ""):
            yield deal_of(found)
