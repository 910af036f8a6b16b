"""Where Asterisk knocks in outbound mode: a websocket server for one guest with a password."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable

from aiohttp import web

from ccdialer.ari.connection import CLOSE_WITHIN_S, Websocket
from ccdialer.ari.rest import basic
from ccdialer.ari.settings import AriSettings
from ccdialer.errors import SwitchUnreachable

Serve = Callable[[Websocket], Awaitable[str]]
OnTrouble = Callable[[SwitchUnreachable], None]


class Listener:
    """Listens for Asterisk's websocket and hands it to `serve`."""

    def __init__(self, settings: AriSettings, serve: Serve, on_trouble: OnTrouble) -> None:
        self._settings = settings
        self._serve = serve
        self._on_trouble = on_trouble
        self._runner = web.ServerRunner(
            web.Server(self._accept, access_log=None), shutdown_timeout=1.0
        )
        self._site: web.TCPSite | None = None
        self._expected = basic(
            settings.listen_username or settings.username,
            settings.listen_password or settings.password,
        ).encode()

    async def open(self) -> None:
        """Start to listen. Raises SwitchUnreachable where the port cannot be had."""
        await self._runner.setup()
        host, port = self._settings.listen_host, self._settings.listen_port
        try:
            self._site = web.TCPSite(self._runner, host, port)
            await self._site.start()
        except OSError as error:
            raise SwitchUnreachable(
                f"cannot listen on {host}:{port} for Asterisk ({error.strerror}); free the port, "
                "or choose another in ari.listen and in websocket_client.conf"
            ) from None

    async def deafen(self) -> None:
        """Stop to listen; what is connected stays. To be done before the websocket is closed:
        Asterisk knocks again within a millisecond, and waits for ever where it is let in and not
        answered."""
        if self._site:
            await self._site.stop()
            self._site = None

    async def close(self) -> None:
        """Stop to listen, and end what is connected."""
        await self.deafen()
        await self._runner.cleanup()

    async def _accept(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path != self._settings.listen_path:
            return web.Response(status=404)
        if not hmac.compare_digest(self._presented(request), self._expected):
            self._on_trouble(SwitchUnreachable(_WRONG_PASSWORD.format(request.remote)))
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="ccdialer"'})
        ws = web.WebSocketResponse(
            protocols=("ari",),
            heartbeat=self._settings.heartbeat_s,
            timeout=CLOSE_WITHIN_S,
            compress=False,
            max_msg_size=0,
        )
        if not ws.can_prepare(request):
            return web.Response(status=426, text="Asterisk's websocket is expected here")
        await ws.prepare(request)
        await self._serve(ws)
        return ws

    @staticmethod
    def _presented(request: web.BaseRequest) -> bytes:
        return request.headers.get("Authorization", "").encode()


_WRONG_PASSWORD = (
    "Asterisk at {} opens its websocket with a wrong username or password; make them the same in "
    "websocket_client.conf and in ari of config.yaml"
)
