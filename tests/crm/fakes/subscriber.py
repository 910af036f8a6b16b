"""Somebody who gets webhooks: he checks the signature and knows what he has had by its id."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from tests.crm.fakes.server import Answer, Request

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


@dataclass
class Subscriber:
    """By standardwebhooks.com: the signature is over `id.timestamp.body`."""

    status: int = 204
    had: dict[str, Any] = field(default_factory=dict)  # what came first under each id
    deliveries: list[str] = field(default_factory=list)
    retry_after: str = ""

    def answer(self, request: Request) -> Answer:
        headers = {key.lower(): value for key, value in request.headers.items()}
        key, at = headers["webhook-id"], headers["webhook-timestamp"]
        # As the sender writes it: the fake server has read the body as JSON already.
        body = json.dumps(request.page, ensure_ascii=False, separators=(",", ":")).encode()
        secret = base64.b64decode(SECRET.removeprefix("whsec_"))
        digest = hmac.new(secret, f"{key}.{at}.".encode() + body, hashlib.sha256).digest()
        signatures = [each.partition(",")[2] for each in headers["webhook-signature"].split()]
        if base64.b64encode(digest).decode() not in signatures:
            return Answer(401, {"error": "signature"})
        if self.status < 300:
            self.deliveries.append(key)
            self.had.setdefault(key, request.page)
        extra = {"Retry-After": self.retry_after} if self.retry_after else {}
        return Answer(self.status, None if self.status == 204 else {}, extra)
