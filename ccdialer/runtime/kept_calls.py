"""Calls that ended while nobody could be told: Asterisk has kept them, and is made to tell them.

Whoever was lost meanwhile is called back, and who has talked is not taken for lost: so they are
told before anybody looks which calls were forgotten.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

import structlog

from ccdialer.ari.census import Census

log = structlog.get_logger()

KEPT_EVERY_S = 60.0


class Keeper(Protocol):
    """Asterisk, which has kept them."""

    async def tell_kept(self, mark: str) -> bool:
        """Have it tell the scripts of all of them; whether it is through. Never raises."""

    async def keeps_any(self) -> bool:
        """Whether it has kept any that are not told yet. Never raises."""


class KeptCalls:
    """Asked for when Asterisk is found, and by the clock."""

    def __init__(self, then: Callable[[Census], None]) -> None:
        self.keeper: Keeper | None = None
        self._then = then  # once they are told
        self._is_ready = asyncio.Event()
        self._telling: set[asyncio.Task[None]] = set()

    def ready(self) -> None:
        """From now on the scripts hear what is told."""
        self._is_ready.set()

    def found(self, census: Census) -> None:
        """Asterisk is there, and we know who is in it."""
        task = asyncio.get_running_loop().create_task(self._tell_first(census))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell_first(self, census: Census) -> None:
        await self._is_ready.wait()
        await self._tell()
        self._then(census)

    async def look(self) -> None:
        """Every minute: the end of a call may have been told in vain since."""
        if self.keeper is not None and await self.keeper.keeps_any():
            log.info("Asterisk has kept calls whose end nobody was told")
            await self._tell()

    async def _tell(self) -> None:
        if self.keeper is not None and not await self.keeper.tell_kept(str(time.time_ns())):
            log.warning(
                "Asterisk does not tell of calls that ended while the daemon was away",
                remedy="ccdialer setup asterisk, and dialplan reload",
            )

    async def close(self) -> None:
        """What is not told yet is told to the next run."""
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)
