"""Trunk watch: asks Asterisk every few seconds whether trunks can be used, and tells what changed.

Asked, not subscribed to: whoever is subscribed to an endpoint hears of its channels twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from ccdialer.ari import SeenEndpoint
from ccdialer.core.events import TrunkStateChanged
from ccdialer.errors import SwitchUnreachable
from ccdialer.runtime.driver import Driver

log = structlog.get_logger()

OFFLINE = "offline"
NO_CONTACT = "Asterisk has no working contact for it (it does not answer OPTIONS)"
NO_ENDPOINT = "Asterisk does not know its endpoint; apply it: ccdialer trunk apply"

Ask = Callable[[], Awaitable[Sequence[SeenEndpoint]]]


class TrunkWatch:
    """Holds what Asterisk says against what the core believes."""

    def __init__(self, driver: Driver, ask: Ask) -> None:
        self._driver = driver
        self._ask = ask
        self._looks: set[asyncio.Task[None]] = set()

    def look_soon(self) -> None:
        """Look at once, in a task of its own: Asterisk has just been found."""
        look = asyncio.get_running_loop().create_task(self.look())
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)

    async def look(self) -> None:
        """Tell the core of every trunk that can be used and could not, or the other way round."""
        board = self._driver.dialer.board
        if not board.connected or not board.trunks:
            return
        try:
            seen = {endpoint.name: endpoint.state for endpoint in await self._ask()}
        except SwitchUnreachable:
            return  # who lost the connection is told by it
        if not board.connected:
            return
        believed = {
            work.trunk.settings.endpoint: (work.is_usable, work.why)
            for work in board.trunks.values()
        }
        for endpoint, belief in believed.items():
            found = _judged(seen.get(f"PJSIP/{endpoint}"))
            if found != belief:
                self._tell(endpoint, *found)

    def _tell(self, endpoint: str, is_usable: bool, why: str) -> None:
        if is_usable:
            log.info("trunk can be used", endpoint=endpoint)
        else:
            log.warning("trunk cannot be used, calls go over others", endpoint=endpoint, why=why)
        self._driver.tell(TrunkStateChanged(endpoint, is_usable, why))


def _judged(state: str | None) -> tuple[bool, str]:
    if state is None:
        return False, NO_ENDPOINT
    return (False, NO_CONTACT) if state == OFFLINE else (True, "")
