"""What `doctor` says of trunks: by what was seen, and of a real Asterisk."""

from __future__ import annotations

import asyncio
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from ccdialer.ari import AriSettings
from ccdialer.ari.rest import Rest
from ccdialer.cli.finding import Finding
from ccdialer.cli.trunk_checks import (
    SeenTrunk,
    findings,
    registration_states,
    trunk_checks,
)
from ccdialer.cli.trunk_keeping import Kept, Stored
from ccdialer.core.trunk import Rate, Trunk, TrunkSettings
from ccdialer.provider import Account, Provider, Transport, pjsip_conf
from tests.lab.asterisk import Asterisk, Plan
from tests.lab.ports import free_port
from tests.lab.sipp import Terms, provider, wait_until

MAIN = Trunk(1, "main", TrunkSettings("main", registers=True), {"7": Rate("7", 1)})
STORED = Stored(MAIN, Kept())
UP = SeenTrunk(True, "online")


def told(seen: SeenTrunk, registrations: dict[str, str] | None, stored: Stored = STORED) -> str:
    return " ".join(str(found.level) for found in findings(stored, seen, registrations))


def test_every_trouble_has_its_finding() -> None:
    assert told(UP, {"main": "Registered"}) == "OK"
    assert told(UP, {"main": "Rejected"}) == "FAIL OK"
    assert told(UP, {}) == "FAIL OK"
    assert told(UP, None) == "WARN OK"
    assert told(replace(UP, has_registration=False), {}) == "FAIL OK"
    assert told(replace(UP, state="offline"), {"main": "Registered"}) == "WARN"
    assert told(SeenTrunk(False), {}) == "FAIL"
    by_ip = Stored(replace(MAIN, settings=TrunkSettings("main"), rates={}), Kept())
    assert told(UP, None, by_ip) == "WARN OK"


def test_without_asterisk_nobody_knows_of_registrations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert registration_states() is None


@pytest.mark.lab
def test_a_real_asterisk_tells_of_its_trunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asterisk = Asterisk(tmp_path / "asterisk", Plan(agents=1, connect="inbound"))
    carrier = provider(tmp_path / "provider", free_port(), Terms())
    account = Provider("127.0.0.1", carrier.port, login="749512", addresses=("::2",), qualify_s=1)
    tcp = replace(account, transport=Transport.TCP)  # the lab has no such transport
    conf = pjsip_conf([Account("main", account, "secret"), Account("other", tcp, "secret")])
    (asterisk.folder / "etc" / "ccdialer_pjsip_trunks.conf").write_text(conf)
    asterisk.start()
    argv = [*asterisk.installation.argv, "-C", str(asterisk.folder / "etc" / "asterisk.conf")]
    (tmp_path / "asterisk.sh").write_text(f'#!/bin/sh\nexec {shlex.join(argv)} "$@"\n')
    (tmp_path / "bin").mkdir()
    (tmp_path / "asterisk.sh").rename(tmp_path / "bin" / "asterisk").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    try:
        wait_until(lambda: (registration_states() or {}).get("main") == "Registered", 20)
        wait_until(lambda: "Avail" in asterisk.command("pjsip show contacts"), 10, "OPTIONS")
        other, none = named("other"), named("none")
        plan = asterisk.plan
        settings = AriSettings(plan.ari_url, plan.ari_user, plan.ari_password)
        found = [f"{each.level} {each.seen}" for each in asyncio.run(ask(settings, other, none))]
        assert found[1] == "FAIL Asterisk does not register other"
        assert found[-2] == "FAIL Asterisk has no endpoint none"
        assert found[-1] == "WARN Asterisk waits 32 s for a provider that is silent"
        assert found[0] == "OK main is online, 1 prices"
    finally:
        carrier.stop()
        asterisk.remove()


def named(name: str) -> Stored:
    settings = replace(MAIN.settings, endpoint=name)
    return Stored(replace(MAIN, name=name, settings=settings), Kept())


async def ask(settings: AriSettings, *more: Stored) -> list[Finding]:
    async with Rest(settings) as rest:
        return await trunk_checks(rest, [STORED, *more])
