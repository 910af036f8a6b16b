"""Foresight: what the rules say of a task that nobody is about to dial, and when they let it pass.

The rules are those of the claim and of the opened attempt, asked in their order as of any instant;
storage is only read, and nothing is locked. What is told is so if nothing else happens until then.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, replace

from ccdialer.core.lines import CAP_OF_TRUNK
from ccdialer.core.task import Task, next_number
from ccdialer.core.trunk import NoRoute, Route
from ccdialer.storage.attempts import LIVE_NUMBER
from ccdialer.storage.database import Database
from ccdialer.storage.holds import SOMEBODY, Candidate, Hold
from ccdialer.storage.permission import CLAIM_CHECKS, FORESEEN
from ccdialer.storage.refusals import comes_off, sift
from ccdialer.storage.tasks import NO_NUMBER

LIVE, NUMBERLESS = "live_call", "no_number"
MOST_STEPS = 100
"""So many rules may follow each other before nobody can tell any more."""

LIVE_CALL = "SELECT task_id FROM attempt WHERE number = ? AND ended_at IS NULL"

Choose = Callable[[Task, Set[int]], tuple[Task, Route | NoRoute]]
"""The task with the number that would be dialed, and its way, by none of the trunks given."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A task with all numbers worth dialing, and how it would be dialed."""

    task: Task
    has_agent: bool  # one is held for the client before he is dialed
    choose: Choose


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the rules say of a task at an instant."""

    task: Task  # with the numbers that may be dialed then, the next one first
    at: int  # epoch ms
    candidate: Candidate
    holds: tuple[Hold, ...] = ()  # of every rule that would not let it pass, the first one first

    @property
    def hold(self) -> Hold | None:
        """Why the engine would not dial it."""
        return self.holds[0] if self.holds else None


@dataclass(frozen=True, slots=True)
class Next:
    """When a task may be called: at the end of those holds, if they have one that can be named."""

    at: int | None  # epoch ms; None: never, or nobody knows
    holds: tuple[tuple[int, Hold], ...] = ()  # on the way there, each with when it was met

    @property
    def last(self) -> Hold | None:
        """What it waits for in the end."""
        return self.holds[-1][1] if self.holds else None

    @property
    def is_never(self) -> bool:
        """Whether the task ends when its turn comes."""
        return self.at is None and self.last is not None and self.last.until is None


def outlook(database: Database, asked: Asked, at: int) -> Outlook:
    """What every rule says of the task, were it dialed at `at` (epoch ms)."""
    task = asked.task
    if not task.numbers:
        nobody = Candidate(task.id, task.campaign_id, "", at)
        return Outlook(task, at, nobody, (Hold(NUMBERLESS, NO_NUMBER, None),))
    left = sift(database, task.campaign_id, {task.id: task.numbers}, at)[task.id]
    task = replace(task, numbers=left)
    claimed = Candidate(task.id, task.campaign_id, next_number(task), at, SOMEBODY)
    found = [check(database, [claimed]).get(task.id) for check in CLAIM_CHECKS]
    task, candidate, more = _by_some_trunk(database, asked, task, at)
    found += more
    found.append(_live_call(database, candidate))
    return Outlook(task, at, candidate, _once(found))


def _by_some_trunk(
    database: Database, asked: Asked, task: Task, at: int
) -> tuple[Task, Candidate, list[Hold | None]]:
    """What is said when the attempt is opened. Whom a trunk's own cap stops, another may carry."""
    agent_id = SOMEBODY if asked.has_agent else None
    capped: set[int] = set()
    while True:
        chosen, way = asked.choose(task, capped)
        candidate = Candidate(
            *(task.id, task.campaign_id, next_number(chosen), at, agent_id), route=way
        )
        found = [check(database, [candidate]).get(task.id) for check in FORESEEN]
        trunk_id = way.trunk_id if isinstance(way, Route) else None
        is_capped = any(hold is not None and hold.rule == CAP_OF_TRUNK for hold in found)
        if not is_capped or trunk_id is None or not _other_way(asked, task, capped | {trunk_id}):
            return chosen, candidate, found
        capped.add(trunk_id)


def _other_way(asked: Asked, task: Task, without: Set[int]) -> bool:
    return isinstance(asked.choose(task, without)[1], Route)


def _live_call(database: Database, candidate: Candidate) -> Hold | None:
    row = database.row(LIVE_CALL, (candidate.number,))
    if row is None:
        return None
    return Hold(LIVE, f"{LIVE_NUMBER} of task {row[0]}", candidate.at, ends_by=0)


def _once(found: list[Hold | None]) -> tuple[Hold, ...]:
    """Each rule's first word: some are asked at the claim, and again when it is opened."""
    by_rule: dict[str, Hold] = {}
    for hold in found:
        if hold is not None:
            by_rule.setdefault(hold.rule, hold)
    return tuple(by_rule.values())


def next_call(database: Database, asked: Asked, at: int) -> Next:
    """The first instant from `at` on (epoch ms) at which the task may be called."""
    met: list[tuple[int, Hold]] = []
    instant: int | None = at
    while instant is not None and len(met) < MOST_STEPS:
        hold = outlook(database, asked, instant).hold
        if hold is None:
            return Next(instant, tuple(met))
        met.append((instant, hold))
        instant = _end_of(database, asked.task.id, hold, instant)
    return Next(None, tuple(met))


def _end_of(database: Database, task_id: int, hold: Hold, at: int) -> int | None:
    """When it may be otherwise; None: never, or nobody knows."""
    if hold.until is None:
        return None
    ends = hold.lasts_until or hold.until if hold.ends_by is None else hold.ends_by
    known = (ends, comes_off(database, [task_id], at).get(task_id, 0))
    return min((each for each in known if each > at), default=None)
