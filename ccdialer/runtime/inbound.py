"""What the daemon has for calls that come in: cards of callers, their routes, the AGI port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container
from typing import Any

import structlog

from ccdialer.ari.census import Census
from ccdialer.config import Config
from ccdialer.core.agent import AgentState
from ccdialer.core.commands import RecordRoute
from ccdialer.core.events import CallbacksChanged
from ccdialer.errors import StorageUnavailable
from ccdialer.runtime.agi_desk import AgiDesk
from ccdialer.runtime.agi_port import AgiPort
from ccdialer.runtime.arrivals import Arrivals
from ccdialer.runtime.clock import wall_ms
from ccdialer.runtime.crms import cards_of, forget, marks, recall, retake, save
from ccdialer.runtime.directing import Directing
from ccdialer.runtime.driver import Driver
from ccdialer.runtime.kept_calls import KeptCalls
from ccdialer.runtime.wishes import Wishes
from ccdialer.storage.database import Database

log = structlog.get_logger()

LAST_WISHES_S = 10.0


class Inbound:
    """Opened with the daemon, reloaded with it, closed with it."""

    def __init__(
        self,
        config: Config,
        database: Database,
        driver: Driver,
        submit: Callable[[RecordRoute], None],
    ) -> None:
        self._database = database
        self._driver = driver
        self._loop: asyncio.AbstractEventLoop | None = None
        self._keeping = asyncio.Lock()  # cards on their way to the database
        self.cards = cards_of(config, database)
        self._marks = marks(config)
        self.directing = Directing(database, driver.clock, submit)
        self.directing.cards = self.cards
        self.wishes = Wishes(database, self._wish_written)
        desk = AgiDesk(database, self.directing, self.wishes, config.node, self._state_of)
        self.port = AgiPort(config, desk)
        self.arrivals = Arrivals(driver, self.directing, config.numbers.region)
        self.kept = KeptCalls(self.arrivals.forgotten)

    async def start(self) -> None:
        """Rules and remembered cards are read before the port is opened."""
        self._loop = asyncio.get_running_loop()
        self.cards.prepare()
        await self.look()
        try:
            await asyncio.to_thread(recall, self._database, self.cards, wall_ms())
        except StorageUnavailable as error:
            log.warning("callers' cards of earlier are not remembered", trouble=str(error))
        await self.port.start()
        self.kept.ready()

    def found(self, census: Census, ending: Container[str]) -> None:
        """Callers who are in Asterisk now; then calls that ended while we were away."""
        self.arrivals.found(census, ending)
        self.kept.found(census)

    async def look(self) -> None:
        """Rules, agents or queues may have been edited in the database."""
        try:
            await self.directing.reload()
        except StorageUnavailable as error:
            log.warning("routes not read", trouble=str(error))

    async def reload(self, config: Config) -> None:
        """Scripts, and CRMs: who is being looked up is not kept waiting."""
        async with self._keeping:
            if changed := retake(self.cards, config, self._database):
                await self._forget(changed)
            self._marks = marks(config)
        await self.port.reload(config)

    async def _forget(self, changed: frozenset[str]) -> None:
        names = ", ".join(sorted(changed))
        log.info("CRMs are as config.yaml has them now", changed=names)
        try:
            await asyncio.to_thread(forget, self._database, changed)
        except StorageUnavailable as error:
            log.warning(
                "what they said before comes back at a restart", crm=names, trouble=str(error)
            )

    async def save(self) -> None:
        """What has been learned of callers outlives a restart."""
        async with self._keeping:
            try:
                await asyncio.to_thread(save, self._database, self.cards, wall_ms())
            except StorageUnavailable as error:
                log.warning("callers' cards are not saved yet", trouble=str(error))

    async def close(self) -> None:
        """No more scripts; what callers have wished is written first."""
        await self.kept.close()
        await self.arrivals.close()
        await self.port.close()
        await asyncio.to_thread(self.wishes.close, LAST_WISHES_S)
        await self.save()
        await asyncio.to_thread(self.cards.close)
        await asyncio.to_thread(self.directing.close)

    def figures(self) -> dict[str, Any]:
        """For `ccdialer status`."""
        return self.port.figures() | {"wishes": self.wishes.depth}

    def crm_figures(self) -> dict[str, Any]:
        """For `ccdialer crm status`, and whether config.yaml says the same."""
        return self.cards.figures() | {"marks": self._marks}

    # --- for the desk, from its threads ---------------------------------------------------------

    def _state_of(self, agent_id: int) -> AgentState:
        seat = self._driver.dialer.board.seats.get(agent_id)
        return AgentState.OFFLINE if seat is None else seat.state

    def _wish_written(self) -> None:
        """Perhaps a callback: the core looks for it at once."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._driver.tell, CallbacksChanged(False))
