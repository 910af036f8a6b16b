"""Past calls over other rules: shares by target, and which calls change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer.core.facts import Facts
from ccdialer.core.found import CardStatus
from ccdialer.core.routes import Routes, Rule
from ccdialer.core.routing import book_of, route
from ccdialer.reports.route_replay import changes, replayed, shares
from ccdialer.storage.routed import Routed
from tests.core.routing_samples import BY_STAGE, KNOWN, staged

ONE_QUEUE = replace(BY_STAGE, scenarios={"a": (Rule("all", to="queue consultants"),)})


def past(facts: Facts, routes: Routes = ONE_QUEUE, index: int = 1) -> Routed:
    """A call as it went by some rules."""
    decision = route(book_of(routes), facts)
    assert decision.target is not None
    row = {
        "id": f"{index:032x}",
        "number": facts.number,
        "did": facts.did,
        "stage": facts.stage,
        "target_kind": decision.target.kind,
        "target": decision.target.name,
        "reason": decision.reason,
        "arrived_at": index,
    }
    return Routed(row, facts, decision.trace, decision.rule, 1)


WEEK = (
    *[replace(KNOWN, card=CardStatus.NOTFOUND)] * 5,
    *[staged("")] * 1,
    *[staged("Proposal sent")] * 3,
    *[staged("Paid")] * 1,
)


def test_the_sources_case_six_of_ten_still_reach_the_consultants() -> None:
    found = replayed(map(past, WEEK), book_of(ONE_QUEUE), book_of(BY_STAGE))
    table = shares(found)
    assert list(table.rows) == [
        ("queue consultants", 10, 10, 1.0, 6, 0.6, -4),
        ("queue sales", 0, 0, 0.0, 3, 0.3, 3),
        ("queue production", 0, 0, 0.0, 1, 0.1, 1),
    ]
    assert table.note == "4 of 10 calls (40.0%) go elsewhere"


def test_rules_that_say_the_same_change_nothing() -> None:
    found = replayed((past(each, BY_STAGE) for each in WEEK), book_of(BY_STAGE), book_of(BY_STAGE))
    assert (found.changed, found.changes) == (0, [])
    assert found.went == found.before == found.after


def test_calls_that_change_are_listed_with_both_rules() -> None:
    calls = [past(each, index=n) for n, each in enumerate(WEEK)]
    rows = list(changes(replayed(calls, book_of(ONE_QUEUE), book_of(BY_STAGE))).rows)
    assert rows[0] == (
        *(f"{6:032x}", 6, KNOWN.number, KNOWN.did, "Proposal sent", "queue consultants"),
        *("rule.all", "queue sales", "rule.sales"),
    )
    assert len(rows) == 4


@pytest.mark.parametrize("fallback", ["", "extension 200"])
def test_where_nothing_takes_a_call_the_fallback_is_a_target_too(fallback: str) -> None:
    did = replace(BY_STAGE.dids[KNOWN.did], fallback=fallback)
    routes = replace(BY_STAGE, dids={KNOWN.did: did})
    found = replayed([past(replace(KNOWN, number=""))], book_of(ONE_QUEUE), book_of(routes))
    (target,) = found.after
    assert target == (fallback or "the dialplan's own fallback")
