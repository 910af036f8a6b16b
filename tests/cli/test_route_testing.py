"""`route test` shows the path of a call that may come, `route explain` that of calls that came."""

from __future__ import annotations

import json

import pytest

from tests.cli.prompt import Prompt
from tests.cli.routed import called, preset, with_rules

CALLER = "8 916 123-45-67"


@pytest.fixture
def site(prompt: Prompt) -> Prompt:
    with_rules(prompt)
    return prompt


def test_the_path_of_a_caller(site: Prompt) -> None:
    said = site.run("route", "test", CALLER, "--stage", "Proposal sent", "--owner", "anna").stdout
    assert said.splitlines() == [
        "+79161234567 calls +74842400149 (project sales, ad channel site, city Kaluga)",
        "CRM: ok, stage Proposal sent, owner login:anna, open deals 1",
        "before: nothing was between him and us",
        "     production: stage is Proposal sent, not Paid or In production",
        "  -> sales: matched",
        'goes to: queue sales (rule "sales"); offered first: anna (owner) for 20 s, if free',
    ]


@pytest.mark.parametrize(
    ("words", "target", "reason"),
    [
        ((CALLER, "--crm", "notfound"), "consultants", "rule.consultants"),
        ((CALLER, "--crm", "timeout"), "consultants", "crm_timeout"),
        ((CALLER, "--crm", "stale", "--stage", "Paid"), "production", "rule.production"),
        (("hidden",), "consultants", "hidden_number"),
        ((CALLER, "--stage", "paid", "--did", "4842400149"), "production", "rule.production"),
        ((CALLER, "--deals", "2", "--field", "segment=gold"), "consultants", "rule.consultants"),
        ((CALLER, "--deals", "0"), "consultants", "rule.consultants"),
        ((CALLER,), "consultants", "rule.consultants"),  # the site has no CRM
    ],
)
def test_what_the_crm_would_say_decides(
    site: Prompt, words: tuple[str, ...], target: str, reason: str
) -> None:
    found = json.loads(site.run("route", "test", *words, "--format", "json").stdout)
    assert (found["target_kind"], found["target"], found["reason"]) == ("queue", target, reason)
    assert found["rules"][-1]["matched"] == reason.startswith("rule.")


def test_a_field_has_a_name_and_a_value(site: Prompt) -> None:
    for words in ("segment", "=gold"):
        bad = site.run("route", "test", CALLER, "--field", words, code=2).stderr
        assert f'"{words}" is no NAME=VALUE' in bad


def test_other_rules_and_hours_can_be_tried(site: Prompt) -> None:
    night = "    - {name: night, when: {schedule: closed}, to: announcement closed}\n"
    text = preset(site).replace("office: always", 'office: {mon-fri: "09:00-20:00"}')
    text = text.replace("  by-stage:\n", f"  by-stage:\n{night}")
    words = ("route", "test", CALLER, "--rules", str(site.file("new.yaml", text)))
    moscow_night = site.run(*words, "--at", "2026-11-24T23:30:00+03:00").stdout
    assert 'goes to: announcement closed (rule "night")' in moscow_night
    moscow_noon = site.run(*words, "--at", "2026-11-24T12:30:00+03:00").stdout
    assert "     night: it is open, not closed" in moscow_noon


def test_what_cannot_be_meant_is_told(site: Prompt) -> None:
    said = site.run("route", "test", "12", code=1).stderr
    assert said == (
        'ccdialer: "12" is not a phone number (2 digits, 10 expected); of a caller who hides his'
        " write: hidden\n"
    )
    site.run("route", "apply", str(site.file("none.yaml", "other_dids: {project: sales}\n")))
    said = site.run("route", "test", CALLER, code=1).stderr
    assert said.startswith("ccdialer: say which number is called: --did")
    assert "goes to: the dialplan's own fallback" in (
        site.run("route", "test", CALLER, "--did", "401").stdout
    )


def test_past_calls_are_explained(site: Prompt) -> None:
    first = called(site, CALLER, "Proposal sent")
    second = called(site, CALLER, leg="1.2")
    hidden = called(site, "", leg="1.3")
    told = site.run("route", "explain", *CALLER.split()).stdout.splitlines()
    assert [line.split(",")[0] for line in told if line.startswith("call ")] == [
        f"call {second}",
        f"call {first}",
    ]
    told = site.run("route", "explain", first).stdout.splitlines()
    assert told[1:] == [
        "+79161234567 calls +74842400149 (project sales, ad channel site, city Kaluga)",
        "CRM: ok, stage Proposal sent, owner login:anna, open deals 1",
        "before: nothing was between him and us",
        "     production: stage is Proposal sent, not Paid or In production",
        "  -> sales: matched",
        'went to: queue sales (rule "sales", version 1 of the rules); offered first: anna',
    ]
    assert hidden in site.run("route", "explain", "hidden").stdout
    (page,) = json.loads(site.run("route", "explain", first, "--format", "json").stdout)
    assert (page["rule"], page["version"], page["facts"]["stage"]) == ("sales", 1, "Proposal sent")


def test_calls_that_are_not_there_are_named(site: Prompt) -> None:
    said = site.run("route", "explain", "f" * 32, code=1).stderr
    assert said == f"ccdialer: no call of {'f' * 32} was routed by rules\n"
    assert "is not a phone number" in site.run("route", "explain", "xyz", code=1).stderr


CLIENTS = "number,name,owner,deal,stage\n89161234567,Ivan,phone:anna,7,In production\n"


def test_the_crm_of_the_site_is_asked(site: Prompt) -> None:
    path = site.file("clients.csv", CLIENTS)
    crm = f"crm: {{budget_ms: 5000, connectors: [{{kind: csv, name: book, path: {path}}}]}}\n"
    site.config.write_text(site.config.read_text() + crm)
    found = json.loads(site.run("route", "test", CALLER, "--format", "json").stdout)
    assert (found["target"], found["facts"]["card"], found["facts"]["stage"]) == (
        *("production", "OK", "In production"),
    )
    assert (found["owner"], found["owner_as"]) == ("anna", "owner")  # by his phone, PJSIP/anna
    stranger = site.run("route", "test", "89160000000").stdout
    assert "CRM: notfound" in stranger
    assert 'goes to: queue consultants (rule "consultants")' in stranger
