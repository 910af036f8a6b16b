"""A call's route is written once, whichever comes first, and can be decided again from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from ccdialer.core.card import Card
from ccdialer.core.commands import RecordRoute
from ccdialer.core.facts import Facts, with_card
from ccdialer.core.found import CardStatus, Found
from ccdialer.core.queue import Fate
from ccdialer.core.routes import Routes, Rule, When
from ccdialer.core.routing import Book, book_of, route
from ccdialer.storage import Database
from ccdialer.storage.routed import (
    MOST_STEPS,
    _routed,
    routed_between,
    routed_call,
    routed_of,
    trace_text,
)
from tests.core.routing_samples import BY_STAGE, KNOWN, calls, sets, staged
from tests.storage.callers import agent_of, comes, ends, queue_of
from tests.storage.samples import NOW, at, carry, number

BOOK = book_of(BY_STAGE, version=3)


def routed(index: int = 1, facts: Facts | None = None, after_s: float = 0.0) -> RecordRoute:
    """The route of the caller of number(index), at the time of the samples."""
    facts = replace(facts or staged("Proposal sent"), number=number(index))
    decision = route(BOOK, facts)
    assert decision.target is not None
    return RecordRoute(
        call_id=f"{index:032x}",
        leg_id=f"1800000000.{index}",
        number=facts.number,
        did=facts.did,
        at=at(after_s),
        target_kind=decision.target.kind,
        target=decision.target.name,
        reason=decision.reason,
        trace=trace_text(facts, decision, BOOK.version),
        stage=facts.stage,
        card_status="ok",
    )


def test_a_route_is_kept_with_its_facts_and_steps(db: Database) -> None:
    carry(db, routed())
    found = routed_call(db, f"{1:032x}")
    assert found is not None
    assert (found.rule, found.version) == ("sales", 3)
    assert found.facts == replace(staged("Proposal sent"), number=number(1))
    assert found.steps == route(BOOK, found.facts).trace
    assert found.row["target"] == "sales"
    assert found.row["owner"] is None
    assert routed_call(db, "f" * 32) is None


def fates(db: Database) -> tuple[object, ...]:
    (row,) = db.rows(
        "SELECT fate, ended_at, target, campaign_id, queued_at, arrived_at FROM inbound_call"
    )
    return row


@pytest.mark.parametrize("is_first", [True, False])
def test_the_queue_may_come_first_or_later(db: Database, is_first: bool) -> None:
    queue = queue_of(db)
    both = [routed(), comes(queue, 1, 2.0)]
    carry(db, *(both if is_first else reversed(both)))
    waits = (None, None, "sales", queue.id, NOW + 2000, NOW)
    assert fates(db) == waits
    carry(db, *both)  # a batch that is carried out again
    assert fates(db) == waits


def test_what_became_of_a_caller_stays_when_his_route_comes_late(db: Database) -> None:
    queue = queue_of(db)
    came = comes(queue, 1)
    carry(db, came, ends(came, Fate.LEFT))
    carry(db, routed())
    assert fates(db)[:3] == ("left", NOW + 35_000, "sales")


def test_a_call_that_no_queue_of_ours_has_ends_with_its_route(db: Database) -> None:
    gone = replace(routed(), target_kind="extension", target="200", ends_here=True)
    carry(db, gone)
    assert fates(db)[:2] == ("sent_on", NOW)
    assert routed_of(db, number(1), 1)[0].row["fate_reason"] == "extension 200"
    carry(db, comes(queue_of(db), 1, 5.0))  # the dialplan has sent him into a queue after all
    assert fates(db)[:2] == (None, None)


def test_a_later_route_of_the_same_call_holds(db: Database) -> None:
    carry(db, routed(), replace(routed(after_s=9.0), target="production"))
    assert fates(db)[2] == "production"
    assert fates(db)[5] == NOW


def test_calls_are_read_by_number_and_by_time(db: Database) -> None:
    anna = agent_of(db, "anna")
    for index in range(1, 6):
        carry(db, replace(routed(index, after_s=index), owner_id=anna))
    carry(db, comes(queue_of(db), 9))  # nobody has asked for a route
    assert [each.row["number"] for each in routed_of(db, number(2), 5)] == [number(2)]
    page = routed_between(db, NOW + 2000, NOW + 5000, (NOW + 1999, ""), 2)
    assert [each.row["number"] for each in page] == [number(2), number(3)]
    last = (page[-1].row["arrived_at"], page[-1].row["id"])
    (left,) = routed_between(db, NOW + 2000, NOW + 5000, last, 2)
    assert left.row["number"] == number(4)
    assert left.row["owner"] == "anna"


def test_hostile_words_of_a_crm_are_kept_harmless_and_short(db: Database) -> None:
    fields = {"x\x00\ud800": "a\x00\ud800" + "b" * 5000, **{str(n): "v" for n in range(99)}}
    card = Card("crm", owner="\x00", stage="Pa\x00id\n" * 500, fields=fields)
    facts = with_card(KNOWN, Found(card, CardStatus.OK))
    carry(db, routed(1, facts))
    (found,) = routed_of(db, number(1), 1)
    assert len(trace_text(facts, route(BOOK, facts), 1)) < 5000
    assert found.facts.fields["x"].startswith("abbb")
    assert len(found.facts.fields) == 40
    assert found.row["stage"].startswith("PaidPaid")


def test_of_very_many_rules_the_first_and_the_last_are_kept() -> None:
    many = tuple(Rule(f"r{n}", When(stage=("x",)), "hangup") for n in range(500))
    book = book_of(replace(BY_STAGE, scenarios={"a": (*many, Rule("last", to="queue q"))}))
    text = trace_text(staged("Paid"), route(book, staged("Paid")), 1)
    assert text.count('["r') == MOST_STEPS - 1
    assert "461 more rules did not fit" in text
    assert '"last"' in text
    assert len(text) < 5000


@given(sets, calls)
def test_the_same_is_decided_again_from_what_was_kept(routes: Routes, facts: Facts) -> None:
    book: Book = book_of(routes)
    decision = route(book, facts)
    text = trace_text(facts, decision, 1)
    row = ("", facts.number, "", "", "", "", "", "", "", "", text, 0, None, "", None)
    again = route(book, _routed(row).facts)
    assert (again.target, again.rule, again.owner) == (
        *(decision.target, decision.rule, decision.owner),
    )
