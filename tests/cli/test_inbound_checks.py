"""What `doctor` says of calls that come in: by what it sees, and of a real Asterisk."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from ccdialer.ari import AriSettings
from ccdialer.ari.census import modules
from ccdialer.ari.rest import Rest
from ccdialer.cli import inbound_checks
from ccdialer.cli.finding import Finding, Level
from ccdialer.cli.inbound_checks import MODULES
from ccdialer.cli.site_checks import Wants
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, Mode
from tests.lab.agi import Answers, Server
from tests.lab.fixtures import Lab, lab

__all__ = ["lab"]

QUEUE = Campaign(1, 1, "sales", CampaignState.ACTIVE, CampaignSettings("", mode=Mode.INBOUND))


def test_modules_that_are_missing_are_named() -> None:
    assert not list(inbound_checks.missing_modules(frozenset(MODULES)))
    (found,) = inbound_checks.missing_modules(frozenset(MODULES) - {"res_agi.so"})
    assert (found.level, found.seen.split()[0]) == (Level.FAIL, "res_agi.so")


@pytest.mark.parametrize(
    ("status", "level", "word"),
    [
        ("SUCCESS:OK:11", Level.OK, "reaches"),
        ("SUCCESS:NOTFOUND:11", Level.OK, "reaches"),
        ("SUCCESS:OK", Level.WARN, "older"),
        ("SUCCESS:DENIED:11", Level.FAIL, "refuse"),
        ("SUCCESS::11", Level.FAIL, "do not answer"),
        ("FAILURE::11", Level.FAIL, "does not reach"),
        ("STALLED::11", Level.FAIL, "does not reach"),
        ("::11", Level.FAIL, "does not reach"),
        (None, Level.FAIL, "no context"),
    ],
)
def test_how_far_asterisk_comes(status: str | None, level: Level, word: str) -> None:
    found = inbound_checks.reach_finding(status, [QUEUE])
    assert found.level is level
    assert word in found.seen


def test_a_queue_that_does_not_work_yet_may_lack_its_dialplan() -> None:
    draft = replace(QUEUE, state=CampaignState.DRAFT)
    assert inbound_checks.reach_finding(None, [draft]).level is Level.WARN


def test_a_site_that_names_no_fallback_is_told() -> None:
    (named,) = inbound_checks.own_way("CCDIALER_FALLBACK", "reception", "it is night", True)
    (wrong,) = inbound_checks.own_way("CCDIALER_FALLBACK", "recepton", "it is night", False)
    (none,) = inbound_checks.own_way("CCDIALER_FALLBACK", "", "it is night", True)
    assert (named.level, wrong.level, none.level) == (Level.OK, Level.FAIL, Level.WARN)
    assert "no context recepton" in wrong.seen


def test_calls_that_the_daemon_did_not_take_are_told() -> None:
    assert not list(inbound_checks.refused(""))
    (found,) = inbound_checks.refused("3")
    assert found.level is Level.WARN
    assert found.seen.startswith("3 calls")


def look(lab: Lab, *campaigns: Campaign) -> list[Finding]:
    plan = lab.asterisk.plan
    settings = AriSettings(plan.ari_url, plan.ari_user, plan.ari_password, plan.app, plan.connect)

    async def ask() -> list[Finding]:
        async with Rest(settings) as rest:
            running = await modules(rest)
            return await inbound_checks.inbound_checks(rest, Wants((), campaigns), running)

    return asyncio.run(ask())


@pytest.mark.lab
@pytest.mark.parametrize(
    ("answers", "level"),
    [({"is_open": {"CCD_STATUS": "OK"}}, Level.OK), ({}, Level.FAIL)],
)
def test_a_real_asterisk_tells_what_it_got(lab: Lab, answers: Answers, level: Level) -> None:
    with Server(lab.asterisk.plan.agi_port, answers) as server:
        findings = look(lab, QUEUE)
    assert [found.level for found in findings] == [level, Level.OK, Level.OK]
    assert server.requests == ["is_open"]


@pytest.mark.lab
def test_a_real_asterisk_without_scripts(lab: Lab) -> None:
    lab.asterisk.command("dialplan set global CCDIALER_CLOSED nowhere")
    findings = look(lab, QUEUE)
    lab.asterisk.command("dialplan set global CCDIALER_CLOSED lab-closed")
    assert [found.level for found in findings] == [Level.FAIL, Level.OK, Level.FAIL]
    assert "no context nowhere" in findings[2].seen
    assert not look(lab), "a site without queues is not asked for their dialplan"
