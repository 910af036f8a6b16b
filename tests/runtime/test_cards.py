"""A caller waits for CRMs no longer than the budget; then for what is remembered of him."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccdialer.core.card import Deal
from ccdialer.core.found import CardStatus, Found
from ccdialer.crm.fault import CrmFault
from ccdialer.crm_settings import Crm, Order
from ccdialer.runtime.cards import Cards, open_cards
from tests.crm import asking
from tests.crm.fakes.server import HOLDING, FakeServer, Fault
from tests.runtime.crm_people import (
    ANNA,
    DOWN,
    NUMBER,
    HandClock,
    Told,
    cards_over,
    wait_until,
)

OK, STALE, NOTFOUND, TIMEOUT, ERROR, NONE = CardStatus
QUICK = Crm(budget_ms=50)
BORIS = replace(ANNA, source="two", name="Boris")


def said(found: Found) -> tuple[CardStatus, str]:
    return found.status, found.card.name if found.card else found.reason


# -- what is found ---------------------------------------------------------------------------------


def test_the_card_and_then_the_cache() -> None:
    crm = Told()
    cards = cards_over(crm)
    assert said(cards.find(NUMBER)) == (OK, "Anna")
    assert said(cards.find(NUMBER)) == (OK, "Anna")
    assert crm.asked == [NUMBER]
    assert said(cards.find(NUMBER, is_fresh=True)) == (OK, "Anna")
    assert crm.asked == [NUMBER, NUMBER]


def test_a_crm_that_is_late_and_one_that_is_down() -> None:
    crm = Told()
    cards = cards_over(crm, crm=QUICK)
    assert said(cards.find(NUMBER)) == (OK, "Anna")
    crm.gate.clear()
    assert said(cards.find("+1")) == (TIMEOUT, "crm_timeout")
    crm.gate.set()
    crm.answer = DOWN
    assert said(cards.find("+2")) == (ERROR, "crm_http_503")
    assert said(cards.find("")) == (NONE, "hidden_number")


def test_nobody_is_asked_for_a_hidden_number_or_without_a_crm() -> None:
    crm = Told()
    assert said(cards_over(crm).find("")) == (NONE, "hidden_number")
    assert said(cards_over(crm, projects=("a",)).find(NUMBER, "b")) == (NONE, "no_crm")
    assert said(open_cards(Crm(), []).find(NUMBER)) == (NONE, "no_crm")
    assert crm.asked == []


@pytest.mark.parametrize(
    "text", ["anonymous", "+7916;1", "${X}", "\0", "+" + "1" * 65536, "a\nb", "٣"]
)
def test_what_is_no_number_is_asked_of_nobody(text: str) -> None:
    crm = Told()
    assert said(cards_over(crm).find(text)) == (NONE, "no_number")
    assert crm.asked == []


def test_who_is_not_known_is_asked_for_again_sooner() -> None:
    crm, clock = Told(answer=None), HandClock()
    cards = cards_over(crm, clock=clock)
    assert said(cards.find(NUMBER)) == (NOTFOUND, "crm_unknown")
    clock.at += 59
    assert said(cards.find(NUMBER)) == (NOTFOUND, "crm_unknown")
    assert len(crm.asked) == 1
    clock.at += 2
    crm.answer = ANNA
    assert said(cards.find(NUMBER)) == (OK, "Anna")


def test_a_card_ages_from_fresh_to_stale_to_nothing() -> None:
    crm, clock = Told(), HandClock()
    cards = cards_over(crm, crm=Crm(fresh_s=100, stale_s=1000, pause_s=1), clock=clock)
    assert said(cards.find(NUMBER)) == (OK, "Anna")
    crm.answer = DOWN
    clock.at += 101
    found = cards.find(NUMBER)
    assert (said(found), found.reason) == ((STALE, "Anna"), "crm_http_503")
    clock.at += 1000
    assert said(cards.find(NUMBER)) == (ERROR, "crm_http_503")


def test_owners_are_agents_where_the_config_names_them() -> None:
    crm = Told(answer=replace(ANNA, deals=(Deal("1", owner="id:7"), Deal("2", owner="phone:3"))))
    card = cards_over(crm, owners={"7": "anna"}).find(NUMBER).card
    assert card is not None
    assert (card.owner, [d.owner for d in card.deals]) == ("login:anna", ["login:anna", "phone:3"])


# -- several CRMs ----------------------------------------------------------------------------------


def test_the_first_of_the_list_that_knows_him_counts() -> None:
    one, two = Told(), Told("two", BORIS)
    assert said(cards_over(one, two).find(NUMBER)) == (OK, "Anna")
    one.answer = None
    assert said(cards_over(one, two).find(NUMBER)) == (OK, "Boris")
    two.answer = None
    assert said(cards_over(one, two).find(NUMBER)) == (NOTFOUND, "crm_unknown")


def test_one_that_hangs_does_not_hide_what_another_knows() -> None:
    one, two = Told(), Told("two", BORIS)
    one.gate.clear()
    cards = cards_over(one, two, crm=QUICK)
    assert said(cards.find(NUMBER)) == (OK, "Boris")
    assert cards.sources[0].counts.late == 1
    one.gate.set()


def test_in_turn_the_second_is_asked_only_if_the_first_does_not_know() -> None:
    one, two = Told(), Told("two", BORIS)
    in_turn = Crm(order=Order.IN_TURN, budget_ms=2000)
    assert said(cards_over(one, two, crm=in_turn).find(NUMBER)) == (OK, "Anna")
    assert two.asked == []
    one.answer = DOWN
    assert said(cards_over(one, two, crm=in_turn).find(NUMBER)) == (OK, "Boris")
    two.answer = None
    assert said(cards_over(one, two, crm=in_turn).find(NUMBER)) == (ERROR, "crm_http_503")


def test_where_one_fails_nobody_is_called_unknown() -> None:
    one, two = Told(answer=None), Told("two", DOWN)
    assert said(cards_over(one, two).find(NUMBER)) == (ERROR, "crm_http_503")


# -- late answers, breaker -------------------------------------------------------------------------


def test_what_comes_too_late_is_there_for_the_next_call() -> None:
    crm = Told()
    cards = cards_over(crm, crm=QUICK)
    crm.gate.clear()
    assert said(cards.find(NUMBER)) == (TIMEOUT, "crm_timeout")
    crm.gate.set()
    wait_until(lambda: cards.cache.find("one", NUMBER) is not None)
    assert said(cards.find(NUMBER)) == (OK, "Anna")
    assert crm.asked == [NUMBER]


def test_a_hanging_crm_is_spared_and_comes_back() -> None:
    crm, clock = Told(), HandClock()
    cards = cards_over(crm, crm=Crm(budget_ms=20), clock=clock)
    crm.gate.clear()
    for n in range(3):
        assert said(cards.find(f"+{n}")) == (TIMEOUT, "crm_timeout")
    assert said(cards.find("+8")) == (ERROR, "crm_spared")
    assert said(cards.find("+9")) == (ERROR, "crm_spared")
    assert len(crm.asked) == 3
    crm.gate.set()
    wait_until(lambda: cards.sources[0].counts.found == 3)
    clock.at += 10
    assert said(cards_found(cards, "+8")) == (OK, "Anna")
    assert said(cards_found(cards, "+9")) == (OK, "Anna")


def cards_found(cards: Cards, number: str) -> Found:
    """With time enough for a thread of a busy machine."""
    cards.take(replace(cards.settings, budget_ms=5000), cards.sources)
    return cards.find(number)


# -- whatever happens ------------------------------------------------------------------------------

FATES = st.sampled_from(["knows", "does not", "fails", "refuses"])
ANSWER_OF = {"knows": ANNA, "does not": None, "fails": DOWN, "refuses": CrmFault("crm_limit", "")}


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(list(Order)),
    st.lists(st.tuples(st.lists(FATES, min_size=3, max_size=3), st.floats(0, 400)), max_size=12),
)
def test_a_card_is_never_made_up_and_nobody_is_called_unknown_in_doubt(
    order: Order, days: list[tuple[list[str], float]]
) -> None:
    people = [Told(f"crm{n}") for n in range(3)]
    clock = HandClock()
    crm = Crm(budget_ms=10_000, order=order, fresh_s=100, negative_s=20, stale_s=300)
    cards = cards_over(*people, crm=crm, clock=clock)
    known_at: dict[str, float] = {}
    for fates, pause_s in days:
        for person, fate in zip(people, fates, strict=True):
            person.answer = ANSWER_OF[fate]
        found = cards.find(NUMBER)
        wait_until(lambda: not any(each["under_way"] for each in cards.figures()["sources"]))
        for person in people:
            kept = cards.cache.find(person.name, NUMBER)
            if kept is not None and kept.card is not None:
                known_at[person.name] = kept.asked_at / 1000
        youngest = max(known_at.values(), default=-1e9)
        assert (found.card is not None) == (found.status in (OK, STALE))
        if found.status is OK:
            assert clock.at - youngest < crm.fresh_s
        if found.status is STALE:
            assert clock.at - youngest < crm.stale_s
        if found.status is NOTFOUND:
            asked = [cards.cache.find(person.name, NUMBER) for person in people]
            assert all(kept is not None and kept.card is None for kept in asked)
        assert found.status is not TIMEOUT
        clock.at += pause_s
    cards.close()


# -- every connector, every fault ------------------------------------------------------------------

KINDS = ("bitrix24", "amocrm", "rest")
EXPECTED = dict.fromkeys(Fault, ERROR) | dict.fromkeys(HOLDING, TIMEOUT)
LIMITS = {Fault.TOO_MANY_JSON, Fault.TOO_MANY_TEXT}


def cards_of(kind: str, server: FakeServer, budget_ms: int) -> Cards:
    crm = replace(asking.CRM, budget_ms=budget_ms, fresh_s=0.0, negative_s=0.0, pause_s=1.0)
    settings = asking.settings_of(kind, server, timeout_s=20.0, fresh_s=0.0)
    return open_cards(crm, [(settings, asking.opened(settings, crm))])


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("kind", KINDS)
def test_in_every_fault_the_caller_is_served(kind: str, fault: Fault) -> None:
    """Of a fault that holds, the answer is there while the server still holds the request; without
    a remembered card it is TIMEOUT or ERROR, with one the remembered card."""
    with asking.server_of(kind) as server:
        server.fault = fault
        budget_ms = 100 if fault in HOLDING else 10_000
        cards = cards_of(kind, server, budget_ms)
        found = cards.find(asking.NUMBER)
        assert (found.card, found.status) == (None, EXPECTED[fault]), found.reason
        assert (server.holding > 0) == (fault in HOLDING)
        if fault in LIMITS:
            assert found.reason == "crm_limit"
            assert cards.sources[0].breaker.is_tripped, "it is left alone at once"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", [Fault.HANG, Fault.TRICKLE_BODY, Fault.UNAVAILABLE, Fault.HTML])
def test_in_a_fault_the_remembered_stage_counts(kind: str, fault: Fault) -> None:
    with asking.server_of(kind) as server:
        cards = cards_of(kind, server, 10_000)
        before = cards.find(asking.NUMBER)
        assert before.status is OK
        server.fault = fault
        budget_ms = 100 if fault in HOLDING else 10_000
        cards.take(replace(cards.settings, budget_ms=budget_ms), cards.sources)
        found = cards.find(asking.NUMBER)
        assert (found.status, found.card) == (STALE, before.card)


def test_a_resolver_that_hangs_holds_up_no_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    lookup = socket.getaddrinfo

    def stalled(*words: Any, **more: Any) -> Any:
        assert released.wait(30)
        return lookup(*words, **more)

    with asking.server_of("rest") as server:
        cards = cards_of("rest", server, 50)
        monkeypatch.setattr(socket, "getaddrinfo", stalled)
        assert cards.find(asking.NUMBER).status is TIMEOUT
        assert server.ledger == []
        released.set()
        wait_until(lambda: cards.cache.find("rest", asking.NUMBER) is not None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_crm_is_spared_and_found_again(kind: str) -> None:
    with asking.server_of(kind) as server:
        clock = HandClock()
        crm = replace(asking.CRM, budget_ms=10_000, pause_s=10.0, fresh_s=0.0)
        settings = asking.settings_of(kind, server, timeout_s=20.0)
        opened: list[Any] = [(settings, asking.opened(settings, crm))]
        cards = open_cards(crm, opened, clock.clocks())
        server.fault = Fault.UNAVAILABLE
        for _ in range(3):
            assert cards.find(asking.NUMBER).reason == "crm_http_503"
        asked = len(server.ledger)
        for _ in range(20):
            assert cards.find(asking.NUMBER).reason == "crm_spared"
        assert len(server.ledger) == asked, "it is left in peace"
        server.fault = None
        clock.at += 10
        assert cards.find(asking.NUMBER).status is OK
        assert not cards.sources[0].breaker.is_tripped
