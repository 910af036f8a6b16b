"""Opens the websocket to Asterisk from our side: always in inbound mode, else as a stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ccdialer.ari.connection import Websocket
from ccdialer.ari.rest import AccountRefused, Rest
from ccdialer.ari.settings import AriSettings
from ccdialer.errors import SwitchUnreachable

LOOKS = 20
"""So often a stand-in looks, on end, whether Asterisk has knocked."""

REPLACED = "another program has taken over the ARI application"
"""Why a connection ended; to take it back at once would only begin a fight."""


async def keep_connecting(
    settings: AriSettings,
    rest: Rest,
    serve: Callable[[Websocket], Awaitable[str]],
    on_trouble: Callable[[SwitchUnreachable], None],
) -> None:
    """Connect for ever, with growing pauses; `serve` lives as long as a websocket
    and returns why it ended."""
    pause_s = settings.retry_s
    while True:
        try:
            ws = await rest.websocket()
        except SwitchUnreachable as error:
            on_trouble(error)
            refused = isinstance(error, AccountRefused)
            await asyncio.sleep(settings.refused_retry_s if refused else pause_s)
            pause_s = min(pause_s * 2, settings.retry_max_s)
        else:
            reason = await serve(ws)
            pause_s = settings.retry_s
            await asyncio.sleep(settings.refused_retry_s if reason == REPLACED else pause_s)


async def stand_in(
    settings: AriSettings,
    rest: Rest,
    serve: Callable[[Websocket], Awaitable[str]],
    on_trouble: Callable[[SwitchUnreachable], None],
    connected: Callable[[], bool],
) -> None:
    """Outbound mode: open the websocket ourselves where Asterisk, though alive, does not knock.

    Asterisk 22.10.1 never knocks again when it was frozen, as by a snapshot of its machine, for so
    long that we gave it up with a ping of ours unread: the thread that should, polls for ever.
    """
    while True:
        await _nobody_has_knocked(settings.knock_within_s, connected)
        try:
            ws = await rest.websocket()
        except SwitchUnreachable as error:
            on_trouble(error)
        else:
            on_trouble(SwitchUnreachable(_NO_KNOCK.format(settings)))
            await serve(ws)


async def _nobody_has_knocked(limit_s: float, connected: Callable[[], bool]) -> None:
    """For so long on end. A socket that was cut just now Asterisk opens again by itself; where both
    open one, its application stays mute until it is restarted (22.10.1)."""
    silent = 0
    while silent < LOOKS:
        await asyncio.sleep(limit_s / LOOKS)
        silent = 0 if connected() else silent + 1


_NO_KNOCK = (
    "Asterisk runs and has not opened its websocket to ws://{0.listen_host}:{0.listen_port}"
    "{0.listen_path}, so that the daemon opens one itself until it does; check uri in "
    "websocket_client.conf and the outbound_websocket in ari.conf, then restart Asterisk"
)
