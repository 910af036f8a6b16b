"""A home-made system with a REST interface: clients by phone, a key in a header."""

from __future__ import annotations

from typing import Any

from tests.crm.fakes.server import Answer, FakeServer, Request

KEY = "erp-key"


def serve(clients: dict[str, dict[str, Any]]) -> FakeServer:
    """GET /clients?phone=+7..., X-Key."""

    def answer(request: Request) -> Answer:
        if request.headers.get("X-Key") != KEY:
            return Answer(403, {"message": "no"})
        found = clients.get(dict(request.query).get("phone", ""))
        return Answer(404, {"message": "unknown"}) if found is None else Answer(200, found)

    return FakeServer(answer)
