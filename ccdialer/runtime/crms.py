"""Opens the connectors that config.yaml names, and gives the callers' cards over them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from ccdialer.config import Config
from ccdialer.core.phone import reader
from ccdialer.crm.opening import OPENERS
from ccdialer.crm_settings import Webhook
from ccdialer.runtime.cards import Cards, Clocks, open_cards
from ccdialer.runtime.client_base import ClientBase
from ccdialer.runtime.crm_source import Connector
from ccdialer.storage.crm_cards import forget_source, kept_rows, prune_cards, save_cards
from ccdialer.storage.database import Database

OF_EACH = ("private", "pause_s", "fresh_s")
"""Settings of the section that every connector works by."""


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


def retake(cards: Cards, config: Config, database: Database) -> frozenset[str]:
    """Work by a section that was read again: a connector that stands there as before goes on with
    its breaker and its cache, any other begins anew. Names of those whose cards are forgotten."""
    before, now = cards.settings, config.crm
    was = {each.name: each for each in before.connectors}
    will = {each.name: each for each in now.connectors}
    changed = frozenset(name for name in was | will if was.get(name) != will.get(name))
    goes_on = {each.name: each for each in cards.sources if each.name not in changed}
    if any(getattr(before, key) != getattr(now, key) for key in OF_EACH):
        goes_on = {}
    sources = [
        goes_on.get(connector.name) or cards.source(each, connector, now)
        for each, connector in connectors(config, database)
    ]
    cards.take(now, sources, changed)
    for source in sources:
        if source.name not in goes_on:
            source.prepare()
    return changed


def recall(database: Database, cards: Cards, now: int) -> None:
    """Fill the cache with what was saved; `now` is epoch ms."""
    settings = cards.settings
    since = now - round(settings.stale_s * 1000)
    cards.cache.load(kept_rows(database, since, settings.cached))


def marks(config: Config) -> dict[str, str]:
    """A mark for each connector, and one for the rest of the section under an empty name: two
    configurations with the same marks are alike, and no mark tells a secret."""
    crm = config.crm
    parts = {each.name: repr(each) for each in crm.connectors}
    parts[""] = repr(replace(crm, connectors=()))
    return {name: sha256(text.encode()).hexdigest()[:16] for name, text in parts.items()}


def unlike(config: Config, in_force: Mapping[str, str]) -> list[str]:
    """Of which connectors a daemon with these marks does not work by the config; `crm` is the rest
    of the section."""
    now = marks(config)
    names = sorted(name for name in {*now, *in_force} if now.get(name) != in_force.get(name))
    return [name or "crm" for name in names]


def forget(database: Database, names: Collection[str]) -> None:
    """What these connectors have said is not to come back with the next start. Raises
    StorageUnavailable."""
    for name in names:
        forget_source(database, name)


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
