"""Everything that rules name is looked for: projects, queues, groups, agents, campaigns."""

from __future__ import annotations

import pytest

from ccdialer.cli.route_checks import MOST_TOLD, route_checks, strangers, wayless
from ccdialer.config import load
from ccdialer.core.routes import Did, Routes, Rule, When
from tests.cli.prompt import Prompt
from tests.cli.routed import queues, with_rules


def found(prompt: Prompt, *rules: str, **did: str) -> list[str]:
    """What is missing for rules with these targets, at a number of project sales."""
    known = {"project": "sales", "queue": "sales"} | did
    listed = tuple(Rule(str(place), to=to) for place, to in enumerate(rules))
    routes = Routes(dids={"401": Did(**known)}, scenarios={"a": listed})
    with prompt.database() as database:
        return strangers(database, routes)


@pytest.fixture
def site(prompt: Prompt) -> Prompt:
    """Queues consultants, sales and production; outbound campaign demo; agents anna and boris."""
    queues(prompt)
    prompt.import_agents()
    prompt.run("agent", "groups", "anna", "gold")
    return prompt


def test_what_is_there_is_not_named(site: Prompt) -> None:
    assert found(site, "queue sales", "queue sales/production", "agent anna", "group gold") == []
    assert found(site, "extension 200", "voicemail 1", "hangup", fallback="queue sales") == []


def test_what_is_not_there_is_named_with_what_is(site: Prompt) -> None:
    assert found(site, "queue sale", "agent ana", "group golf", "callback later") == [
        'scenarios.a.0: project "sales" has no queue "sale"; did you mean sales?',
        'scenarios.a.1: there is no agent "ana"; did you mean anna?',
        'scenarios.a.2: there is no group "golf"; did you mean gold?',
        'scenarios.a.3: project "sales" has no callback campaign "later"; there is none yet',
    ]
    assert found(site, "queue other/sales") == [
        'scenarios.a.0: project "other" has no queue "sales"; there is none yet'
    ]


def test_a_campaign_of_another_mode_is_no_queue(site: Prompt) -> None:
    (told,) = found(site, "queue demo")
    assert told == 'scenarios.a.0: campaign "demo" of sales is in mode predictive, not inbound'


def test_numbers_are_looked_at_too(site: Prompt) -> None:
    assert found(site, "hangup", project="sails") == [
        'dids.401: there is no project "sails"; did you mean sales?'
    ]
    assert found(site, fallback="queue nigth", queue="") == [
        'dids.401.fallback: project "sales" has no queue "nigth";'
        " known: consultants, production, sales"
    ]


def test_queues_of_asterisk_are_its_own_business(site: Prompt) -> None:
    did = Did("sales", fallback="queue of-asterisk")
    with site.database() as database:
        assert strangers(database, Routes(dids={"401": did}, app_queue=True)) == []


def doctor(prompt: Prompt) -> list[tuple[str, str]]:
    return [(str(each.level), each.seen) for each in route_checks(load(prompt.config))]


def test_doctor_says_whether_callers_are_routed(prompt: Prompt) -> None:
    assert doctor(prompt) == []
    queues(prompt)
    assert doctor(prompt) == [("WARN", "there are queues, and no rules that send callers there")]
    with_rules(prompt)
    assert doctor(prompt) == [("OK", "version 1: rules: 3, numbers: 1")]


def test_doctor_names_what_has_gone_since(prompt: Prompt) -> None:
    with_rules(prompt)
    with prompt.database() as database:
        database.run("UPDATE campaign SET name = 'offers' WHERE name = 'sales'")
    (told,) = doctor(prompt)
    assert told[0] == "WARN"
    assert told[1].startswith('version 1: scenarios.by-stage.sales: project "sales" has no queue')


# --- callers whom no rule takes -----------------------------------------------------------------


def test_a_number_is_named_once_with_what_becomes_of_its_callers() -> None:
    rules = (Rule("tula", When(city=("Tula",)), "queue sales"), Rule("all", When(known=True), "x"))
    dids = {
        "401": Did("sales", scenario="a"),
        "402": Did("sales", scenario="a", fallback="extension 200"),
        "403": Did("sales", scenario="b"),
        "404": Did("sales", city="Tula", scenario="a"),
    }
    routes = Routes(
        dids=dids, other_dids=Did("sales", scenario="c"),
        scenarios={"a": rules, "b": rules[:1], "c": (Rule("all", to="queue sales"),)},
    )  # fmt: skip
    ways = "go by the dialplan's own (context CCDIALER_FALLBACK, else a message)"
    assert wayless(routes) == [
        "dids.401: no fallback: callers whom no rule fits, those who hide their numbers, all while"
        f" the CRM is silent {ways}",
        f"dids.403: no rule fits, and no fallback: its calls {ways}",
        "other_dids: no fallback: those who hide their numbers, all while the CRM is silent"
        f" {ways}",
    ]


def test_doctor_names_some_of_many(prompt: Prompt) -> None:
    queues(prompt)
    text = "dids:\n" + "".join(f"  '{n}': {{project: sales}}\n" for n in range(400, 410))
    rules = "scenarios: {a: [{name: all, to: queue sales}]}\n"
    told = prompt.run("route", "apply", str(prompt.file("rules.yaml", text + rules))).stderr
    assert told.count("no fallback: those who hide their numbers") == 10
    assert prompt.run("route", "numbers").stderr.count("dids.401: no fallback") == 1
    found = doctor(prompt)
    assert [level for level, _ in found] == ["WARN"] * (MOST_TOLD + 1)
    assert found[-1][1] == "version 1: 5 more such"
