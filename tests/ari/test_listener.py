"""The door for Asterisk's websocket: who is let in, and who is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from ccdialer.ari.connection import Websocket
from ccdialer.ari.listener import Listener
from ccdialer.ari.rest import basic
from ccdialer.ari.settings import AriSettings
from ccdialer.errors import SwitchUnreachable
from tests.ari.told import until
from tests.lab.ports import free_port


class Door:
    """A listener with its guests and its complaints."""

    def __init__(self) -> None:
        self.settings = AriSettings(username="cc", password="right", listen_port=free_port())
        self.troubles: list[SwitchUnreachable] = []
        self.guests: list[Websocket] = []
        self.listener = Listener(self.settings, self.serve, self.troubles.append)
        self.url = f"http://127.0.0.1:{self.settings.listen_port}"

    async def serve(self, ws: Websocket) -> str:
        self.guests.append(ws)
        await ws.receive()
        return "ended"

    async def knock(self, path: str = "/ari", account: str = basic("cc", "right")) -> int:
        """The status that a guest is met with."""
        headers = {"Authorization": account}
        async with aiohttp.ClientSession(headers=headers) as session:
            try:
                async with session.ws_connect(self.url + path, protocols=("ari",)) as ws:
                    assert ws.protocol == "ari"
            except aiohttp.WSServerHandshakeError as error:
                return error.status
        return 101


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    await door.listener.open()
    yield door
    await door.listener.close()


async def test_who_knows_the_password_is_let_in(door: Door) -> None:
    assert await door.knock() == 101
    await until(lambda: door.guests)
    assert door.troubles == []


@pytest.mark.parametrize("account", [basic("cc", "wrong"), basic("", ""), "", "Bearer ü"])
async def test_others_are_not_and_the_admin_is_told(door: Door, account: str) -> None:
    assert await door.knock(account=account) == 401
    assert door.guests == []
    assert "wrong username or password; make them the same" in str(door.troubles[0])


async def test_another_path_leads_nowhere(door: Door) -> None:
    assert await door.knock("/other") == 404


async def test_a_plain_request_is_told_to_upgrade(door: Door) -> None:
    headers = {"Authorization": basic("cc", "right")}
    async with aiohttp.request("GET", f"{door.url}/ari", headers=headers) as answer:
        assert answer.status == 426


async def test_a_taken_port_is_told_in_a_sentence(door: Door) -> None:
    second = Listener(door.settings, door.serve, door.troubles.append)
    with pytest.raises(SwitchUnreachable, match=r"free the port, or choose .* in ari\.listen"):
        await second.open()
    await second.close()


async def test_deaf_it_lets_nobody_in_but_keeps_its_guest(door: Door) -> None:
    guest = asyncio.create_task(door.knock())
    await until(lambda: door.guests)
    await door.listener.deafen()
    with pytest.raises(aiohttp.ClientConnectorError):
        await door.knock()
    await guest
