"""Recordings that lie in Asterisk's folder: Asterisk itself deletes them, as they are its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import quote

from ccdialer.ari.rest import Rest
from ccdialer.ari.settings import AriSettings
from ccdialer.ari.words import NOT_FOUND, Reply, Request

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


async def trial(settings: AriSettings, recording: str, kind: str) -> str:
    """Have Asterisk write an empty recording of that name, through a bridge that nobody is in, and
    leave it there; empty, or why it did not. Raises SwitchUnreachable."""
    bridge = f"bridges/ccdialer-{recording.rpartition('/')[2]}"
    async with Rest(settings) as rest:
        await rest.get("asterisk/ping")
        await rest.request(Request("POST", bridge, {"type": "mixing"}))
        file = {"name": recording, "format": kind, "ifExists": "fail"}
        begun = await rest.request(Request("POST", f"{bridge}/record", file))
        if begun.done:
            stop = f"recordings/live/{quote(recording, safe='')}/stop"
            await rest.request(Request("POST", stop))
        await rest.request(Request("DELETE", bridge))
        found = await rest.request(Request("GET", path(recording)))
    if begun.done and found.done:
        return ""
    return found.why if begun.done else begun.why
