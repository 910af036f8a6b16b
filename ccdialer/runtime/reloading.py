"""Reading config.yaml again at SIGHUP: what can change while people work does, the rest stays."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import structlog

from ccdialer.config import Config, load
from ccdialer.errors import ConfigError
from ccdialer.runtime.notify import notify

log = structlog.get_logger()

CHANGEABLE = ("agents", "agi", "crm", "daemon", "log", "recordings")
"""Sections that can change while people work."""


class Reloading:
    """Every SIGHUP is one reload; two of them are two, one after the other."""

    def __init__(
        self,
        path: Path,
        take: Callable[[Config], Awaitable[None]],
        look: Callable[[], Awaitable[None]],
    ) -> None:
        self._path = path
        self._take = take  # a configuration without faults
        self._look = look  # for edits in the database
        self._under_way: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()  # what was read last is in force in the end

    def begin(self) -> None:
        """In the loop's thread."""
        reload = asyncio.get_running_loop().create_task(self._reload())
        self._under_way.add(reload)
        reload.add_done_callback(self._under_way.discard)

    async def _reload(self) -> None:
        async with self._turn:
            notify("RELOADING=1")
            try:
                await self._read()
                await self._look()
            finally:
                notify("READY=1")

    async def _read(self) -> None:
        try:
            fresh = load(self._path)
        except ConfigError as error:
            log.error("config.yaml has faults, the running configuration stays", faults=str(error))
            return
        await self._take(fresh)
        log.info("configuration read again; sockets, database and Asterisk need a restart")


def changed(config: Config, fresh: Config) -> Config:
    """What is in force after a reload: what can change is new, the rest stays as it was."""
    return replace(config, **{section: getattr(fresh, section) for section in CHANGEABLE})
