"""Plain HTTP to Asterisk: lists, set-up, and commands where the websocket takes none."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import aiohttp

from ccdialer.ari.connection import CLOSE_WITHIN_S
from ccdialer.ari.settings import AriSettings
from ccdialer.ari.words import Reply, Request, dumps, lost, unsent
from ccdialer.errors import SwitchUnreachable

KEEP_ALIVE_S = 10.0
"""Below Asterisk's default of 15 s (http.conf session_keep_alive): a POST that meets a connection
just being closed is not repeated."""

CONNECTIONS = 32


def basic(username: str, password: str) -> str:
    """The value of an Authorization header (RFC 7617)."""
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode()


class AccountRefused(SwitchUnreachable):
    """Asterisk answers and does not let us in; trying again soon would only fill its log."""


class Rest:
    """Keep-alive HTTP to one Asterisk. `open` before use, in the loop; `close` after it."""

    def __init__(self, settings: AriSettings) -> None:
        self._settings = settings
        self._base = settings.url.rstrip("/") + "/"
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make ready; nothing is sent yet."""
        settings = self._settings
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE_S),
            headers={"Authorization": basic(settings.username, settings.password)},
            timeout=aiohttp.ClientTimeout(total=settings.request_timeout_s),
        )

    async def close(self) -> None:
        """Close every connection."""
        if self._session:
            await self._session.close()

    async def __aenter__(self) -> Rest:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def request(self, request: Request) -> Reply:
        """Send one request. Never raises: a lost connection is a Reply that is not certain."""
        assert self._session, "Rest.open was not called"
        body = None if request.body is None else dumps(request.body)
        headers = {"Content-Type": "application/json"} if body else None
        url = self._base + request.path
        try:
            async with self._session.request(
                request.method, url, data=body, headers=headers
            ) as answer:
                return Reply(answer.status, answer.reason or "", await answer.text())
        except aiohttp.ClientConnectorError as error:
            return unsent(str(error))
        except (aiohttp.ClientError, TimeoutError) as error:
            return lost(str(error) or "no reply in time")

    async def get(self, path: str) -> Any:
        """The parsed answer to a GET. Raises SwitchUnreachable."""
        return self.checked(await self.request(Request("GET", path))).json

    def checked(self, reply: Reply) -> Reply:
        """The reply, if the request was done; otherwise raises SwitchUnreachable."""
        if not reply.done:
            raise self.unreachable(reply.status, reply.why)
        return reply

    async def websocket(self) -> aiohttp.ClientWebSocketResponse:
        """Open the websocket of events ourselves. Raises SwitchUnreachable."""
        assert self._session, "Rest.open was not called"
        try:
            return await self._session.ws_connect(
                f"{self._base}events?app={self._settings.app}&subscribeAll=false",
                heartbeat=self._settings.heartbeat_s,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_WITHIN_S),
                max_msg_size=0,
            )
        except aiohttp.WSServerHandshakeError as error:
            raise self.unreachable(error.status, error.message) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self.unreachable(0, str(error)) from None

    def unreachable(self, status: int, why: str) -> SwitchUnreachable:
        """The sentence for the admin."""
        told = _SENTENCES.get(status, _SENTENCES[500] if status else _SENTENCES[0])
        kind = AccountRefused if status in (401, 403) else SwitchUnreachable
        return kind(told.format(url=self._settings.url, username=self._settings.username, why=why))


_SENTENCES = {
    0: "Asterisk does not answer at {url} ({why}); check that it runs, that http.conf says "
    "enabled = yes, and ari.url in config.yaml",
    401: 'Asterisk at {url} refuses the account "{username}"; make ari.username and ari.password '
    "in config.yaml the same as in ari.conf",
    403: 'Asterisk at {url} lets the account "{username}" only read; say read_only = no for it '
    "in ari.conf",
    404: "Asterisk answers at {url} and knows no ARI there; check ari.url, and that ari.conf says "
    "enabled = yes and its modules are loaded",
    500: "Asterisk at {url} refuses: {why}; see its log",
}
