"""The census of a real Asterisk: our legs and bridges, and nothing of others."""

from __future__ import annotations

import time

import pytest

from ccdialer.ari import SeenBridge, census
from ccdialer.ari.rest import Rest
from ccdialer.core.commands import CloseBridge, HangUp, OpenBridge, Originate
from ccdialer.core.events import LegEnded, LegJoined, SeenLeg
from tests.ari.told import answered, new_leg, settings_of, switched, until
from tests.lab.fixtures import Lab

pytestmark = pytest.mark.lab


async def test_our_legs_and_bridges_are_counted_others_are_not(lab: Lab) -> None:
    settings = settings_of(lab.asterisk.plan, "inbound")
    async with switched(settings) as (switch, told), Rest(settings) as rest:
        leg = await answered(switch, told, Originate(new_leg(), "PJSIP/agent1", "1", 5, 60))
        far = await answered(
            switch, told, Originate(new_leg(), "Local/answer@lab-callee", "1", 5, 60)
        )
        switch.perform(OpenBridge("ccd-counted", (leg,)))
        await until(lambda: told.of(LegJoined), what=told.events)
        await switch.request("POST", "bridges/strange", {"type": "mixing"})
        lab.asterisk.command("channel originate Local/answer@lab-callee application Wait 60")
        seen = await census.take(rest, settings.app)
        assert set(seen.legs) == {SeenLeg(leg, True, "ccd-counted"), SeenLeg(far, True, None)}
        assert seen.bridges == (SeenBridge("ccd-counted", (leg,)),)
        assert seen.version.startswith("2")
        assert time.time() - 3600 < seen.started_at < time.time()
        for command in (HangUp(leg), HangUp(far), CloseBridge("ccd-counted")):
            switch.perform(command)
        await switch.request("DELETE", "bridges/strange")
        lab.asterisk.command("channel request hangup all")
        await until(lambda: len(told.of(LegEnded)) >= 2, what=told.events)


async def test_endpoints_and_modules_are_listed_for_the_doctor(lab: Lab) -> None:
    async with Rest(settings_of(lab.asterisk.plan, "inbound")) as rest:
        names = {endpoint.name for endpoint in await census.endpoints(rest)}
        assert {"PJSIP/agent1", "PJSIP/carrier"} <= names
        running = await census.modules(rest)
    assert {"app_amd.so", "res_ari.so"} <= running
