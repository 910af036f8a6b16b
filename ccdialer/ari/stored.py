"""Recordings that lie in Asterisk's folder: Asterisk itself deletes them, as they are its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import quote

from ccdialer.ari.rest import Rest
from ccdialer.ari.settings import AriSettings
from ccdialer.ari.words import NOT_FOUND, Reply, Request

Ask = Callable[[str, str], Awaitable[Reply]]
LOOKS, LOOK_S = 50, 0.1  # how often a recording is looked for, and how many seconds apart


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
            live = f"recordings/live/{quote(recording, safe='')}"
            # What is stopped while Asterisk has it in its queue is never written.
            await _looked_for(rest, live, lambda reply: reply.json["state"] == "recording")
            await rest.request(Request("POST", f"{live}/stop"))
            found = await _looked_for(rest, path(recording), lambda reply: True)
        await rest.request(Request("DELETE", bridge))
    if begun.done and found.done:
        return ""
    return found.why if begun.done else begun.why


async def _looked_for(rest: Rest, where: str, fits: Callable[[Reply], bool]) -> Reply:
    """The answer as soon as it is there and fits, or else the last one."""
    for _ in range(LOOKS):
        reply = await rest.request(Request("GET", where))
        if reply.done and fits(reply):
            break
        await asyncio.sleep(LOOK_S)
    return reply
