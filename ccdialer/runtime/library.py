"""Reads of the database for the event loop: each on a reading thread, never in the loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, History
from ccdialer.core.events import AgentChanged, CampaignLoaded, Event
from ccdialer.runtime.calendar import midnight, next_time
from ccdialer.runtime.clock import Clock
from ccdialer.storage import agents, campaigns, limits
from ccdialer.storage.database import Database
from ccdialer.storage.pacing import memory_of

T = TypeVar("T")
READERS = 2
MONTH_DAYS = 30  # of the law (47 CFR 64.1200(a)(7)), today included


def wall_ms() -> int:
    """The machine's clock, UTC epoch milliseconds."""
    return time.time_ns() // 1_000_000


class Library:
    """The daemon's reading side of storage."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    async def read(self, function: Callable[..., T], *arguments: Any) -> T:
        """`function(database, *arguments)` on a reading thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, lambda: function(self._database, *arguments)
        )

    async def campaigns(self) -> list[CampaignLoaded]:
        """All campaigns with their live answers, and with what pacing has learned."""
        return await self.read(_remembered, self._clock.drift())

    async def edits(self, on_duty: frozenset[int]) -> list[Event]:
        """Campaigns and the agents on duty as they are in the database now."""
        return await self.read(_edits, on_duty, self._clock.drift())

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


def _remembered(database: Database, drift_s: float) -> list[CampaignLoaded]:
    return [
        replace(loaded, memory=memory_of(database, loaded.campaign.id))
        for loaded in _campaigns(database, drift_s)
    ]


def _campaigns(database: Database, drift_s: float) -> list[CampaignLoaded]:
    """`drift_s` is how far the machine's clock, by which days go, is ahead of the core's."""
    now = time.time()
    found = []
    for campaign in campaigns.list_campaigns(database):
        closes_at = next_time(campaign.settings.day_ends, now)
        closes_at = closes_at or limits.closes_at(database, campaign.settings, now)
        closes_at = None if closes_at is None else closes_at - drift_s
        history = _history(database, campaign, now)
        history = replace(history, day_ends_at=midnight(now, 1) - drift_s)
        found.append(CampaignLoaded(campaign, history, closes_at))
    return found


def _history(database: Database, campaign: Campaign, now: float) -> History:
    today, month = midnight(now), midnight(now, 1 - MONTH_DAYS)
    return campaigns.history_of(database, campaign.id, round(today * 1000), round(month * 1000))


def _edits(database: Database, on_duty: frozenset[int], drift_s: float) -> list[Event]:
    changed = [AgentChanged(a) for a in agents.list_agents(database) if a.id in on_duty]
    return [*_campaigns(database, drift_s), *changed]
