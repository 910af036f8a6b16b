"""The first rule that fits decides, everything is told, and nothing makes routing fail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from ccdialer.core.facts import Facts, Past
from ccdialer.core.found import CardStatus
from ccdialer.core.routes import Did, First, Routes, Rule, When
from ccdialer.core.routing import NO_BOOK, book_of, route
from ccdialer.core.target import Target, TargetKind, target_of
from tests.core.routing_samples import (
    BY_STAGE,
    CALLER,
    DID,
    KNOWN,
    NIGHT,
    NOON,
    calls,
    sets,
    staged,
)

BOOK = book_of(BY_STAGE)


def goes(facts: Facts, routes: Routes = BY_STAGE) -> str:
    return str(route(book_of(routes), facts).target)


# --- whatever the rules, whoever calls ----------------------------------------------------------


@given(sets, calls)
def test_the_first_rule_that_fits_decides_and_each_one_before_it_is_told(
    routes: Routes, facts: Facts
) -> None:
    book = book_of(routes)
    names = [ready.rule.name for ready in book.rules(facts.did)]
    decision = route(book, facts)
    asked = [step.rule for step in decision.trace]
    assert asked == names[: len(asked)]
    assert all(step.words for step in decision.trace)
    if decision.rule:
        assert decision.reason == f"rule.{decision.rule}"
        assert [step.is_match for step in decision.trace] == [False] * (len(asked) - 1) + [True]
        assert asked[-1] == decision.rule
    else:
        assert asked == names
        assert not any(step.is_match for step in decision.trace)


@given(sets, calls)
def test_every_call_has_the_target_of_its_rule_or_the_fallback(
    routes: Routes, facts: Facts
) -> None:
    book = book_of(routes)
    decision = route(book, facts)
    rules = {ready.rule.name: ready.rule for each in book.scenarios.values() for ready in each}
    said = rules[decision.rule].to if decision.rule else decision.did.fallback
    assert decision.target == target_of(said)
    assert decision.target is not None or (not decision.rule and not decision.did.fallback)


@given(sets, calls)
def test_a_rule_fits_alone_as_it_fits_among_others(routes: Routes, facts: Facts) -> None:
    """No rule is judged otherwise for the rules around it."""
    decision = route(book_of(routes), facts)
    for place, step in enumerate(decision.trace):
        (name,) = routes.scenarios
        alone = replace(routes, scenarios={name: (routes.scenarios[name][place],)})
        (only,) = route(book_of(alone), facts).trace
        assert only == step


@given(sets, calls)
def test_whoever_was_not_looked_up_is_never_taken_by_what_only_a_crm_tells(
    routes: Routes, facts: Facts
) -> None:
    unseen = replace(facts, card=CardStatus.TIMEOUT)
    decision = route(book_of(routes), unseen)
    if decision.rule:
        (rule,) = (r for rs in routes.scenarios.values() for r in rs if r.name == decision.rule)
        when = rule.when
        card = (when.known, when.least_deals, when.most_deals)
        assert card == (None, None, None)
        assert (when.stage, when.pipeline, when.owner, when.fields) == ((), (), (), {})
        assert when != When()


# --- the shipped rules --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "queue"),
    [
        ("Paid", "production"),
        ("in production", "production"),
        ("Proposal sent", "sales"),
        ("Lost", "consultants"),
        ("", "consultants"),
    ],
)
def test_callers_go_by_the_stage_of_their_deal(stage: str, queue: str) -> None:
    decision = route(BOOK, staged(stage))
    assert decision.target == Target(TargetKind.QUEUE, queue)
    assert decision.queue == queue


def test_an_unknown_caller_goes_to_consultants() -> None:
    assert goes(replace(KNOWN, card=CardStatus.NOTFOUND)) == "queue consultants"
    assert goes(replace(KNOWN, card=CardStatus.NONE)) == "queue consultants"


def test_a_hidden_number_goes_by_the_fallback() -> None:
    decision = route(BOOK, replace(KNOWN, number=""))
    assert (str(decision.target), decision.reason) == ("queue reception", "hidden_number")


@pytest.mark.parametrize("status", [CardStatus.TIMEOUT, CardStatus.ERROR])
def test_while_the_crm_is_silent_the_fallback_holds(status: CardStatus) -> None:
    decision = route(BOOK, replace(staged("Paid"), card=status))
    assert (str(decision.target), decision.reason) == ("queue reception", f"crm_{status.lower()}")


def test_a_stale_stage_is_a_stage() -> None:
    assert goes(replace(staged("Paid"), card=CardStatus.STALE)) == "queue production"


@pytest.mark.parametrize("number", ["", CALLER])
def test_hours_hold_for_those_too_who_were_not_looked_up(number: str) -> None:
    facts = replace(KNOWN, number=number, card=CardStatus.TIMEOUT, at=NIGHT)
    assert goes(facts) == "announcement closed"


def test_a_rule_for_hidden_numbers_takes_them() -> None:
    rule = Rule("hidden", When(hidden=True), "voicemail 1")
    routes = replace(BY_STAGE, scenarios={"a": (rule, *BY_STAGE.scenarios["by-stage"])})
    assert goes(replace(KNOWN, number=""), routes) == "voicemail 1"
    assert goes(KNOWN, routes) == "queue consultants"


def test_a_number_of_which_nothing_is_said_has_the_dialplans_own_fallback() -> None:
    for book in (BOOK, NO_BOOK):
        decision = route(book, replace(KNOWN, did="+70000000000"))
        assert (decision.target, decision.reason) == (None, "unknown_did")


def test_other_numbers_can_stand_for_something_too() -> None:
    routes = replace(BY_STAGE, other_dids=Did("sales", fallback="extension 200"))
    assert goes(replace(staged("Paid"), did="999"), routes) == "queue production"
    assert goes(replace(KNOWN, did="999", number=""), routes) == "extension 200"


# --- who is offered him first -------------------------------------------------------------------

EVERYBODY = Past("login:clara", "login:theo", "login:lena")


@pytest.mark.parametrize(
    ("past", "owner", "expected", "as_what"),
    [
        (EVERYBODY, "login:olga", "clara", First.CALLBACK),
        (replace(EVERYBODY, callback_of=""), "login:olga", "theo", First.ATTEMPT),
        (Past(last_agent="login:lena"), "login:olga", "olga", First.OWNER),
        (Past(last_agent="login:lena"), "phone:101", "lena", First.LAST_AGENT),
        (Past(), "", "", None),
        (None, "login:olga", "olga", First.OWNER),
    ],
)
def test_whoever_is_found_first_is_offered_the_caller(
    past: Past | None, owner: str, expected: str, as_what: First | None
) -> None:
    decision = route(BOOK, replace(staged("Proposal sent"), past=past, owner=owner))
    assert (decision.owner, decision.first, decision.owner_first_s) == (expected, as_what, 20.0)


def test_a_rule_may_say_another_order_or_nobody() -> None:
    facts = replace(KNOWN, past=EVERYBODY, owner="login:olga")

    def owner(rule: Rule) -> str:
        return route(book_of(replace(BY_STAGE, scenarios={"a": (rule,)})), facts).owner

    assert owner(Rule("a", to="queue x", first=(First.LAST_AGENT, First.OWNER))) == "lena"
    assert owner(Rule("a", to="queue x", first=())) == ""
    assert owner(Rule("a", to="queue x", owner_first_s=0.0)) == ""
    assert owner(Rule("a", to="extension 200")) == ""


def test_groups_and_agents_are_waited_for_in_a_queue() -> None:
    def decision(rule: Rule):  # type: ignore[no-untyped-def]
        return route(book_of(replace(BY_STAGE, scenarios={"a": (rule,)})), KNOWN)

    group = decision(Rule("a", to="group gold", queue="vip", priority=9))
    assert (group.queue, group.groups, group.priority) == ("vip", frozenset({"gold"}), 9)
    agent = decision(Rule("a", to="agent anna"))
    assert (agent.queue, agent.owner, agent.groups) == ("consultants", "anna", frozenset())


def test_the_same_facts_are_decided_alike_later() -> None:
    assert route(BOOK, KNOWN) == route(book_of(BY_STAGE), KNOWN)
    assert KNOWN.at == NOON
    assert BOOK.knows(DID)
