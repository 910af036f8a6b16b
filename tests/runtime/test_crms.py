"""The connectors of a config, and a cache that outlives the process."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer.config import Config
from ccdialer.core.found import CardStatus
from ccdialer.crm_settings import Bitrix24, Clients, Crm, CsvFile
from ccdialer.errors import StorageUnavailable
from ccdialer.runtime.crms import cards_of, connectors, recall, save
from ccdialer.storage import Database
from ccdialer.storage.client_journal import Occasion
from ccdialer.storage.clients import ClientRow, put_clients
from tests.runtime.crm_people import NUMBER, HandClock
from tests.storage.client_base import project_of
from tests.storage.samples import NOW


def config_of(tmp_path: Path, **more: float) -> Config:
    """A file of clients."""
    path = tmp_path / "clients.csv"
    path.write_text(f"number,name\n{NUMBER},Anna\n")
    return Config(crm=Crm(connectors=(CsvFile(name="csv", path=str(path)),), **more))  # type: ignore[arg-type]


def test_connectors_are_opened_in_order(db: Database) -> None:
    listed = (Clients(name="clients"), Bitrix24(name="b24", webhook="https://x/"))
    opened = connectors(Config(crm=Crm(connectors=listed)), db)
    assert [(settings, connector.name) for settings, connector in opened] == [
        (listed[0], "clients"),
        (listed[1], "b24"),
    ]


def test_our_own_clients_are_asked_by_project(db: Database) -> None:
    row = ClientRow([NUMBER], told={"name": "Olga"})
    put_clients(db, project_of(db), [row], Occasion(NOW, "list.csv"))
    cards = cards_of(Config(crm=Crm(budget_ms=5000, connectors=(Clients(name="clients"),))), db)
    found = cards.find(NUMBER, "acme")
    assert (found.status, found.card and found.card.name) == (CardStatus.OK, "Olga")
    assert cards.find(NUMBER, "other").status is CardStatus.NOTFOUND
    assert cards.find(NUMBER).reason == "no_crm"
    cards.close()


def test_the_cache_outlives_the_process(db: Database, tmp_path: Path) -> None:
    config, clock = config_of(tmp_path), HandClock()
    first = cards_of(config, db, clock.clocks())
    assert first.find(NUMBER).status is CardStatus.OK
    save(db, first, round(clock.at * 1000))
    (tmp_path / "clients.csv").unlink()
    second = cards_of(config, db, clock.clocks())
    recall(db, second, round(clock.at * 1000))
    assert second.find(NUMBER).status is CardStatus.OK
    clock.at += config.crm.fresh_s + 1
    assert second.find(NUMBER).status is CardStatus.STALE
    third = cards_of(config, db, clock.clocks())
    assert third.find(NUMBER).status is CardStatus.ERROR, "the file is not there any more"


def test_what_cannot_be_saved_is_saved_later(db: Database, tmp_path: Path) -> None:
    clock = HandClock()
    cards, now = cards_of(config_of(tmp_path), db, clock.clocks()), round(clock.at * 1000)
    cards.find(NUMBER)
    db.run("ALTER TABLE crm_card RENAME TO away")
    with pytest.raises(StorageUnavailable):
        save(db, cards, now)
    db.run("ALTER TABLE away RENAME TO crm_card")
    save(db, cards, now)
    assert db.rows("SELECT source, number FROM crm_card") == [("csv", NUMBER)]
    save(db, cards, now)


def test_too_old_ones_are_forgotten(db: Database, tmp_path: Path) -> None:
    clock = HandClock()
    cards = cards_of(config_of(tmp_path, stale_s=100), db, clock.clocks())
    cards.find(NUMBER)
    save(db, cards, round(clock.at * 1000))
    cards.find("+79160000001")
    save(db, cards, round(clock.at * 1000) + 101_000)
    assert db.rows("SELECT COUNT(*) FROM crm_card") == [(0,)]
