"""The switch: keeps the connection to Asterisk alive, carries out commands, reports events."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ccdialer.ari import census, deeds
from ccdialer.ari.census import Census
from ccdialer.ari.connection import Connection, Websocket
from ccdialer.ari.lanes import Lanes
from ccdialer.ari.listener import Listener
from ccdialer.ari.rest import AccountRefused, Rest
from ccdialer.ari.rows import FRAME_LIMIT, has_rows
from ccdialer.ari.settings import AriSettings
from ccdialer.ari.translate import Translator
from ccdialer.ari.words import Reply, Request, unsent
from ccdialer.core.commands import SwitchCommand
from ccdialer.core.events import Event, PhoneCalled
from ccdialer.errors import SwitchUnreachable

log = logging.getLogger(__name__)

NOT_CONNECTED = unsent("no connection to Asterisk")


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the owner of a switch is told; see the room's door sign."""

    on_event: Callable[[Event], None]
    on_found: Callable[[Census], None]
    on_lost: Callable[[str], None]
    on_trouble: Callable[[SwitchUnreachable], None]


class Switch:
    """One Asterisk. `start` and `close` it in the loop in whose thread it is used."""

    def __init__(self, settings: AriSettings, hooks: Hooks) -> None:
        self._settings = settings
        self._hooks = hooks
        self._style = deeds.Style(settings.app, two_step=not settings.listens)
        self._translate = Translator(two_step=self._style.two_step)
        self._rest = Rest(settings)
        self._lanes = Lanes(self._rest.request)
        self._listener = Listener(settings, self._serve, self._trouble)
        self._connector: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        self._one_at_a_time = asyncio.Lock()
        self._rows = False
        self._found = False
        self._held: list[Event] = []  # events that arrive while channels are being counted
        self._told = ""  # the trouble last reported

    @property
    def connected(self) -> bool:
        """Whether commands can be carried out now."""
        return self._found

    async def start(self) -> None:
        """Begin to seek Asterisk; what becomes of it is told by the hooks.
        Raises SwitchUnreachable only where the port to listen on cannot be had."""
        await self._rest.open()
        if self._settings.listens:
            await self._listener.open()
        seek = self._await_knock if self._settings.listens else self._keep_connecting
        self._connector = asyncio.create_task(seek())

    async def close(self) -> None:
        """Leave Asterisk alone; calls there go on."""
        if self._connector:
            self._connector.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._connector
        if self._connection:
            await self._connection.close()
        await self._listener.close()
        await self._lanes.close()
        await self._rest.close()

    def perform(self, command: SwitchCommand) -> None:
        """Have the command carried out. A failure comes back through `on_event`, later."""
        deed = _Deed(command, self)
        if not self._found:
            asyncio.get_running_loop().call_soon(deed, NOT_CONNECTED)
            return
        requests = deeds.requests_for(command, self._style)
        if not self._rows:
            self._lanes.send(deeds.keys(command), requests, deed)
            return
        for request in requests:
            self._send(request, deed)

    async def census(self) -> Census:
        """Count what is ours in Asterisk now. Raises SwitchUnreachable."""
        return await census.take(self._rest, self._settings.app)

    async def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Send any request. Never raises; reads and big ones go over HTTP."""
        request = Request(method, path, body)
        if not (self._found and self._rows) or method == "GET" or len(str(body)) > FRAME_LIMIT // 2:
            return await self._rest.request(request)
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._send(request, lambda reply: _settle(answer, reply))
        return await answer

    def _send(self, request: Request, on_reply: Callable[[Reply], Any]) -> None:
        if self._rows and self._connection:
            self._connection.send(request, on_reply)
        else:
            self._lanes.send((request.path,), (request,), on_reply)

    # --- the life of a connection -----------------------------------------------------------------

    async def _keep_connecting(self) -> None:
        settings, pause = self._settings, self._settings.retry_s
        while True:
            try:
                ws = await self._rest.websocket()
            except SwitchUnreachable as error:
                self._trouble(error)
                refused = isinstance(error, AccountRefused)
                await asyncio.sleep(settings.refused_retry_s if refused else pause)
                pause = min(pause * 2, settings.retry_max_s)
            else:
                await self._serve(ws)
                pause = settings.retry_s
                await asyncio.sleep(pause)

    async def _await_knock(self) -> None:
        while True:
            await asyncio.sleep(self._settings.refused_retry_s)
            if not self._connection:
                self._trouble(SwitchUnreachable(_NO_KNOCK.format(self._listener.address)))

    async def _serve(self, ws: Websocket) -> None:
        # Of two websockets the newer is right: Asterisk opens one only when its old one is gone.
        if self._connection:
            await self._connection.close()
        async with self._one_at_a_time:
            self._connection = Connection(ws, self._settings.request_timeout_s)
            greeting = asyncio.create_task(self._greet())
            reason = "the daemon stops"
            try:
                reason = await self._connection.run(self._receive)
            finally:
                greeting.cancel()
                self._end(reason)

    def _end(self, reason: str) -> None:
        self._connection, self._held = None, []
        if self._found:
            self._found = False
            self._hooks.on_lost(reason)

    async def _greet(self) -> None:
        """Set the filter, count, and only then let events through."""
        pause = self._settings.retry_s
        while True:
            try:
                seen = await self._prepare()
                break
            except SwitchUnreachable as error:
                self._trouble(error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._settings.retry_max_s)
        self._rows = self._settings.listens or has_rows(seen.version)
        self._found, self._told = True, ""
        self._hooks.on_found(seen)
        held, self._held = self._held, []
        for event in held:
            self._hooks.on_event(event)

    async def _prepare(self) -> Census:
        wanted = {"allowed": [{"type": name} for name in self._translate.wanted]}
        path = f"applications/{self._settings.app}/eventFilter"
        self._rest.checked(await self._rest.request(Request("PUT", path, wanted)))
        return await self.census()

    def _receive(self, message: dict[str, Any]) -> None:
        if message["type"] == "ApplicationReplaced":
            self._trouble(SwitchUnreachable(_REPLACED.format(self._settings.app)))
        for event in self._translate(message):
            if isinstance(event, PhoneCalled) and message["channel"]["state"] != "Up":
                self._send(deeds.answer(event.leg_id), _ignore)
            self._report(event)

    def _report(self, event: Event) -> None:
        if self._found:
            self._hooks.on_event(event)
        else:
            self._held.append(event)

    def _trouble(self, error: SwitchUnreachable) -> None:
        if str(error) != self._told:  # once, not at every try
            self._told = str(error)
            self._hooks.on_trouble(error)


class _Deed:
    """Judges the replies to one command: the first failure counts."""

    __slots__ = ("_command", "_failed", "_switch")

    def __init__(self, command: SwitchCommand, switch: Switch) -> None:
        self._command = command
        self._switch = switch
        self._failed = False

    def __call__(self, reply: Reply) -> None:
        if reply.done or self._failed:
            return
        self._failed = True
        log.info("%s: %s", self._command, reply.why)
        switch, command = self._switch, self._command
        if switch._found:
            for request in deeds.remedy(command, switch._style):
                switch._send(request, _ignore)
        for event in deeds.failure(command, reply):
            switch._hooks.on_event(event)


def _settle(answer: asyncio.Future[Reply], reply: Reply) -> None:
    if not answer.done():  # the asker may have gone
        answer.set_result(reply)


def _ignore(reply: Reply) -> None:
    """Nothing depends on it."""


_NO_KNOCK = (
    "Asterisk has not opened its websocket to {}; check uri in websocket_client.conf, the "
    "outbound_websocket in ari.conf, and that Asterisk is 22.5 or newer"
)
_REPLACED = (
    'another program has taken over the ARI application "{}", and events go to it; stop it, or '
    "give this daemon another ari.app"
)
