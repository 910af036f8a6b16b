"""Whoever falls through the rules is of a kind that was foretold; and what is sure is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from ccdialer.core.facts import SILENT, Facts
from ccdialer.core.gaps import EVERYBODY, SEEN, Kind, fitting, gaps
from ccdialer.core.routes import Did, Opening, Routes, Rule, When
from ccdialer.core.routing import book_of, route
from tests.core.routing_samples import BY_STAGE, DID, calls, sets

UNSEEN = frozenset({Kind.HIDDEN, Kind.SILENT})
OPEN, CLOSED = When(schedule=Opening.OPEN), When(schedule=Opening.CLOSED)


def kind_of(facts: Facts) -> Kind:
    if not facts.number:
        return Kind.HIDDEN
    if facts.card in SILENT:
        return Kind.SILENT
    return Kind.KNOWN if facts.is_known else Kind.UNKNOWN


@given(sets, calls)
def test_nobody_falls_through_unforetold(routes: Routes, facts: Facts) -> None:
    book = book_of(routes)
    if not book.knows(facts.did):
        return
    number = facts.did if facts.did in routes.dids else None
    rule = route(book, facts).rule
    if not rule:
        assert kind_of(facts) in gaps(book, number)
    else:
        assert any(True for _ in fitting(book, number)), "a rule that took a call can fit it"


def of(*whens: When, did: Did | None = None) -> frozenset[Kind]:
    rules = tuple(Rule(str(n), when, "queue sales") for n, when in enumerate(whens))
    known = did or Did("sales", ad_channel="site", city="Kaluga", schedule="office")
    return gaps(book_of(replace(BY_STAGE, dids={DID: known}, scenarios={"a": rules})), DID)


@pytest.mark.parametrize(
    ("whens", "left"),
    [
        ((), EVERYBODY),
        ((When(),), UNSEEN),
        ((When(stage=("Paid",)),), EVERYBODY),
        ((When(stage=("Paid",)), When()), UNSEEN),
        ((When(did=(DID,)),), set()),
        ((When(city=("kaluga ",)),), set()),
        ((When(city=("Tula",)), When()), UNSEEN),
        ((OPEN,), EVERYBODY),
        ((OPEN, CLOSED), set()),
        ((OPEN, When()), UNSEEN),
        ((When(hidden=True), When()), {Kind.SILENT}),
        ((When(known=True), When(known=False)), UNSEEN),
        ((When(known=False),), UNSEEN | {Kind.KNOWN}),
        ((When(known=True, schedule=Opening.CLOSED), OPEN), UNSEEN | {Kind.UNKNOWN}),
    ],
)  # fmt: skip
def test_what_is_sure(whens: tuple[When, ...], left: frozenset[Kind]) -> None:
    assert of(*whens) == left


def test_a_number_without_hours_is_always_open() -> None:
    assert of(OPEN, did=Did("sales")) == set()
    assert of(CLOSED, did=Did("sales")) == EVERYBODY


def test_of_other_numbers_nobody_knows_which_is_called() -> None:
    rules = (Rule("tula", When(did=("402",)), "queue sales"), Rule("all", to="queue sales"))
    book = book_of(Routes(scenarios={"a": rules}, other_dids=Did("sales")))
    assert len(list(fitting(book, None))) == 2
    assert gaps(book, None) == EVERYBODY - SEEN


def test_rules_for_other_numbers_cannot_fit() -> None:
    rule = Rule("tula", When(city=("Tula",)), "queue sales")
    book = book_of(replace(BY_STAGE, scenarios={"a": (rule,)}))
    assert not list(fitting(book, DID))
