"""What the caller's path needs is read beforehand, and made anew only where something changed."""

from __future__ import annotations

from ccdialer.core.limits import SiteRules
from ccdialer.core.routes import Opening, Routes, Rule, When
from ccdialer.core.routing import NO_BOOK, route
from ccdialer.runtime.route_book import RouteBook, read_book
from ccdialer.storage import Database, save_rules
from tests.core.routing_samples import BY_STAGE, KNOWN, NOON
from tests.runtime.routing_floor import NOW, agent, apply_rules, queue


def test_a_site_without_rules_routes_nothing(db: Database) -> None:
    known = read_book(db, RouteBook(), NOON)
    assert known.book is NO_BOOK
    assert route(known.book, KNOWN).reason == "unknown_did"


def test_rules_are_made_ready_once_for_each_version(db: Database) -> None:
    version = apply_rules(db, BY_STAGE)
    first = read_book(db, RouteBook(), NOON)
    assert (first.book.version, first.book.routes) == (version, BY_STAGE)
    assert read_book(db, first, NOON).book is first.book
    apply_rules(db, Routes())
    assert read_book(db, first, NOON).book.version == version + 1


def test_hours_know_the_sites_holidays(db: Database) -> None:
    apply_rules(
        db,
        Routes(
            zone="Europe/Moscow",
            schedules={"office": {"mon-sun": "always", "holidays": "closed"}},
            dids={KNOWN.did: BY_STAGE.dids[KNOWN.did]},
            scenarios={"a": (Rule("closed", When(schedule=Opening.CLOSED), "hangup"),)},
        ),
    )
    known = read_book(db, RouteBook(), NOON)
    assert route(known.book, KNOWN).reason == "no_rule"
    save_rules(db, SiteRules(more_holidays=("2026-11-24",)), NOW)
    known = read_book(db, known, NOON)
    assert route(known.book, KNOWN).reason == "rule.closed"


def test_owners_are_known_by_their_phone(db: Database) -> None:
    agent(db, "anna", "PJSIP/101")
    known = read_book(db, RouteBook(), NOON)
    assert known.login_of("phone:101") == "login:anna"
    assert known.login_of("phone:102") == "phone:102"
    assert known.login_of("phone:") == "phone:"
    assert known.login_of("id:7") == "id:7"
    assert known.login_of("login:anna") == "login:anna"
    assert known.login_of("login:gone") == "gone"
    assert known.login_of("") == ""
    found = known.agent(known.agents["anna"].id)
    assert found is not None
    assert found.login == "anna"
    assert known.agent(None) is None


def test_queues_say_how_long_they_wait_for_an_owner(db: Database) -> None:
    queue(db, "sales", 7.0)
    known = read_book(db, RouteBook(), NOON)
    assert known.wait_s("sales", "sales") == 7.0
    assert known.wait_s("other", "sales/sales") == 7.0
    assert known.wait_s("other", "sales") == 7.0  # there is no other one
    assert known.wait_s("other", "nights") == 0.0
