"""Tries out ccdialer's part of the dialplan: whether it is there, and reaches the scripts."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from ccdialer.ari.rest import Rest
from ccdialer.ari.words import Request

CONTEXT = "ccdialer-check"
ANSWER = "CCDIALER_CHECK"
STEP_S = 0.1
STEPS = 50


async def agi_status(rest: Rest, mark: str) -> str | None:
    """What Asterisk itself got from the scripts, and which contexts of the site are there: of the
    fallback, of a closed queue, such as SUCCESS:OK:10; None: the context `ccdialer-check` is not
    there. Its extension `mark`, digits, tells this try from others."""
    channel = {
        "endpoint": f"Local/{mark}@{CONTEXT}/n",
        "context": CONTEXT,
        "extension": mark,
        "timeout": "5",
    }
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in channel.items())
    await rest.request(Request("POST", f"channels?{query}"))
    for _ in range(STEPS):
        told_mark, _, status = (await global_variable(rest, ANSWER)).partition(":")
        if told_mark == mark:
            return status
        await asyncio.sleep(STEP_S)
    return None


async def global_variable(rest: Rest, name: str) -> str:
    """The value of a global variable of the dialplan; empty: it is not set."""
    reply = await rest.request(Request("GET", f"asterisk/variable?variable={name}"))
    return str(reply.json["value"]) if reply.done else ""
