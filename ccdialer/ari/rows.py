"""REST over WebSocket: many requests in flight on one socket, replies matched by number. No I/O."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ccdialer.ari.words import Reply, Request, dumps, lost

OnReply = Callable[[Reply], None]

FRAME_LIMIT = 60_000
"""Asterisk closes the websocket at a request of more than 65 535 bytes."""

SINCE = ((20, 14), (21, 9), (22, 4))
"""First releases of each branch with REST over WebSocket; every branch after the last has it."""


def has_rows(version: str) -> bool:
    """Whether an Asterisk of that version takes requests over the websocket."""
    try:
        major, minor = (int(part) for part in version.split(".")[:2])
    except ValueError:  # built from git: nobody knows
        return False
    floor = dict(SINCE).get(major)
    return minor >= floor if floor is not None else major > SINCE[-1][0]


class Rows:
    """Requests in flight. `write` puts a text on the socket; `timeout_s` bounds the wait."""

    def __init__(self, write: Callable[[str], None], timeout_s: float) -> None:
        self._write = write
        self._timeout_s = timeout_s
        self._count = 0
        self._waiting: dict[str, tuple[OnReply, float]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def send(self, request: Request, on_reply: OnReply, now: float) -> None:
        """Send one request; `on_reply` is called exactly once, not from here."""
        self._count += 1
        number = str(self._count)
        message = {
            "type": "RESTRequest",
            "request_id": number,
            "method": request.method,
            "uri": request.path,
        }
        if request.body is not None:
            message["content_type"] = "application/json"
            message["message_body"] = dumps(request.body)
        # Kept before it is sent: events of a request may overtake its reply.
        self._waiting[number] = (on_reply, now + self._timeout_s)
        self._write(dumps(message))

    def receive(self, message: dict[str, Any]) -> None:
        """Take a RESTResponse; one that nobody waits for any more is ignored."""
        waiting = self._waiting.pop(message.get("request_id", ""), None)
        if waiting:
            reason, text = message.get("reason_phrase", ""), message.get("message_body", "")
            waiting[0](Reply(message["status_code"], reason, text))

    def expire(self, now: float) -> None:
        """Give up requests that were sent too long ago: nobody knows what became of them."""
        while self._waiting:
            number, (on_reply, deadline) = next(iter(self._waiting.items()))
            if deadline > now:  # one time-out for all, so that the oldest is the first to expire
                return
            del self._waiting[number]
            on_reply(lost("no reply in time"))

    def fail(self, reason: str) -> None:
        """The socket is gone, and with it every reply."""
        waiting, self._waiting = self._waiting, {}
        for on_reply, _ in waiting.values():
            on_reply(lost(reason))
