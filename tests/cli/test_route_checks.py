"""Everything that rules name is looked for: projects, queues, groups, agents, campaigns."""

from __future__ import annotations

import pytest

from ccdialer.cli.route_checks import route_checks, strangers
from ccdialer.config import load
from ccdialer.core.routes import Did, Routes, Rule
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
