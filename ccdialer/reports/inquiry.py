"""An inquiry into one task: the task with all that its answer is made from, read at one instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import date, datetime, time
from math import inf
from typing import Any

from ccdialer.core import ways
from ccdialer.core.campaign import Campaign
from ccdialer.core.health import Breaker, TrunkAtWork
from ccdialer.core.task import Task
from ccdialer.core.trunk import NoRoute, Route, Trunk
from ccdialer.storage import Database, campaign_by_id, list_trunks
from ccdialer.storage.foresight import Asked, Next, Outlook, next_call, outlook

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Floor:
    """What the daemon tells of itself; `trouble` is why nobody can be dialed at all, or empty."""

    trouble: str = ""
    campaigns: dict[str, Row] = field(default_factory=dict)  # rows of the snapshot, by name
    trunks: dict[str, Row] = field(default_factory=dict)  # likewise
    agents: dict[str, str] | None = None  # state by login, of those on duty; None: nobody knows


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Why this task is or is not called. `now` is epoch ms."""

    database: Database
    task: Row  # as `show_task` tells it
    campaign: Campaign
    floor: Floor
    now: int
    fleet: ways.Fleet
    outlook: Outlook  # what the rules say now
    next: Next
    subject: str = ""  # the number that was asked about
    others: list[Row] = field(default_factory=list)  # that number's other tasks

    @property
    def tries(self) -> list[Row]:
        """Its attempts, oldest first."""
        found: list[Row] = self.task["tries"]
        return found

    @property
    def number(self) -> str:
        """The number that would be dialed now; empty: none is left."""
        return self.outlook.candidate.number


def inquire(database: Database, task: Row, floor: Floor, now: int) -> Inquiry:
    """All about a task, as the rules would see it were it dialed now, and when it is due."""
    campaign = campaign_by_id(database, task["campaign_id"])
    fleet = fleet_of(list_trunks(database), campaign, floor, now)
    asked = _asked(task, campaign, fleet, now)
    begins = max(now, task["due_at"], starts_at(campaign))
    return Inquiry(
        *(database, task, campaign, floor, now, fleet),
        outlook(database, asked, now),
        next_call(database, asked, begins),
    )


def starts_at(campaign: Campaign) -> int:
    """When the campaign's start date begins at the site, epoch ms; 0: it has none."""
    if not campaign.settings.starts_on:
        return 0
    # A datetime without a zone is read by the machine's.
    begins = datetime.combine(date.fromisoformat(campaign.settings.starts_on), time())
    return round(begins.timestamp() * 1000)


def _asked(task: Row, campaign: Campaign, fleet: ways.Fleet, now: int) -> Asked:
    def choose(asked: Task, without: Set[int]) -> tuple[Task, Route | NoRoute]:
        priced = ways.priced(fleet, asked)
        return priced, ways.choose(fleet, priced, now / 1000, without)

    known = Task(
        *(task["id"], campaign.id, tuple(n["e164"] for n in task["numbers"] if not n["bad"])),
        attempts=task["attempts"],
        zone=task["zone"],
        prefers=task["next_number"] or "",
    )
    return Asked(known, campaign.settings.holds_agent, choose)


def fleet_of(trunks: list[Trunk], campaign: Campaign, floor: Floor, now: int) -> ways.Fleet:
    """The trunks as the daemon knows them; those it does not tell of are taken to be in order."""
    works = [_at_work(trunk, floor.trunks.get(trunk.name), now) for trunk in trunks]
    in_use = {t.id: floor.trunks[t.name]["in_use"] for t in trunks if t.name in floor.trunks}
    return ways.Fleet(works, campaign.settings, Counter(in_use))


def _at_work(trunk: Trunk, told: Row | None, now: int) -> TrunkAtWork:
    if told is None:
        return TrunkAtWork(trunk, is_usable=True, why="")
    breakers = {prefix: Breaker(count, inf) for prefix, count in told["breakers"].items()}
    work = TrunkAtWork(trunk, not told["trouble"], told["trouble"], breakers)
    if told["lines_now"] < trunk.settings.lines:
        work.congested_at, work.lines_found = now / 1000, told["lines_now"]
    return work
