"""One websocket with Asterisk, from its handshake to its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType
from aiohttp.web import WebSocketResponse

from ccdialer.ari.rows import OnReply, Rows
from ccdialer.ari.words import Request, loads

Websocket = ClientWebSocketResponse | WebSocketResponse

log = logging.getLogger(__name__)

EXPIRE_EVERY_S = 0.5
BURST_S = 0.002
CLOSE_WITHIN_S = 2.0
"""How long a peer may take to say goodbye: a dead one never does, and a new one may wait."""


class Connection:
    """Reads events, sends requests. `run` lives as long as the websocket."""

    def __init__(self, ws: Websocket, timeout_s: float) -> None:
        self._ws = ws
        self._loop = asyncio.get_running_loop()
        self._out: deque[str] = deque()
        self._wake = asyncio.Event()
        self._rows = Rows(self._write, timeout_s)
        self._reason = ""  # for which we end it

    @property
    def in_flight(self) -> int:
        """How many requests wait for their reply."""
        return len(self._rows)

    def send(self, request: Request, on_reply: OnReply) -> None:
        """Send a request; `on_reply` is called once, later, whatever becomes of it."""
        self._rows.send(request, on_reply, self._loop.time())

    async def run(self, on_event: Callable[[dict[str, Any]], None]) -> str:
        """Hand every event to `on_event` until the websocket ends; returns why it ended."""
        tasks = [self._loop.create_task(self._writer()), self._loop.create_task(self._expirer())]
        reason = "the daemon stops"
        try:
            ended = await self._reader(on_event)
            reason = self._reason or ended
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._ws.close()
            self._rows.fail(f"connection to Asterisk lost: {reason}")
        return reason

    async def close(self, reason: str = "") -> None:
        """End the websocket; `run` returns soon, with this reason."""
        self._reason = reason
        await self._ws.close()

    async def _reader(self, on_event: Callable[[dict[str, Any]], None]) -> str:
        acknowledge = _Promptness(self._ws)
        while True:
            message = await self._ws.receive()
            acknowledge()
            if message.type is WSMsgType.TEXT:
                self._take(message.data, on_event)
            elif message.type is not WSMsgType.BINARY:
                return str(self._ws.exception() or f"closed with code {self._ws.close_code}")

    def _take(self, data: str, on_event: Callable[[dict[str, Any]], None]) -> None:
        try:
            message = loads(data)
            if message["type"] == "RESTResponse":
                self._rows.receive(message)
            else:
                on_event(message)
        except Exception:  # one odd message must not cost the calls of all others
            log.exception("a message of Asterisk could not be used: %.500s", data)

    def _write(self, text: str) -> None:
        # One writing task instead of one per request: order is kept, and a burst costs one wake-up.
        self._out.append(text)
        self._wake.set()

    async def _writer(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._out:
                await self._ws.send_str(self._out.popleft())

    async def _expirer(self) -> None:
        while True:
            await asyncio.sleep(EXPIRE_EVERY_S)
            self._rows.expire(self._loop.time())


class _Promptness:
    """Acknowledges at once what has come; to be called after every message.

    Asterisk leaves Nagle's algorithm on where it has opened the websocket itself: its next event
    waits until the last is acknowledged, which Linux puts off for 40 ms. A call from dialing to
    talking took 90 ms instead of 8. Linux forgets TCP_QUICKACK after a while, hence every time; but
    in a burst once per BURST_S, so that its events still come in handfuls.
    """

    def __init__(self, ws: Websocket) -> None:
        self._plug = ws.get_extra_info("socket")
        self._option = getattr(socket, "TCP_QUICKACK", None)  # Linux only
        self._loop = asyncio.get_running_loop()
        self._resting = self._owed = False

    def __call__(self) -> None:
        self._owed = True
        if not self._resting:
            self._acknowledge()

    def _acknowledge(self) -> None:
        self._resting = self._owed
        if self._owed and self._plug is not None and self._option is not None:
            self._owed = False
            # Closed meanwhile (uvloop says ValueError); receive() will tell.
            with contextlib.suppress(OSError, ValueError):
                self._plug.setsockopt(socket.IPPROTO_TCP, self._option, 1)
            self._loop.call_later(BURST_S, self._acknowledge)
