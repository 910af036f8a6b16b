"""Opens the connectors that config.yaml names, and gives the callers' cards over them."""

from __future__ import annotations

from typing import Any

from ccdialer.config import Config
from ccdialer.core.phone import reader
from ccdialer.crm.opening import OPENERS
from ccdialer.runtime.cards import Cards, Clocks, open_cards
from ccdialer.runtime.crm_source import Connector
from ccdialer.storage.crm_cards import kept_cards, prune_cards, save_cards
from ccdialer.storage.database import Database


def connectors(config: Config) -> list[tuple[Any, Connector]]:
    """Each connector of the config with its settings, in order; none of them is asked yet."""
    numbers = reader(config.numbers.region)
    return [(each, OPENERS[each.kind](each, config.crm, numbers)) for each in config.crm.connectors]


def cards_of(config: Config, clocks: Clocks | None = None) -> Cards:
    """The cards of a site; nothing is remembered yet."""
    return open_cards(config.crm, connectors(config), clocks)


def recall(database: Database, cards: Cards, now: int) -> None:
    """Fill the cache with what was saved; `now` is epoch ms."""
    settings = cards.settings
    since = now - round(settings.stale_s * 1000)
    cards.cache.load(kept_cards(database, since, settings.cached))


def save(database: Database, cards: Cards, now: int) -> None:
    """Save what the cache has learned, and forget what is too old. Raises StorageUnavailable, and
    nothing is lost."""
    unsaved = cards.cache.unsaved()
    try:
        save_cards(database, unsaved)
        prune_cards(database, now - round(cards.settings.stale_s * 1000))
    except Exception:
        cards.cache.put_back(unsaved)
        raise
