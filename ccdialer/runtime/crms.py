"""Opens the connectors that config.yaml names, and gives the callers' cards over them."""

from __future__ import annotations

from typing import Any

from ccdialer.config import Config
from ccdialer.core.phone import reader
from ccdialer.crm.opening import OPENERS
from ccdialer.crm_settings import Webhook
from ccdialer.runtime.cards import Cards, Clocks, open_cards
from ccdialer.runtime.client_base import ClientBase
from ccdialer.runtime.crm_source import Connector
from ccdialer.storage.crm_cards import kept_rows, prune_cards, save_cards
from ccdialer.storage.database import Database


def connectors(config: Config, database: Database) -> list[tuple[Any, Connector]]:
    """Each connector of the config with its settings, in order; none of them is asked yet."""
    numbers = reader(config.numbers.region)
    asked = [each for each in config.crm.connectors if not isinstance(each, Webhook)]
    return [(each, _opened(each, config, database, numbers)) for each in asked]


def _opened(settings: Any, config: Config, database: Database, numbers: Any) -> Connector:
    if settings.kind == "clients":
        return ClientBase(settings.name, database)
    found: Connector = OPENERS[settings.kind](settings, config.crm, numbers)
    return found


def cards_of(config: Config, database: Database, clocks: Clocks | None = None) -> Cards:
    """The cards of a site; nothing is remembered yet."""
    return open_cards(config.crm, connectors(config, database), clocks)


def recall(database: Database, cards: Cards, now: int) -> None:
    """Fill the cache with what was saved; `now` is epoch ms."""
    settings = cards.settings
    since = now - round(settings.stale_s * 1000)
    cards.cache.load(kept_rows(database, since, settings.cached))


def save(database: Database, cards: Cards, now: int) -> None:
    """Save what the cache has learned, and forget what is too old. Raises StorageUnavailable, and
    nothing is lost."""
    unsaved = cards.cache.unsaved()
    if not unsaved:
        return
    try:
        save_cards(database, unsaved)
        prune_cards(database, now - round(cards.settings.stale_s * 1000))
    except Exception:
        cards.cache.put_back(unsaved)
        raise
