"""Asterisk reads its SIP configuration again and tells what it has, asked of a real one."""

from __future__ import annotations

import pytest

from ccdialer.ari import AriSettings, pjsip
from ccdialer.ari.rest import Rest
from tests.lab.fixtures import Lab
from tests.lab.sipp import wait_until

pytestmark = pytest.mark.lab

CONF = """
[late]
type = endpoint
aors = late
[late]
type = aor
contact = sip:127.0.0.1:9
"""


async def test_what_a_reload_brings_and_takes_away(running_lab: Lab) -> None:
    plan = running_lab.asterisk.plan
    conf = running_lab.asterisk.folder / "etc" / "ccdialer_pjsip_trunks.conf"
    settings = AriSettings(plan.ari_url, plan.ari_user, plan.ari_password)
    async with Rest(settings) as rest:
        assert not await pjsip.has(rest, "endpoint", "late")
        assert await pjsip.has(rest, "endpoint", "agent1")
        conf.write_text(CONF)
        await pjsip.reload(rest)
        assert await pjsip.has(rest, "endpoint", "late")
        assert not await pjsip.has(rest, "registration", "late")
        conf.unlink()
        await pjsip.reload(rest)
        assert not await pjsip.has(rest, "endpoint", "late")
    wait_until(lambda: "late" not in running_lab.asterisk.command("pjsip show aors"), 5)
