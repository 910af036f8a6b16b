"""What `doctor` says of Asterisk: by what it sees, and of a real one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace

import pytest

from ccdialer.ari import AriSettings
from ccdialer.ari.census import SeenEndpoint
from ccdialer.cli import switch_checks
from ccdialer.cli.finding import Finding, Level
from ccdialer.cli.site_checks import Wants
from ccdialer.cli.switch_checks import NEEDED, RECORDERS, WANTED
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, Mode
from ccdialer.core.queue import QueueSettings
from tests.lab.fixtures import Lab, lab

__all__ = ["lab"]

ANNA = Agent(1, "anna", "Anna", "PJSIP/anna", True, frozenset({1}))
SETTINGS = CampaignSettings("PJSIP/{digits}@trunk", safe_harbour="sound:sorry", amd=True)
DEMO = Campaign(1, 1, "demo", CampaignState.ACTIVE, SETTINGS)
EVERY = frozenset([*NEEDED, *WANTED, "chan_pjsip.so", "app_amd.so", "res_websocket_client.so"])


def told(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(str(found.level), found.what) for found in findings]


@pytest.mark.parametrize(
    ("version", "connect", "levels"),
    [
        ("22.10.1", "outbound", ["OK"]),
        ("23.2.0", "outbound", ["OK"]),
        ("22.7.0~dfsg-1", "outbound", ["OK", "WARN"]),
        ("22.4.0", "outbound", ["OK", "FAIL", "WARN", "WARN"]),
        ("22.4.0", "inbound", ["OK", "WARN", "WARN"]),
        ("20.6.0", "inbound", ["OK", "WARN", "WARN", "WARN"]),
        ("18.26.4", "inbound", ["FAIL"]),
        ("GIT-master-abc", "inbound", ["WARN"]),
    ],
)
def test_versions(version: str, connect: str, levels: list[str]) -> None:
    findings = switch_checks.version_findings(version, connect)
    assert [str(found.level) for found in findings] == levels


def test_modules() -> None:
    wants = Wants((ANNA,), (DEMO,))
    (found,) = switch_checks.module_findings(EVERY, "outbound", wants)
    assert found.level is Level.OK
    for name in ("app_stasis.so", "app_amd.so", "res_websocket_client.so", "chan_pjsip.so"):
        (missing,) = switch_checks.module_findings(EVERY - {name}, "outbound", wants)
        assert (missing.level, missing.seen.split()[0]) == (Level.FAIL, name)
    plain = Wants((), (replace(DEMO, settings=replace(SETTINGS, amd=False)),))
    without = EVERY - {"app_amd.so", "res_websocket_client.so", "codec_alaw.so"}
    assert told(switch_checks.module_findings(without, "inbound", plain)) == [
        ("WARN", "modules"),
        ("OK", "modules"),
    ]


def test_modules_that_record_are_needed_where_a_campaign_records() -> None:
    recording = replace(DEMO, settings=replace(SETTINGS, record=True))
    missing = list(switch_checks.module_findings(EVERY, "outbound", Wants((), (recording,))))
    assert {found.seen.split()[0] for found in missing} == set(RECORDERS)
    complete = EVERY | set(RECORDERS)
    assert told(switch_checks.module_findings(complete, "outbound", Wants((), (recording,)))) == [
        ("OK", "modules")
    ]


def test_the_notice_is_a_sound_like_others() -> None:
    noticed = replace(DEMO, settings=replace(SETTINGS, record_notice="sound:recorded"))
    findings = list(switch_checks.sound_findings(frozenset({"sorry"}), (noticed,)))
    assert [found.seen for found in findings if found.level is Level.FAIL] == [
        "demo: there is no sound recorded"
    ]


@pytest.mark.parametrize(
    ("dial", "endpoint"),
    [
        ("PJSIP/{digits}@trunk", "PJSIP/trunk"),
        ("PJSIP/anna", "PJSIP/anna"),
        ("PJSIP/anna/sip:1@host", "PJSIP/anna"),
        ("Local/{digits}@out", None),
        ("PJSIP/{digits}", None),
    ],
)
def test_endpoint_of_a_dial_string(dial: str, endpoint: str | None) -> None:
    assert switch_checks.endpoint_of(dial) == endpoint


def test_endpoints() -> None:
    wants = Wants((ANNA,), (DEMO,))

    def look(*seen: SeenEndpoint, wants: Wants = wants) -> list[tuple[str, str]]:
        return told(switch_checks.endpoint_findings(seen, wants))

    trunk, anna = SeenEndpoint("PJSIP/trunk", "online"), SeenEndpoint("PJSIP/anna", "online")
    assert look(trunk, anna) == [("OK", "trunks"), ("OK", "phones")]
    assert look() == [("FAIL", "trunks"), ("FAIL", "phones")]
    away = (replace(trunk, state="offline"), replace(anna, state="offline"))
    assert look(*away) == [("WARN", "trunks"), ("WARN", "phones")]
    draft = replace(DEMO, state=CampaignState.DRAFT)
    assert look(wants=Wants((), (draft,))) == [("WARN", "trunks")]


def test_sounds() -> None:
    settings = replace(SETTINGS, announce="tone:ring,sound:a/b")
    demo = replace(DEMO, settings=settings)
    found = list(switch_checks.sound_findings(frozenset({"sorry"}), (demo,)))
    assert told(found) == [("OK", "sounds"), ("FAIL", "sounds")]
    assert "a/b" in found[1].seen
    silent = replace(DEMO, settings=replace(SETTINGS, safe_harbour=""))
    assert told(switch_checks.sound_findings(None, (silent,))) == [("WARN", "sounds")]


def test_sounds_of_a_queue_are_its_greeting_and_its_offer() -> None:
    queue = QueueSettings(greeting="sound:welcome", offer_sound="sound:offer")
    settings = CampaignSettings("", mode=Mode.INBOUND, queue=queue)
    found = switch_checks.sound_findings(
        frozenset({"welcome"}), (replace(DEMO, settings=settings),)
    )
    assert [(each.level, each.seen) for each in found] == [
        (Level.OK, "demo: welcome"),
        (Level.FAIL, "demo: there is no sound offer"),
    ]


def check(settings: AriSettings, wants: Wants | None = None) -> list[Finding]:
    return asyncio.run(switch_checks.switch_checks(settings, wants or Wants()))


@pytest.mark.lab
def test_a_real_asterisk(lab: Lab) -> None:
    plan = lab.asterisk.plan
    settings = AriSettings(plan.ari_url, plan.ari_user, plan.ari_password, plan.app, plan.connect)
    agents = tuple(replace(ANNA, id=n, login=f"a{n}", phone=f"PJSIP/agent{n}") for n in (1, 2))
    works = replace(
        DEMO,
        settings=CampaignSettings(
            "PJSIP/{digits}@carrier", safe_harbour="sound:im-sorry", amd=True
        ),
    )
    found = check(settings, Wants(agents, (works,)))
    assert {each.level for each in found} == {Level.OK}, found
    assert {"ARI", "rights", "version", "clocks", "modules", "trunks", "phones", "sounds"} == {
        each.what for each in found
    }
    broken = replace(
        DEMO, settings=CampaignSettings("PJSIP/{digits}@nowhere", safe_harbour="sound:no-such")
    )
    found = check(settings, Wants((ANNA,), (broken,)))
    assert [each.what for each in found if each.level is Level.FAIL] == [
        *("trunks", "phones", "sounds"),
    ]


@pytest.mark.lab
def test_a_wrong_password(lab: Lab) -> None:
    plan = lab.asterisk.plan
    (found,) = check(AriSettings(plan.ari_url, plan.ari_user, "wrong", plan.app))
    assert found.level is Level.FAIL
    assert "refuses the account" in found.seen


def test_a_wrong_address() -> None:
    (found,) = check(AriSettings("http://127.0.0.1:1/ari"))
    assert (found.level, found.what) == (Level.FAIL, "ARI")
    assert "does not answer" in found.seen
