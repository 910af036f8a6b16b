"""Inbound mode: we open the websocket to Asterisk, and again whenever it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ccdialer.ari.connection import Websocket
from ccdialer.ari.rest import AccountRefused, Rest
from ccdialer.ari.settings import AriSettings
from ccdialer.errors import SwitchUnreachable

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
