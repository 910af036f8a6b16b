"""The switch: keeps the connection to Asterisk alive, carries out commands, reports events."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from ccdialer.ari import census, deeds, dialplan, stored
from ccdialer.ari.census import Census, SeenEndpoint
from ccdialer.ari.connection import Connection, Websocket
from ccdialer.ari.inbound import REPLACED, keep_connecting, stand_in
from ccdialer.ari.lanes import Lanes
from ccdialer.ari.listener import Listener
from ccdialer.ari.rest import Rest
from ccdialer.ari.rows import FRAME_LIMIT, OnReply, has_rows
from ccdialer.ari.settings import OUTBOUND, AriSettings
from ccdialer.ari.translate import Translator
from ccdialer.ari.words import NOT_FOUND, Reply, Request, unsent
from ccdialer.core.commands import HangUp, Originate, StartRecording, SwitchCommand
from ccdialer.core.events import Event, PhoneCalled
from ccdialer.errors import SwitchUnreachable

log = logging.getLogger(__name__)

UNFILTERED = ("RESTResponse", "ApplicationReplaced", "ChannelUserevent")
"""A list of allowed events holds back even the replies to requests if they are not in it."""

ECHO = "ccdialer-hearing"
HEARING_S = 3.0

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
        self._style = deeds.Style(settings.app, two_step=True)  # of the present connection
        self._translate = Translator(two_step=True)
        self._rest = Rest(settings)
        self._lanes = Lanes(self._rest.request)
        self._listener = Listener(settings, self._serve_knocker, self._trouble)
        self._seeker: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        self._one_at_a_time = asyncio.Lock()
        self._rows = False  # whether the websocket takes requests
        self._found = False
        self._held: list[Event] = []  # events that arrive while channels are being counted
        self._half_done: dict[str, deeds.TwoStep] = {}  # by channel that is not yet in Stasis
        self._echo = asyncio.Event()  # Asterisk has told us what we asked it to
        self._errands: set[asyncio.Task[None]] = set()
        self._told = ""  # the trouble last reported

    @property
    def connected(self) -> bool:
        """Whether commands can be carried out now."""
        return self._found

    @property
    def in_flight(self) -> int:
        """How many requests wait for Asterisk's reply."""
        return (self._connection.in_flight if self._connection else 0) + len(self._lanes)

    async def start(self) -> None:
        """Begin to seek Asterisk; what becomes of it is told by the hooks.
        Raises SwitchUnreachable only where the port to listen on cannot be had."""
        tools = (self._settings, self._rest, self._serve, self._trouble)
        if self._settings.connect == OUTBOUND:
            await self._listener.open()
            seek = stand_in(*tools, lambda: self._connection is not None)
        else:
            seek = keep_connecting(*tools)
        await self._rest.open()
        self._seeker = asyncio.create_task(seek)

    async def close(self) -> None:
        """Leave Asterisk alone; calls there go on."""
        if self._seeker:
            self._seeker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._seeker
        await self._listener.deafen()
        if self._connection:
            await self._connection.close()
        await self._listener.close()
        await self._lanes.close()
        await self._rest.close()

    # --- commands ---------------------------------------------------------------------------------

    def perform(self, command: SwitchCommand) -> None:
        """Have the command carried out. A failure comes back through `on_event`, later."""
        on_reply = self._judge(command)
        if not self._found:
            asyncio.get_running_loop().call_soon(on_reply, NOT_CONNECTED)
            return
        if isinstance(command, Originate | StartRecording):
            if deeds.is_two_step(command, self._style):
                self._half_done[deeds.new_channel(command)] = command
        elif isinstance(command, HangUp):
            self._half_done.pop(command.leg_id, None)
        self._send(deeds.keys(command), deeds.requests_for(command, self._style), on_reply)

    async def census(self) -> Census:
        """Count what is ours in Asterisk now. Raises SwitchUnreachable."""
        return await census.take(self._rest, self._settings.app)

    async def endpoints(self) -> tuple[SeenEndpoint, ...]:
        """Phones and trunks as Asterisk knows them now. Raises SwitchUnreachable."""
        return await census.endpoints(self._rest)

    async def tell_kept(self, mark: str) -> bool:
        """Have Asterisk tell of calls whose end it could tell nobody; see `ari.dialplan`."""
        return await dialplan.tell_kept(self._rest, mark)

    async def keeps_any(self) -> bool:
        """Whether there are such. Never raises, as the above."""
        return await dialplan.keeps_any(self._rest)

    async def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Send any request. Never raises; reads and big ones go over HTTP."""
        request = Request(method, path, body)
        big = body is not None and len(str(body)) > FRAME_LIMIT // 2  # it is quoted once more
        if method == "GET" or big or not (self._connection and self._found and self._rows):
            return await self._rest.request(request)
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._connection.send(request, lambda reply: _settle(answer, reply))
        return await answer

    async def delete(self, recording: str) -> str:
        """Have a stored recording deleted; empty, or why it was not. One that is not there is."""
        return await stored.delete(self.request, recording)

    def _send(self, keys: tuple[str, ...], requests: deeds.Requests, on_reply: OnReply) -> None:
        if not (self._rows and self._connection):
            self._lanes.send(keys, requests, on_reply)
            return
        for request in requests:  # one socket, one reader in Asterisk: order is kept by itself
            self._connection.send(request, on_reply)

    def _judge(self, command: SwitchCommand) -> OnReply:
        """Takes the replies to a command; the first failure counts."""
        failed = False

        def on_reply(reply: Reply) -> None:
            nonlocal failed
            if not reply.done and not failed:
                failed = True
                log.info("%s: %s", command, reply.why)
                if isinstance(command, StartRecording) and reply.certain:
                    self._half_done.pop(command.recorder_id, None)
                self._emit_all(deeds.failure(command, reply))
                if isinstance(command, Originate) and reply.status == deeds.DUPLICATE:
                    self._keep(self._look(command, reply))

        return on_reply

    async def _look(self, command: Originate, reply: Reply) -> None:
        """Settle a doubt: is there a leg, or not?"""
        seen = await self._rest.request(deeds.look(command))
        if seen.status == NOT_FOUND:
            self._emit_all(deeds.not_dialed(command, reply))

    def _keep(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def _go_on(self, message: dict[str, Any]) -> None:
        """Second step of a deed whose channel has entered Stasis: dial it, or let it record."""
        if message["type"] not in ("StasisStart", "ChannelDestroyed"):
            return
        channel_id = message["channel"]["id"]
        command = self._half_done.pop(channel_id, None)
        if command and message["type"] == "StasisStart":
            steps = (deeds.second_step(command),)
            self._send((channel_id,), steps, lambda reply: self._gone_on(command, reply))
        elif isinstance(command, StartRecording):
            self._emit_all(deeds.unmade(command, unsent("the talk was over before it began")))

    def _gone_on(self, command: deeds.TwoStep, reply: Reply) -> None:
        if not reply.done:
            log.info("second step of %s: %s", command, reply.why)
            channel_id = deeds.new_channel(command)
            self._send((channel_id,), deeds.hang_up(channel_id), _ignore)
            self._emit_all(deeds.unmade(command, reply))

    # --- events -----------------------------------------------------------------------------------

    def _receive(self, message: dict[str, Any]) -> None:
        if message["type"] == "ApplicationReplaced":
            self._replaced()
        elif message["type"] == "ChannelUserevent":
            self._echo.set()
        if self._half_done:
            self._go_on(message)
        events = self._translate(message)
        for event in events:
            if isinstance(event, PhoneCalled):
                up = message["channel"]["state"] == "Up"
                self._send((event.leg_id,), deeds.take_up(event.leg_id, self._style, up), _ignore)
        self._emit_all(events)

    def _replaced(self) -> None:
        # Without events we would dial blindly: better no connection than this one.
        self._trouble(SwitchUnreachable(_REPLACED.format(self._settings.app)))
        if self._connection:
            self._keep(self._connection.close(REPLACED))

    def _emit_all(self, events: tuple[Event, ...]) -> None:
        for event in events:
            if self._found or not self._connection:
                self._hooks.on_event(event)
            else:
                self._held.append(event)

    # --- the life of a connection -----------------------------------------------------------------

    async def _serve_knocker(self, ws: Websocket) -> str:
        return await self._serve(ws, two_step=False)

    async def _serve(self, ws: Websocket, two_step: bool = True) -> str:
        """Live with a websocket until its end, and tell why it ended. `two_step`: we have opened
        it, so that Asterisk hangs up whoever answers a plain originate while it is gone."""
        # Of two websockets the newer is right: Asterisk opens one only when its old one is gone.
        if self._connection:
            await self._connection.close()
        async with self._one_at_a_time:
            self._connection = Connection(ws, self._settings.request_timeout_s)
            self._style = deeds.Style(self._settings.app, two_step)
            self._translate = Translator(two_step)
            greeting = asyncio.create_task(self._greet())
            greeting.add_done_callback(_complain)
            reason = "the daemon stops"
            try:
                reason = await self._connection.run(self._receive)
            finally:
                greeting.cancel()
                self._end(reason)
        return reason

    def _end(self, reason: str) -> None:
        self._connection, self._held, self._half_done = None, [], {}
        if self._found:
            self._found = False
            self._hooks.on_lost(reason)

    async def _greet(self) -> None:
        """Set the filter, count, and only then let events through."""
        pause_s = self._settings.retry_s
        while not (seen := await self._prepare()):
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, self._settings.retry_max_s)
        self._rows = not self._style.two_step or has_rows(seen.version)
        self._found, self._told = True, ""
        self._hooks.on_found(seen)
        held, self._held = self._held, []
        self._emit_all(tuple(held))

    async def _prepare(self) -> Census | None:
        names = (*self._translate.wanted, *UNFILTERED)
        wanted = {"allowed": [{"type": name} for name in names]}
        path = f"applications/{self._settings.app}/eventFilter"
        try:
            reply = await self._rest.request(Request("PUT", path, wanted))
            if reply.status == NOT_FOUND:
                raise SwitchUnreachable(_MUTE.format(self._settings.app))
            self._rest.checked(reply)
            await self._prove_hearing()
            return await self.census()
        except SwitchUnreachable as error:
            self._trouble(error)
            return None

    async def _prove_hearing(self) -> None:
        """Have Asterisk tell us something. It may carry out every request and send no event: an
        application that had a websocket of ours and gets one of its own stays mute (22.10.1)."""
        app = self._settings.app
        self._echo.clear()
        asked = Request("POST", f"events/user/{ECHO}?application={app}")
        reply = await self._rest.request(asked)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEARING_S if reply.done else 0):
                await self._echo.wait()
        if not self._echo.is_set():
            raise SwitchUnreachable(_MUTE.format(app))

    def _trouble(self, error: SwitchUnreachable) -> None:
        if str(error) != self._told:  # once, not at every try
            self._told = str(error)
            self._hooks.on_trouble(error)


def _settle(answer: asyncio.Future[Reply], reply: Reply) -> None:
    if not answer.done():  # the asker may have gone
        answer.set_result(reply)


def _complain(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception():
        log.error("connecting to Asterisk failed", exc_info=task.exception())


def _ignore(reply: Reply) -> None:
    """Nothing depends on it."""


_MUTE = (
    'Asterisk is connected and tells nothing of the ARI application "{}", so nothing is dialed; '
    "restart Asterisk (core restart when convenient), or give this daemon another ari.app"
)
_REPLACED = (
    'another program has taken over the ARI application "{}", and events go to it; stop it, or '
    "give this daemon another ari.app"
)
