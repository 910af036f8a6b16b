"""Tells any system of calls by a signed webhook (Standard Webhooks, standardwebhooks.com)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from ccdialer.core.notice import Notice, NoticeKind, Parcel
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.saying import Voice, instant
from ccdialer.crm.taking import TAKE_S, Memory, NeverTaken, Taken
from ccdialer.crm.web import Ask, Reply, refusal

PREFIX = "whsec_"
TYPES = {
    NoticeKind.STARTED: "call.started",
    NoticeKind.CALLS: "call.finished",
    NoticeKind.MISSED: "call.missed",
    NoticeKind.NOTES: "call.result",
}
INSTANTS = ("begun_at", "joined_at", "ended_at")
GONE = 410
REFUSED = frozenset({400, 422})
"""Answers to a body that cannot be taken; 404 may be a slip of who set the server up."""


class Sender(Protocol):
    """Sends a request; raises CrmFault."""

    def ask(self, ask: Ask, until: float) -> Reply: ...


@dataclass(frozen=True, slots=True)
class Webhook:
    """Takes notices for one address. The same notice has the same webhook-id at every try."""

    name: str
    url: str
    secret: str
    web: Sender
    voice: Voice
    wall_s: Callable[[], float] = time.time

    def take(self, parcel: Parcel, memory: Memory) -> Taken:
        """Raises CrmFault; any 2xx is a yes."""
        body = body_of(parcel, self.voice)
        headers = {
            "Content-Type": "application/json",
            **signed(parcel.key, int(self.wall_s()), body, self.secret),
        }
        ask = Ask(self.url, "POST", headers=headers, body=body)
        reply = self.web.ask(ask, time.monotonic() + TAKE_S)
        if 200 <= reply.status < 300:
            return Taken()
        if reply.status in REFUSED:
            raise NeverTaken(f"crm_http_{reply.status}", f"HTTP {reply.status}: it is refused")
        if reply.status == GONE:
            raise CrmFault("crm_denied", "HTTP 410: the address wants no more; take it out")
        fault = refusal(reply)
        rest_s = reply.rest_s if reply.status == 503 and reply.retry_after else fault.rest_s
        raise CrmFault(fault.reason, str(fault), rest_s)


def body_of(parcel: Parcel, voice: Voice) -> bytes:
    """JSON: type, timestamp (of the promise) and data; the same bytes at every try."""
    page = {
        "type": TYPES[parcel.notice.kind],
        "timestamp": instant(parcel.made_at),
        "data": _data(parcel.notice, voice),
    }
    return json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()


def _data(notice: Notice, voice: Voice) -> dict[str, Any]:
    data = {key: value for key, value in asdict(notice).items() if key != "kind"}
    for key in INSTANTS:
        data[key] = instant(data[key]) if data[key] else None
    return data | {"talk_s": notice.talk_s, "recording_url": voice.recording_of(notice)}


def signed(key: str, at_s: int, body: bytes, secret: str) -> dict[str, str]:
    """The three headers by which the receiver knows the sender, the age and the notice."""
    content = f"{key}.{at_s}.".encode() + body
    digest = hmac.new(secret_bytes(secret), content, hashlib.sha256).digest()
    return {
        "webhook-id": key,
        "webhook-timestamp": str(at_s),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def secret_bytes(secret: str) -> bytes:
    """Base64 after `whsec_`, or the text itself. Raises ValueError."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
