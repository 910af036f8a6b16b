"""Reads of the database for the event loop: each on a reading thread, never in the loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import Any, TypeVar

from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, CampaignState, History, Mode
from ccdialer.core.events import (
    AgentChanged,
    AllResumed,
    AllStopped,
    CampaignLoaded,
    Event,
    HoursLearned,
    ProjectLoaded,
    TrunksLoaded,
    WorkCounted,
)
from ccdialer.core.limits import SiteRules
from ccdialer.core.metrics import service_level
from ccdialer.core.queue import Span
from ccdialer.reports.inbound import limits_of, names_of
from ccdialer.runtime.calendar import midnight, next_time, start_of
from ccdialer.runtime.clock import Clock, wall_ms
from ccdialer.runtime.queue_hours import hours_open
from ccdialer.storage import agents, answering, campaigns, limits, projects, statistics
from ccdialer.storage.database import Database
from ccdialer.storage.inbound_statistics import InboundFilter, inbound_totals
from ccdialer.storage.outbox_listing import backlogs
from ccdialer.storage.pacing import memory_of
from ccdialer.storage.site_rules import site_rules
from ccdialer.storage.spending import spent_by_trunk
from ccdialer.storage.standstill import standstill_of
from ccdialer.storage.trunks import list_trunks, trunk_names, trunks_revision
from ccdialer.storage.waiting import next_due

T = TypeVar("T")
READERS = 2
COUNT_EVERY_S = 3600.0
MONTH_DAYS = 30  # of the law (47 CFR 64.1200(a)(7)), today included


def _as_stored(campaign: Campaign) -> Campaign:
    return campaign


class Library:
    """The daemon's reading side of storage."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.heard: Callable[[Campaign], Campaign] = _as_stored  # how the core is told of them
        self._day_ends = 0.0  # of the day whose work was counted last, epoch seconds
        self._trunks_read = 0  # revision of the trunks that were told
        self._counted_at: dict[int, float] = {}  # when a campaign's answers were, by its id
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    async def read(self, function: Callable[..., T], *arguments: Any) -> T:
        """`function(database, *arguments)` on a reading thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, lambda: function(self._database, *arguments)
        )

    async def campaigns(self) -> list[CampaignLoaded]:
        """All campaigns with their live answers, and with what pacing has learned."""
        return [self._told(each) for each in await self.read(_remembered, self._clock.drift())]

    async def projects(self) -> list[Event]:
        """All projects; and what agents have had today, if that was not counted yet today: the core
        goes on counting by itself."""
        found: list[Event] = await self.read(_projects)
        now = time.time()
        if now >= self._day_ends:
            today, ends = midnight(now), midnight(now, 1)
            work = await self.read(statistics.agents_work, round(today * 1000), round(ends * 1000))
            found.append(WorkCounted(work))
            self._day_ends = ends
        return found

    async def site(self) -> list[Event]:
        """Whether all is stopped; and the trunks, where they have changed since they were read."""
        stop = await self.read(standstill_of)
        found: list[Event] = [AllResumed() if stop is None else AllStopped(stop[1])]
        revision = await self.read(trunks_revision)
        if revision != self._trunks_read:
            found.append(TrunksLoaded(tuple(await self.read(list_trunks))))
            self._trunks_read = revision
        return found

    async def spending(self) -> dict[str, dict[str, Any]]:
        """What each trunk's calls of today have cost, and may yet cost, by its name."""
        return await self.read(_spending)

    async def served(self) -> dict[str, dict[str, Any]]:
        """How today's callers of each queue were served so far, by its name."""
        return await self.read(_served)

    async def next_due(self) -> dict[str, dict[str, Any]]:
        """When each active campaign has its next task, and what held that back, by its name."""
        return await self.read(_next_due)

    async def outbox(self) -> dict[str, dict[str, Any]]:
        """What outside systems are still to be told, by connector."""
        return {each.connector: asdict(each) for each in await self.read(backlogs)}

    async def hours(self) -> list[Event]:
        """When people answered, of campaigns that ask for it; each is counted once an hour."""
        found: list[Event] = []
        for campaign in await self.read(campaigns.list_campaigns):
            now = time.time()
            is_due = now - self._counted_at.get(campaign.id, 0.0) >= COUNT_EVERY_S
            if campaign.settings.best_hour and is_due:
                since = round(midnight(now, 1 - MONTH_DAYS) * 1000)
                hours = await self.read(answering.answers_by_hour, campaign, since)
                found.append(HoursLearned(campaign.id, hours))
                self._counted_at[campaign.id] = now
        return found

    async def edits(self, on_duty: frozenset[int]) -> list[Event]:
        """Campaigns and the agents on duty as they are in the database now."""
        campaigns, changed = await self.read(_edits, on_duty, self._clock.drift())
        return [*(self._told(loaded) for loaded in campaigns), *changed]

    def _told(self, loaded: CampaignLoaded) -> CampaignLoaded:
        return replace(loaded, campaign=self.heard(loaded.campaign))

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


def _projects(database: Database) -> list[Event]:
    return [ProjectLoaded(project) for project in projects.all_projects(database)]


def _remembered(database: Database, drift_s: float) -> list[CampaignLoaded]:
    return [
        replace(loaded, memory=memory_of(database, loaded.campaign.id))
        for loaded in _campaigns(database, drift_s)
    ]


def _campaigns(database: Database, drift_s: float) -> list[CampaignLoaded]:
    """`drift_s` is how far the machine's clock, by which days go, is ahead of the core's."""
    now = time.time()
    found, site = [], site_rules(database)
    for campaign in campaigns.list_campaigns(database):
        closes_at = next_time(campaign.settings.day_ends, now)
        closes_at = closes_at or limits.closes_at(database, campaign.settings, now)
        closes_at = None if closes_at is None else closes_at - drift_s
        opens_at = start_of(campaign.settings.starts_on, now)
        opens_at = None if opens_at is None else opens_at - drift_s
        history = _history(database, campaign, now)
        history = replace(history, day_ends_at=midnight(now, 1) - drift_s)
        loaded = CampaignLoaded(campaign, history, closes_at, opens_at=opens_at)
        found.append(replace(loaded, hours_open=_hours_open(campaign, site, now, drift_s)))
    return found


def _hours_open(
    campaign: Campaign, site: SiteRules, now: float, drift_s: float
) -> tuple[Span, ...] | None:
    """Of a queue, in core time."""
    if campaign.settings.mode is not Mode.INBOUND:
        return None
    spans = hours_open(campaign.settings, site, now)
    if spans is None:
        return None
    return tuple((opens - drift_s, closes - drift_s) for opens, closes in spans)


def _history(database: Database, campaign: Campaign, now: float) -> History:
    today, month = midnight(now), midnight(now, 1 - MONTH_DAYS)
    return campaigns.history_of(database, campaign.id, round(today * 1000), round(month * 1000))


def _edits(
    database: Database, on_duty: frozenset[int], drift_s: float
) -> tuple[list[CampaignLoaded], list[AgentChanged]]:
    changed = [AgentChanged(a) for a in agents.list_agents(database) if a.id in on_duty]
    return _campaigns(database, drift_s), changed


def _next_due(database: Database) -> dict[str, dict[str, Any]]:
    found = {
        campaign.name: next_due(database, campaign.id)
        for campaign in campaigns.list_campaigns(database)
        if campaign.state is CampaignState.ACTIVE
    }
    return {name: first._asdict() for name, first in found.items() if first is not None}


def _served(database: Database) -> dict[str, dict[str, Any]]:
    now = time.time()
    today = InboundFilter(
        round(midnight(now) * 1000), round(now * 1000), limits=limits_of(database)
    )
    names = names_of(database)
    return {
        names.get(totals.key, ""): {
            "service_level": service_level(totals.in_time, totals.queued)
            if totals.queued
            else None,
            "answered": totals.answered,
            "lost": totals.left + totals.unknown,
        }
        for totals in inbound_totals(database, today)
    }


def _spending(database: Database) -> dict[str, dict[str, Any]]:
    names = trunk_names(database)
    return {
        names[trunk_id]: {currency: asdict(spent) for currency, spent in by_currency.items()}
        for trunk_id, by_currency in spent_by_trunk(database, wall_ms()).items()
        if trunk_id in names
    }
