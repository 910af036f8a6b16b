"""Recordings that lie in Asterisk's folder: Asterisk itself deletes them, as they are its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import quote

from ccdialer.ari.rest import Rest
from ccdialer.ari.settings import AriSettings
from ccdialer.ari.words import Reply, Request

NOT_FOUND = 404

Ask = Callable[[str, str], Awaitable[Reply]]


def path(recording: str) -> str:
    """Where it is in ARI; the slash after its day belongs to its name."""
    return f"recordings/stored/{quote(recording, safe='')}"


async def delete(ask: Ask, recording: str) -> str:
    """Have it deleted; empty, or why it was not. What is not there is deleted."""
    reply = await ask("DELETE", path(recording))
    return "" if reply.done or reply.status == NOT_FOUND else reply.why


async def delete_all(settings: AriSettings, recordings: Sequence[str]) -> list[str]:
    """The same of many, by a command that is no daemon; the reasons of those that stayed. Raises
    SwitchUnreachable where Asterisk does not answer."""
    async with Rest(settings) as rest:
        await rest.get("asterisk/ping")

        async def ask(method: str, where: str) -> Reply:
            return await rest.request(Request(method, where))

        reasons = [await delete(ask, recording) for recording in recordings]
    return [reason for reason in reasons if reason]
