"""Opens the connectors that config.yaml names, and gives the callers' cards over them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ccdialer.config import Config
from ccdialer.core.phone import Reader, reader
from ccdialer.crm.csv_file import CsvConnector
from ccdialer.crm_settings import Crm
from ccdialer.runtime.cards import Cards, Clocks, open_cards
from ccdialer.runtime.crm_source import Connector
from ccdialer.storage.cards import kept_cards, prune_cards, save_cards
from ccdialer.storage.database import Database

Opener = Callable[[Any, Crm, Reader], Connector]


def _csv(settings: Any, crm: Crm, reader: Reader) -> Connector:
    return CsvConnector(settings.name, Path(settings.path), reader)


OPENERS: dict[str, Opener] = {"csv": _csv}


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
