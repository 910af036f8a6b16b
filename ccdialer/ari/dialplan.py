"""Runs ccdialer's own parts of the dialplan: a try whether it reaches the scripts, and the telling
of calls whose end it has kept."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from ccdialer.ari.rest import Rest
from ccdialer.ari.words import Request

CHECK, CHECKED = "ccdialer-check", "CCDIALER_CHECK"
KEPT, TOLD = "ccdialer-kept", "CCDIALER_TOLD"
WAITS = "CCDIALER_KEPT"
CHECKED_WITHIN_S, TOLD_WITHIN_S = 5, 60
"""It tells of as many as it can in the time that its dialplan has (kept_limit_s, 50 s), and of the
rest the next time."""
STEP_S = 0.1
STEPS, LONG_STEPS = CHECKED_WITHIN_S * 10, TOLD_WITHIN_S * 10


async def agi_status(rest: Rest, mark: str) -> str | None:
    """What Asterisk itself got from the scripts, and which contexts of the site are there: of the
    fallback, of a closed queue, such as SUCCESS:OK:10; None: the context `ccdialer-check` is not
    there. Its extension `mark`, digits, tells this try from others."""
    await _enter(rest, CHECK, mark, CHECKED_WITHIN_S)
    for _ in range(STEPS):
        told_mark, _, status = (await global_variable(rest, CHECKED)).partition(":")
        if told_mark == mark:
            return status
        await asyncio.sleep(STEP_S)
    return None


async def tell_kept(rest: Rest, mark: str) -> bool:
    """Have Asterisk tell the scripts of every call whose end it could tell nobody, and wait until
    it is through; False: it does not do so. What could not be told now waits on. `mark` as above.
    """
    is_begun = await _enter(rest, KEPT, mark, TOLD_WITHIN_S)
    for step in range(LONG_STEPS if is_begun else 0):
        state, _, told_mark = (await global_variable(rest, TOLD)).partition(":")
        if told_mark == mark and state == "told":
            return True
        if told_mark != mark and step >= STEPS:
            return False
        await asyncio.sleep(STEP_S)
    return False


async def keeps_any(rest: Rest) -> bool:
    """Whether it has kept any since it was started, and they are not told yet."""
    return bool(await global_variable(rest, WAITS))


async def global_variable(rest: Rest, name: str) -> str:
    """The value of a global variable of the dialplan; empty: it is not set."""
    reply = await rest.request(Request("GET", f"asterisk/variable?variable={name}"))
    return str(reply.json["value"]) if reply.done else ""


async def _enter(rest: Rest, context: str, extension: str, limit_s: int) -> bool:
    """Send a channel of its own there, which is hung up after `limit_s`; whether Asterisk has made
    one."""
    channel = {
        "endpoint": f"Local/{extension}@{context}/n",
        "context": context,
        "extension": extension,
        "timeout": str(limit_s),
    }
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in channel.items())
    return (await rest.request(Request("POST", f"channels?{query}"))).done
