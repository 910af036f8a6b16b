"""The baseline: the same ARI operations over the same websocket, with no core and no storage."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import sys
from collections import deque
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import aiohttp
from aiohttp import web

from tests.bench.figures import Job, Watch, say

try:
    import orjson
    import uvloop

    LOOP: Any = uvloop.new_event_loop
    dumps: Any = lambda value: orjson.dumps(value).decode()  # noqa: E731
    loads: Any = orjson.loads
except ImportError:
    LOOP, dumps, loads = None, json.dumps, json.loads

WANTED = (
    *("StasisStart", "ChannelDestroyed", "ChannelEnteredBridge", "ChannelStateChange"),
    *("RESTResponse", "ApplicationReplaced"),
)


class Bare:
    """Fifty agents in their bridges; each gets the next client as soon as the last one is gone."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.watch = Watch(job)
        self.ws: web.WebSocketResponse | None = None
        self.free: deque[str] = deque()  # bridges of agents without a client
        self.bridge_of: dict[str, str] = {}  # client's leg -> bridge
        self.agents: dict[str, str] = {}  # agent's leg -> bridge
        self.serial = 0
        self.tag = uuid4().hex[:20]
        self.connected = asyncio.Event()
        self.sending: set[asyncio.Future[None]] = set()

    def send(self, method: str, path: str, **query: Any) -> None:
        assert self.ws is not None
        self.serial += 1
        uri = f"{path}?{urlencode(query)}" if query else path
        message = {
            "type": "RESTRequest",
            "request_id": str(self.serial),
            "method": method,
            "uri": uri,
        }
        sending = asyncio.ensure_future(self.ws.send_str(dumps(message)))
        self.sending.add(sending)
        sending.add_done_callback(self.sending.discard)

    def originate(self, leg: str, endpoint: str) -> None:
        query = {"endpoint": endpoint, "app": self.job.app, "timeout": 30}
        self.send("POST", f"channels/{quote(leg)}", **query)

    def sign_in(self) -> None:
        for number in range(1, self.job.agents + 1):
            leg, bridge = f"{self.tag}-agent-{number:06}", f"{self.tag}-bridge-{number:06}"
            self.agents[leg] = bridge
            self.send("POST", f"bridges/{bridge}", type="mixing")
            self.originate(leg, f"PJSIP/agent{number}")

    def next_call(self) -> None:
        if self.free and not self.watch.is_over():
            leg = f"{self.tag}-client-{self.serial:08}"
            self.bridge_of[leg] = self.free.popleft()
            self.originate(leg, f"PJSIP/79001{self.serial % 1_000_000:06}@carrier")

    def hear(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "RESTResponse" or "channel" not in message:
            return
        leg = message["channel"]["id"]
        if leg in self.agents:
            self.hear_agent(kind, leg)
        elif leg in self.bridge_of:
            self.watch.hear(message)
            self.hear_client(kind, leg)

    def hear_agent(self, kind: str, leg: str) -> None:
        if kind == "StasisStart":
            self.send("POST", f"bridges/{self.agents[leg]}/addChannel", channel=leg)
        elif kind == "ChannelEnteredBridge":
            self.free.append(self.agents[leg])
            self.next_call()

    def hear_client(self, kind: str, leg: str) -> None:
        if kind == "StasisStart":
            self.send("POST", f"bridges/{self.bridge_of[leg]}/addChannel", channel=leg)
        elif kind == "ChannelEnteredBridge":
            hang_up = lambda: self.send("DELETE", f"channels/{leg}")  # noqa: E731
            asyncio.get_running_loop().call_later(self.watch.talk_s(), hang_up)
        elif kind == "ChannelDestroyed":
            self.free.append(self.bridge_of.pop(leg))
            self.watch.cycle_done()
            self.next_call()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        self.ws = web.WebSocketResponse(protocols=("ari",), max_msg_size=0)
        await self.ws.prepare(request)
        self.connected.set()
        plug = self.ws.get_extra_info("socket")
        async for frame in self.ws:
            plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)  # Asterisk leaves Nagle on
            self.hear(loads(frame.data))
        return self.ws

    async def run(self) -> None:
        app = web.Application()
        app.router.add_get("/ari", self.serve)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.job.listen_port)
        await site.start()
        await self.connected.wait()
        await self.set_filter()
        self.sign_in()
        assert self.ws is not None
        while not self.watch.is_over():
            self.watch.is_measuring()
            await asyncio.sleep(0.1)
        figures = self.watch.figures()
        await self.clear()
        say(figures)
        await site.stop()  # first: Asterisk knocks again at once, and would wait for ever
        await self.ws.close()
        await runner.cleanup()

    async def set_filter(self) -> None:
        token = base64.b64encode(f"{self.job.username}:{self.job.password}".encode()).decode()
        headers = {"Authorization": f"Basic {token}"}
        url = f"{self.job.url}/applications/{self.job.app}/eventFilter"
        wanted = {"allowed": [{"type": name} for name in WANTED]}
        async with aiohttp.ClientSession(headers=headers) as http:
            await http.put(url, json=wanted)

    async def clear(self) -> None:
        await asyncio.sleep(self.job.talk_s + 1)
        for leg, bridge in self.agents.items():
            self.send("DELETE", f"channels/{leg}")
            self.send("DELETE", f"bridges/{bridge}")
        await asyncio.sleep(1)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=LOOP) as loop:
        loop.run(Bare(Job(**json.loads(sys.argv[1]))).run())
