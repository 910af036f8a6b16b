"""The connectors of a config, and a cache that outlives the process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from ccdialer.config import Config
from ccdialer.core.found import CardStatus
from ccdialer.crm_settings import Bitrix24, Clients, Crm, CsvFile
from ccdialer.errors import StorageUnavailable
from ccdialer.runtime.crms import cards_of, connectors, forget, marks, recall, retake, save
from ccdialer.storage import Database
from ccdialer.storage.client_journal import Occasion
from ccdialer.storage.clients import ClientRow, put_clients
from tests.crm import asking
from tests.crm.fakes import erp
from tests.crm.fakes.server import Fault
from tests.runtime.crm_people import NUMBER, HandClock, wait_until
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


# -- a section that is read again ------------------------------------------------------------------


def two(tmp_path: Path, **second: str) -> Config:
    """Two files, one of which may be read otherwise."""
    config = config_of(tmp_path)
    (first,) = config.crm.connectors
    other = CsvFile(name="other", path=str(tmp_path / "other.csv"), **second)  # type: ignore[arg-type]
    (tmp_path / "other.csv").write_text(f"number,name\n{NUMBER},Boris\n")
    return replace(config, crm=replace(config.crm, connectors=(first, other)))


def test_only_what_has_changed_begins_anew(db: Database, tmp_path: Path) -> None:
    config, clock = two(tmp_path), HandClock()
    cards = cards_of(config, db, clock.clocks())
    assert cards.find(NUMBER, is_fresh=True).status is CardStatus.OK
    first, other = cards.sources
    wait_until(lambda: len(cards.cache) == 2)
    save(db, cards, round(clock.at * 1000))
    changed = retake(cards, two(tmp_path, owners={"7": "anna"}), db)  # type: ignore[arg-type]
    assert changed == {"other"}
    assert cards.sources[0] is first
    assert cards.sources[1] is not other
    assert (cards.cache.find("csv", NUMBER) is None, cards.cache.find("other", NUMBER)) == (
        False,
        None,
    )
    forget(db, changed)
    assert db.rows("SELECT source FROM crm_card") == [("csv",)]


def test_a_budget_alone_leaves_every_source_as_it_is(db: Database, tmp_path: Path) -> None:
    config = two(tmp_path)
    cards = cards_of(config, db)
    before = cards.sources
    fresh = replace(config, crm=replace(config.crm, budget_ms=50, stale_s=1.0))
    assert retake(cards, fresh, db) == frozenset()
    assert (cards.sources, cards.settings.budget_ms) == (before, 50)


def test_where_a_crm_may_be_is_of_each_and_forgets_nothing(db: Database, tmp_path: Path) -> None:
    config = two(tmp_path)
    cards = cards_of(config, db)
    cards.find(NUMBER)
    before = cards.sources
    fresh = replace(config, crm=replace(config.crm, private=("10.0.0.0/8",)))
    assert retake(cards, fresh, db) == frozenset()
    assert not set(map(id, cards.sources)) & set(map(id, before))
    assert cards.cache.find("csv", NUMBER) is not None


def test_one_that_is_gone_is_asked_no_more_and_what_it_said_is_forgotten(
    db: Database, tmp_path: Path
) -> None:
    config = config_of(tmp_path)
    cards = cards_of(config, db)
    cards.find(NUMBER)
    assert retake(cards, replace(config, crm=Crm()), db) == {"csv"}
    assert cards.find(NUMBER).reason == "no_crm"
    assert len(cards.cache) == 0


PEOPLE = [f"+7916{n:07}" for n in range(400)]


def test_a_new_address_under_load_keeps_nobody_waiting(db: Database) -> None:
    """While callers are looked up the address changes twenty times: each of them is answered."""
    known = {number: asking.CLIENT for number in PEOPLE}
    with erp.serve(known) as one, erp.serve(known) as two, ThreadPoolExecutor(8) as pool:
        configs = [
            Config(crm=replace(asking.CRM, budget_ms=10_000, connectors=(each,)))
            for each in (asking.settings_of("rest", server, per_s=10_000) for server in (one, two))
        ]
        cards = cards_of(configs[0], db)
        answers = [pool.submit(cards.find, number, is_fresh=True) for number in PEOPLE]
        for turn in range(20):
            wait_until(lambda turn=turn: sum(each.done() for each in answers) >= turn * 20)  # type: ignore[misc]
            retired = cards.sources
            retake(cards, configs[(turn + 1) % 2], db)
        assert {each.result(30).status for each in answers} == {CardStatus.OK}
        assert one.ledger
        assert two.ledger
        wait_until(lambda: all(source._threads == 0 for source in retired))
        cards.close()


def test_whoever_waits_for_a_hanging_crm_is_not_kept_longer_by_its_successor(db: Database) -> None:
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(1))
        revoked = stack.enter_context(erp.serve({NUMBER: asking.CLIENT}))
        fresh = stack.enter_context(erp.serve({NUMBER: asking.CLIENT}))
        revoked.fault = Fault.HANG
        of = {
            server: Config(crm=replace(asking.CRM, budget_ms=ms, connectors=(settings,)))
            for server, ms in ((revoked, 300), (fresh, 10_000))
            for settings in (asking.settings_of("rest", server, timeout_s=30.0),)
        }
        cards = cards_of(of[revoked], db)
        before = pool.submit(cards.find, NUMBER)
        wait_until(lambda: revoked.holding == 1)
        retake(cards, of[fresh], db)
        assert cards.find(NUMBER).status is CardStatus.OK
        assert before.result(30).reason == "crm_timeout", "by the budget with which he began"
        assert revoked.holding == 1, "and the old one still hangs"
        assert cards.find(NUMBER).status is CardStatus.OK, "what it says one day is not heard"
        cards.close()


def test_marks_tell_what_differs_and_no_secret(tmp_path: Path) -> None:
    config = two(tmp_path)
    assert set(marks(config)) == {"csv", "other", ""}
    changed = marks(two(tmp_path, owners={"7": "anna"}))  # type: ignore[arg-type]
    assert [name for name, mark in marks(config).items() if mark != changed[name]] == ["other"]
    budget = replace(config, crm=replace(config.crm, budget_ms=50))
    assert [name for name, mark in marks(budget).items() if mark != marks(config)[name]] == [""]
