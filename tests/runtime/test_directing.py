"""Callers are directed by memory, CRM and database, and never kept by any of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccdialer import storage
from ccdialer.core.card import Card, Deal
from ccdialer.core.facts import Past
from ccdialer.core.found import CardStatus, Found
from ccdialer.core.routes import First, Routes
from ccdialer.runtime import directing
from ccdialer.storage import Database
from ccdialer.storage.routed import routed_call
from tests import postgres
from tests.core.routing_samples import DID
from tests.runtime.routing_floor import ALWAYS_OPEN, Gate, Site, apply_rules, rings

PAID = Found(
    Card("crm", "7", "Ivan", owner="phone:101", deals=(Deal("1", "Paid", "new"),)), CardStatus.OK
)
OFFERED = Found(Card("crm", "7", "Ivan", owner="phone:101", stage="Proposal sent"), CardStatus.OK)


@pytest.fixture
def site(db: Database) -> Iterator[Site]:
    made = Site(db)
    yield made
    made.directing.close()


def test_a_caller_is_sent_by_his_stage_and_offered_to_his_owner(site: Site) -> None:
    site.crm.found = OFFERED
    directed = site.directing.direct(rings("8 (916) 123-45-67"))
    assert str(directed.decision.target) == "queue sales"
    assert site.crm.asked == [("+79161234567", "sales")]
    assert directed.owner is not None
    assert (directed.owner.login, directed.decision.first) == ("anna", First.OWNER)
    assert directed.owner_wait_s == 20.0  # the rule's own


def test_an_owner_who_is_no_agent_here_is_passed_over(site: Site) -> None:
    site.crm.found = Found(Card("crm", owner="login:gone", stage="Paid"), CardStatus.OK)
    site.directing.past_of = lambda *_: Past(last_agent="login:anna")
    directed = site.directing.direct(rings())
    assert (directed.decision.owner, directed.decision.first) == ("anna", First.LAST_AGENT)
    assert directed.facts.owner == "gone"


def test_where_a_rule_does_not_say_it_the_queue_says_how_long(site: Site) -> None:
    site.crm.found = PAID
    assert site.directing.direct(rings()).owner_wait_s == 15.0
    site.crm.found = Found(None, CardStatus.NOTFOUND)
    assert site.directing.direct(rings(leg_id="1.2")).owner_wait_s == 0.0  # he has no owner


def test_of_whom_nothing_is_known_the_crm_decides(site: Site) -> None:
    site.crm.found = OFFERED
    directed = site.directing.direct(rings())
    assert str(directed.decision.target) == "queue sales"
    assert directed.facts.past == Past()


def test_the_route_is_written_down_and_found_again(site: Site) -> None:
    site.crm.found = PAID
    directed = site.directing.direct(rings(name="Ivan\x00\n${EVIL}"))
    site.carry_out()
    call = routed_call(site.db, directed.call_id)
    assert call is not None
    assert (call.rule, call.version, call.facts) == (*("production", site.version, directed.facts),)
    assert call.row["client_name"] == "Ivan"
    assert call.row["caller_name"] == "Ivan${EVIL}"
    assert call.row["owner"] == "anna"
    assert call.row["card_status"] == "ok"
    assert site.directing.calls.find(directed.call_id) is directed


def test_a_call_that_asks_again_is_the_same_call(site: Site) -> None:
    first, again = (site.directing.direct(rings(leg_id="1.9")) for _ in range(2))
    other = site.directing.direct(rings(leg_id="1.10"))
    assert first.call_id == again.call_id != other.call_id
    assert len(first.call_id) == 32
    site.carry_out()
    assert site.db.row("SELECT COUNT(*) FROM inbound_call") == (2,)


@pytest.mark.parametrize("number", ["", "anonymous", "Restricted", "\x00", "s" * 70_000])
def test_who_hides_his_number_goes_by_the_fallback_and_nobody_is_asked(
    site: Site, number: str
) -> None:
    directed = site.directing.direct(rings(number))
    assert (str(directed.decision.target), directed.decision.reason) == (
        *("queue reception", "hidden_number"),
    )
    assert site.crm.asked == []


def test_a_silent_crm_leaves_the_fallback(site: Site) -> None:
    site.crm.found = Found(None, CardStatus.TIMEOUT)
    directed = site.directing.direct(rings())
    assert (str(directed.decision.target), directed.decision.reason) == (
        *("queue reception", "crm_timeout"),
    )


def test_an_edit_holds_after_a_reload(site: Site) -> None:
    routes = replace(ALWAYS_OPEN, dids={DID: replace(ALWAYS_OPEN.dids[DID], fallback="hangup")})
    apply_rules(site.db, routes)
    site.directing.read()
    assert str(site.directing.direct(rings("")).decision.target) == "hangup"
    apply_rules(site.db, Routes())
    site.directing.read()
    assert site.directing.direct(rings("")).decision.target is None


# --- a database that hangs ----------------------------------------------------------------------


@pytest.fixture
def gate(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """The database answers nobody until the gate is opened."""
    monkeypatch.setattr(directing, "PAST_WITHIN_S", 0.02)
    made = Gate()
    site.directing.past_of = made
    yield made
    made.open.set()


def test_a_hanging_database_does_not_hold_a_caller(site: Site, gate: Gate) -> None:
    site.crm.found = PAID
    directed = site.directing.direct(rings())
    assert not gate.open.is_set()  # it still hangs
    assert directed.facts.past is None
    assert str(directed.decision.target) == "queue production"


def test_questions_to_it_do_not_pile_up(site: Site, gate: Gate) -> None:
    for index in range(3 * directing.MOST_READING):
        site.directing.direct(rings(leg_id=f"2.{index}"))
    assert gate.waiting <= directing.READERS
    assert site.directing._past._reading == directing.MOST_READING


def test_it_is_asked_again_when_it_is_back(site: Site, gate: Gate) -> None:
    for index in range(2 * directing.MOST_READING):
        site.directing.direct(rings(leg_id=f"3.{index}"))
    gate.open.set()
    known = Past(last_agent="login:anna")
    site.directing.past_of = lambda *_: known
    directing.PAST_WITHIN_S = 10.0
    for index in range(1000):
        directed = site.directing.direct(rings(leg_id=f"4.{index}"))
        if directed.facts.past is not None:
            break
    assert directed.facts.past is known
    assert directed.decision.owner == "anna"


def test_an_error_of_the_database_is_no_error_of_the_call(site: Site) -> None:
    def broken(*_: object) -> Past:
        raise ValueError("broken")

    site.directing.past_of = broken
    assert site.directing.direct(rings()).facts.past is None


# --- many at once, and anything at all ----------------------------------------------------------


def test_calls_of_many_threads_do_not_mix(site: Site) -> None:
    found: dict[str, str] = {}

    def work(first: int) -> None:
        for index in range(first, first + 50):
            directed = site.directing.direct(rings(f"8916{index:07}", leg_id=f"5.{index}"))
            found[f"+7916{index:07}"] = directed.facts.number

    threads = [threading.Thread(target=work, args=(first,)) for first in range(0, 400, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 400
    assert all(asked == told for asked, told in found.items())
    assert len({command.call_id for command in site.written}) == 400


@given(st.text(), st.text(), st.text(), st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_nothing_that_a_line_says_makes_it_fail(
    site: Site, number: str, did: str, name: str, leg_id: str
) -> None:
    site.written.clear()
    site.directing.direct(rings(number, leg_id, did=did, name=name))
    site.carry_out()
    (command,) = site.written
    assert command.did.isprintable()
    assert command.caller_name.isprintable()


# --- a database that is locked, in earnest ------------------------------------------------------


@pytest.mark.postgres
def test_locked_tables_of_a_server_do_not_hold_a_caller(
    postgresql_cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directing, "PAST_WITHIN_S", 0.05)
    url = postgres.fresh_database(postgresql_cluster)
    with storage.connect(url) as db, storage.connect(url) as other:
        storage.migrate(db)
        site = Site(db)
        site.crm.found = PAID
        with other.transaction():
            other.run("LOCK TABLE attempt, task, inbound_call IN ACCESS EXCLUSIVE MODE")
            directed = site.directing.direct(rings())
        assert directed.facts.past is None  # the lock was held until it had its answer
        assert str(directed.decision.target) == "queue production"
        monkeypatch.setattr(directing, "PAST_WITHIN_S", 10.0)
        assert site.directing.direct(rings(leg_id="1.2")).facts.past == Past()
        site.directing.close()


def test_a_writer_of_sqlite_does_not_hold_a_caller(site: Site, tmp_path: Path) -> None:
    site.crm.found = PAID
    with storage.connect(f"sqlite:///{tmp_path}/site.db") as other, other.transaction():
        other.run("UPDATE agent SET name = 'Anna II'")
        directed = site.directing.direct(rings())
    assert directed.facts.past == Past()
