"""Cards as CRMs gave them, kept over a restart: the last one for each connector and number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ccdialer.core.card import Card, Deal
from ccdialer.storage.database import Database

SAVE = """
    INSERT INTO crm_card (source, number, asked_at, card) VALUES (?, ?, ?, ?)
    ON CONFLICT (source, number) DO UPDATE SET
        asked_at = excluded.asked_at, card = excluded.card
    WHERE excluded.asked_at >= crm_card.asked_at"""

READ = """
    SELECT source, number, asked_at, card FROM crm_card WHERE asked_at >= ?
    ORDER BY asked_at DESC LIMIT ?"""


Row = tuple[Any, ...]
"""Source, number, instant, and the card as JSON."""


@dataclass(frozen=True, slots=True)
class KeptCard:
    """What a connector said of a number, and when (epoch ms); no card: it does not know him."""

    source: str
    number: str
    asked_at: int
    card: Card | None


def save_cards(database: Database, cards: Sequence[KeptCard]) -> None:
    """Keep them in place of older ones."""
    with database.transaction():
        database.run_many(SAVE, [(c.source, c.number, c.asked_at, _text(c.card)) for c in cards])


def kept_rows(database: Database, since: int, limit: int) -> list[Row]:
    """Those asked for since then (epoch ms), the newest first; `card_of_row` reads them."""
    return database.rows(READ, (since, limit))


def card_of_row(row: Row) -> KeptCard | None:
    """What a row says; None: another version wrote it, and he is to be asked for anew."""
    source, number, asked_at, text = row
    try:
        return KeptCard(source, number, asked_at, None if text is None else _card(text))
    except (ValueError, TypeError, KeyError):
        return None


def prune_cards(database: Database, before: int) -> int:
    """Forget what was asked before that (epoch ms); how many."""
    return database.run("DELETE FROM crm_card WHERE asked_at < ?", (before,))


def forget_source(database: Database, source: str) -> int:
    """Forget what a connector has said; how many."""
    return database.run("DELETE FROM crm_card WHERE source = ?", (source,))


def _text(card: Card | None) -> str | None:
    if card is None:
        return None
    return json.dumps(_page(card), ensure_ascii=False, sort_keys=True)


def _page(card: Card) -> dict[str, Any]:
    deals = [asdict(deal) for deal in card.deals]
    names = ("source", "client_id", "name", "owner", "stage")
    return {name: getattr(card, name) for name in names} | {
        "deals": deals,
        "fields": dict(card.fields),
    }


def _card(text: str) -> Card:
    page = json.loads(text)
    return Card(**page | {"deals": tuple(Deal(**deal) for deal in page["deals"])})
