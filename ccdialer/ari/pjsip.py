"""Asterisk's SIP channel: its configuration read again, and what became of it there."""

from __future__ import annotations

from urllib.parse import quote

from ccdialer.ari.rest import Rest
from ccdialer.ari.words import NOT_FOUND, Request

MODULE = "res_pjsip.so"


async def reload(rest: Rest) -> None:
    """Have pjsip.conf and what it includes read again; live calls go on. Raises SwitchUnreachable.

    One module is enough: endpoints, logins, contacts, registrations and addresses are all its
    objects (observed on 22.10.1).
    """
    rest.checked(await rest.request(Request("PUT", f"asterisk/modules/{MODULE}")))


async def has(rest: Rest, kind: str, name: str) -> bool:
    """Whether an object of a kind (endpoint, registration ...) came of the configuration.

    The list of endpoints does not tell: one that was taken away stays in it, offline, until
    Asterisk is restarted (22.10.1). Raises SwitchUnreachable.
    """
    path = f"asterisk/config/dynamic/res_pjsip/{kind}/{quote(name)}"
    reply = await rest.request(Request("GET", path))
    if reply.status == NOT_FOUND:
        return False
    rest.checked(reply)
    return True
