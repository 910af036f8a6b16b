"""One websocket over a real socket pair: order, oddities, silence and the end."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from ccdialer.ari.connection import BURST_S, Connection, _Promptness
from ccdialer.ari.words import Reply, Request
from tests.ari.told import until
from tests.lab.ports import free_port

Peer = web.WebSocketResponse


@asynccontextmanager
async def linked(timeout_s: float = 10) -> AsyncIterator[tuple[Connection, Peer]]:
    """A connection, and the far end of it in our hands."""
    peers: list[Peer] = []
    over = asyncio.Event()

    async def accept(request: web.BaseRequest) -> web.StreamResponse:
        peer = Peer()
        await peer.prepare(request)
        peers.append(peer)
        await over.wait()
        return peer

    runner = web.ServerRunner(web.Server(accept), shutdown_timeout=0.1)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with aiohttp.ClientSession() as session:
        quickly = aiohttp.ClientWSTimeout(ws_close=0.2)
        ws = await session.ws_connect(f"http://127.0.0.1:{port}/", heartbeat=0.4, timeout=quickly)
        try:
            yield Connection(ws, timeout_s), peers[0]
        finally:
            over.set()
            await ws.close()
            await runner.cleanup()


def run(connection: Connection, on_event: Callable[[dict[str, Any]], None]) -> asyncio.Task[str]:
    return asyncio.create_task(connection.run(on_event))


async def test_requests_go_out_in_order_and_replies_come_home() -> None:
    async with linked() as (connection, peer):
        running = run(connection, lambda event: None)
        replies: list[Reply] = []
        for number in range(50):
            connection.send(Request("POST", f"channels/{number}"), replies.append)
        assert connection.in_flight == 50
        sent = [json.loads((await peer.receive()).data) for _ in range(50)]
        assert [message["uri"] for message in sent] == [f"channels/{n}" for n in range(50)]
        for message in sent:
            answer = {"type": "RESTResponse", "request_id": message["request_id"]}
            await peer.send_json({**answer, "status_code": 204, "reason_phrase": "No Content"})
        await until(lambda: len(replies) == 50)
        await connection.close("enough")
        assert await running == "enough"


async def test_no_event_is_lost_to_an_odd_one(caplog: pytest.LogCaptureFixture) -> None:
    async with linked() as (connection, peer):
        seen: list[Any] = []

        def on_event(event: dict[str, Any]) -> None:
            seen.append(event["number"])

        running = run(connection, on_event)
        for text in ('{"type":"A","number":1}', "no json", '{"type":"B"}', "[]"):
            await peer.send_str(text)
        await peer.send_str('{"type":"A","number":2}')
        await until(lambda: seen == [1, 2], what=seen)
        assert len([r for r in caplog.records if "could not be used" in r.message]) == 3
        await connection.close()
        await running


async def test_a_cut_leaves_requests_in_doubt() -> None:
    async with linked() as (connection, peer):
        replies: list[Reply] = []
        running = run(connection, lambda event: None)
        connection.send(Request("POST", "channels/x"), replies.append)
        await peer.receive()
        await peer.close()
        await running
        assert [reply.certain for reply in replies] == [False]


async def test_a_peer_who_answers_no_ping_is_gone() -> None:
    async with linked() as (connection, _):  # nobody reads at the far end
        assert "PONG" in await run(connection, lambda event: None)


async def test_a_request_without_reply_expires() -> None:
    async with linked(timeout_s=0.1) as (connection, peer):
        replies: list[Reply] = []
        running = run(connection, lambda event: None)
        connection.send(Request("POST", "channels/x"), replies.append)
        await peer.receive()
        reading = asyncio.create_task(peer.receive())  # answers our pings
        await until(lambda: replies)
        assert (replies[0].reason, replies[0].certain) == ("no reply in time", False)
        await connection.close()
        await running
        await reading


class Plug:
    """A socket that writes down which options were set, and its websocket."""

    def __init__(self) -> None:
        self.options: list[tuple[int, ...]] = []

    def get_extra_info(self, name: str) -> Plug:
        assert name == "socket"
        return self

    def setsockopt(self, *option: int) -> None:
        self.options.append(option)


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="Linux only")
async def test_what_has_come_is_acknowledged_at_once_and_a_burst_in_handfuls() -> None:
    """The kernel puts it off for 40 ms otherwise, and Asterisk waits for it: each call suffers."""
    plug = Plug()
    acknowledge = _Promptness(plug)  # type: ignore[arg-type]
    for _ in range(100):
        acknowledge()
    assert plug.options == [(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)]
    await until(lambda: len(plug.options) == 2)  # for the other 99
    await asyncio.sleep(BURST_S)
    acknowledge()
    await until(lambda: len(plug.options) == 3)
