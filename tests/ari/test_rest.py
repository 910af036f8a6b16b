"""HTTP to a real Asterisk, and sentences for the admin where it fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer.ari.rest import AccountRefused, Rest, basic
from ccdialer.ari.settings import AriSettings
from ccdialer.ari.words import Request
from ccdialer.errors import SwitchUnreachable
from tests.ari.told import settings_of
from tests.lab.fixtures import Lab
from tests.lab.ports import free_port


def test_the_account_is_written_as_rfc_7617_says() -> None:
    assert basic("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


@pytest.mark.lab
async def test_parameters_travel_in_the_body_and_refusals_come_back(lab: Lab) -> None:
    async with Rest(settings_of(lab.asterisk.plan, "inbound")) as rest:
        made = await rest.request(Request("POST", "bridges/ccd-rest", {"type": "mixing"}))
        assert made.json["id"] == "ccd-rest"
        assert (await rest.request(Request("DELETE", "bridges/ccd-rest"))).status == 204
        gone = await rest.request(Request("DELETE", "bridges/ccd-rest"))
        assert gone.why == "404 Bridge not found"


@pytest.mark.lab
async def test_a_wrong_password_tells_what_to_do(lab: Lab) -> None:
    settings = replace(settings_of(lab.asterisk.plan, "inbound"), password="wrong")
    async with Rest(settings) as rest:
        with pytest.raises(AccountRefused, match=r"the same as in ari\.conf"):
            await rest.get("asterisk/info")
        with pytest.raises(AccountRefused, match=r"the same as in ari\.conf"):
            await rest.websocket()


@pytest.mark.lab
async def test_a_wrong_path_tells_what_to_do(lab: Lab) -> None:
    settings = settings_of(lab.asterisk.plan, "inbound")
    async with Rest(replace(settings, url=settings.url + "x")) as rest:
        with pytest.raises(SwitchUnreachable, match=r"check ari\.url"):
            await rest.get("asterisk/info")


async def test_nobody_there_is_certain_and_told() -> None:
    settings = AriSettings(url=f"http://127.0.0.1:{free_port()}/ari")
    async with Rest(settings) as rest:
        reply = await rest.request(Request("POST", "channels/x"))
        assert (reply.status, reply.certain) == (0, True)
        with pytest.raises(SwitchUnreachable, match="does not answer at http"):
            await rest.websocket()


@pytest.mark.lab
async def test_silence_is_a_doubt(lab: Lab) -> None:
    settings = replace(settings_of(lab.asterisk.plan, "inbound"), request_timeout_s=0.3)
    lab.asterisk.freeze()
    try:
        async with Rest(settings) as rest:
            reply = await rest.request(Request("GET", "asterisk/ping"))
    finally:
        lab.asterisk.freeze(False)
    assert (reply.status, reply.certain) == (0, False)
