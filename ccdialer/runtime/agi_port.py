"""The AGI port of the daemon: opens it, finds its scripts, finds them again, and tells of them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog

from ccdialer.config import Config
from ccdialer.fastagi.desk import Desk
from ccdialer.fastagi.finding import Scripts, changes, find
from ccdialer.fastagi.server import Server
from ccdialer.runtime.settings import agi_settings, script_folders

log = structlog.get_logger()

TRY_AGAIN_S = 5.0


class AgiPort:
    """A port that is taken by somebody else stops nobody from dialing: it is tried again."""

    def __init__(self, config: Config, desk: Desk) -> None:
        self._config = config
        self._server = Server(agi_settings(config), desk)
        self._trouble = ""
        self._opening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Find the scripts, and listen; nothing is done where the site does not want it."""
        await self._find(self._config)
        if self._config.agi.listen:
            await self._open()
            if self._trouble:
                self._opening = asyncio.ensure_future(self._open_at_last())

    async def _open_at_last(self) -> None:
        while self._trouble:
            await asyncio.sleep(TRY_AGAIN_S)
            await self._open()

    async def _open(self) -> None:
        listen = self._config.agi.listen
        try:
            await self._server.start()
        except OSError as error:
            if not self._trouble:
                self._trouble = f"{listen}: {error.strerror or error}"
                log.error(
                    "AGI port cannot be opened, calls go on without it", trouble=self._trouble
                )
        else:
            self._trouble = ""
            log.info("AGI port open", listen=listen, scripts=len(self._server.scripts.sources))

    async def reload(self, config: Config) -> None:
        """Find the scripts again; who may come, and for how long, may have changed too. Where it
        listens, and with how many threads, does not change before a restart."""
        self._config = config
        now = self._server.settings
        fresh = agi_settings(config)
        self._server.settings = replace(fresh, host=now.host, port=now.port, threads=now.threads)
        await self._find(config)

    async def _find(self, config: Config) -> None:
        before = self._server.scripts
        found: Scripts = await asyncio.to_thread(find, script_folders(config), before)
        self._server.take(found)
        for kind, sentence in changes(before, found):
            if kind == "broken":
                log.error("AGI script broken", why=sentence)
            else:
                log.info(f"AGI script {kind}", script=sentence)

    async def close(self) -> None:
        """Let nobody in any more; who is in goes on by himself."""
        if self._opening is not None:
            self._opening.cancel()
            with suppress(asyncio.CancelledError):
                await self._opening
        await self._server.close()

    def figures(self) -> dict[str, Any]:
        """For `ccdialer status`."""
        return {"listen": self._config.agi.listen, "trouble": self._trouble} | (
            self._server.figures()
        )
