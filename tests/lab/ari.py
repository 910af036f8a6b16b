"""Plain ARI for the lab's own tests: one request, and what an application was told."""

from __future__ import annotations

import base64
import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from types import TracebackType
from typing import Any

from tests.lab.asterisk import Plan
from tests.lab.websocket import Websocket

Json = dict[str, Any]


def ask(plan: Plan, method: str, path: str, **query: object) -> Any:
    """One ARI request, e.g. ask(plan, "GET", "channels"). Raises urllib.error.HTTPError."""
    url = f"{plan.ari_url}/{path}?{urllib.parse.urlencode(query)}"
    account = f"{plan.ari_user}:{plan.ari_password}".encode()
    headers = {"Authorization": f"Basic {base64.b64encode(account).decode()}"}
    request = urllib.request.Request(url, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as reply:
        body = reply.read()
    return json.loads(body) if body else None


class Listener:
    """An application that only listens: its events in the order in which they came; with
    `hears_all`, of all channels and bridges there are."""

    def __init__(self, plan: Plan, app: str, hears_all: bool = False) -> None:
        self.events: list[Json] = []
        account = f"{plan.ari_user}:{plan.ari_password}"
        wanted = {"app": app, "api_key": account, "subscribeAll": str(hears_all).lower()}
        query = urllib.parse.urlencode(wanted)
        self._socket = Websocket(plan.http_address, plan.http_port, f"/ari/events?{query}")
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Listener:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()
        self._thread.join(5)

    def of(self, kind: str, channel_id: str = "") -> list[Json]:
        """Events of a type, of one channel if given."""
        return [
            event
            for event in list(self.events)
            if event["type"] == kind
            and channel_id in ("", event.get("channel", {}).get("id", channel_id))
        ]

    def _read(self) -> None:
        for text in self._socket:
            self.events.append(json.loads(text))
