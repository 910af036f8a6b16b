"""Reads of the database for the event loop: each on a reading thread, never in the loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from ccdialer.core.agent import Agent
from ccdialer.core.events import AgentChanged, CampaignLoaded, Event
from ccdialer.storage import agents, campaigns
from ccdialer.storage.database import Database

T = TypeVar("T")
READERS = 2


def wall_ms() -> int:
    """The machine's clock, UTC epoch milliseconds."""
    return time.time_ns() // 1_000_000


class Library:
    """The daemon's reading side of storage."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    async def read(self, function: Callable[..., T], *arguments: Any) -> T:
        """`function(database, *arguments)` on a reading thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, lambda: function(self._database, *arguments)
        )

    async def campaigns(self) -> list[CampaignLoaded]:
        """All campaigns with what happened in their legal window."""
        return await self.read(_campaigns)

    async def edits(self, on_duty: frozenset[int]) -> list[Event]:
        """Campaigns and the agents on duty as they are in the database now."""
        return await self.read(_edits, on_duty)

    async def agent(self, login: str) -> Agent:
        """Raises NotFound."""
        return await self.read(agents.agent_by_login, login)

    async def agent_at(self, phone: str) -> Agent:
        """Raises NotFound."""
        return await self.read(agents.agent_by_phone, phone)

    async def agents(self) -> list[Agent]:
        return await self.read(agents.list_agents)

    def close(self) -> None:
        self._threads.shutdown(wait=True)


def _campaigns(database: Database) -> list[CampaignLoaded]:
    now = wall_ms()
    return [
        CampaignLoaded(campaign, campaigns.history_of(database, campaign.id, now))
        for campaign in campaigns.list_campaigns(database)
    ]


def _edits(database: Database, on_duty: frozenset[int]) -> list[Event]:
    changed = [AgentChanged(a) for a in agents.list_agents(database) if a.id in on_duty]
    return [*_campaigns(database), *changed]
