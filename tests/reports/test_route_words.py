"""A call's path is told so that an admin understands why it went where it went."""

from __future__ import annotations

from dataclasses import replace

from ccdialer.core.facts import Past
from ccdialer.core.found import CardStatus
from ccdialer.core.routes import Opening, When
from ccdialer.core.routing import book_of, route
from ccdialer.reports.route_words import asked_of, judged, lines_of, why
from tests.core.routing_samples import BY_STAGE, KNOWN, staged

BOOK = book_of(BY_STAGE)


def test_what_a_rule_asks_for() -> None:
    assert asked_of(When()) == "anybody who can be looked up"
    when = When(
        stage=("Paid", "Done"),
        schedule=Opening.OPEN,
        hidden=False,
        least_deals=0,
        fields={"segment": ("vip", "gold")},
    )
    assert asked_of(when) == (
        "schedule: open; hidden: no; stage: Paid, Done; least_deals: 0;"
        " fields: segment = vip or gold"
    )


def test_the_path_of_a_client() -> None:
    facts = replace(
        staged("Proposal sent"),
        owner="login:anna",
        open_deals=2,
        fields={"segment": "gold"},
        past=Past(callback_of="", tried_by="login:theo"),
    )
    assert list(lines_of(judged(facts, route(BOOK, facts), 20.0))) == [
        "+79161234567 calls +74842400149 (project sales, ad channel site, city Kaluga)",
        "CRM: ok, stage Proposal sent, owner login:anna, open deals 2, segment gold",
        "before: a callback is pending (nobody in particular); we tried to reach him lately (theo)",
        "     night: it is open, not closed",
        "     production: stage is Proposal sent, not Paid or In production",
        "  -> sales: matched",
        'goes to: queue sales (rule "sales"); offered first: theo (attempt) for 20 s, if free',
    ]


def test_the_path_of_whoever_was_not_looked_up() -> None:
    facts = replace(KNOWN, number="", past=None, card=CardStatus.NONE)
    lines = list(lines_of(judged(facts, route(BOOK, facts), None)))
    assert lines[0].startswith("a hidden number calls +74842400149")
    assert lines[2] == "before: the database did not answer in time"
    assert lines[-1] == "goes to: queue reception (the caller hides his number)"


def test_reasons_in_words() -> None:
    assert why("rule.vip: gold") == 'rule "vip: gold"'
    assert why("crm_timeout") == "the CRM did not answer in time"
    assert why("of a later version") == "of a later version"
