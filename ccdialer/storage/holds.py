"""Holds: who is about to be dialed, why he is not, and how such a task waits or ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ccdialer.core.trunk import NoRoute, Route
from ccdialer.storage.database import Database

# `asked_at` keeps when the task had been due: an edit of the rules puts it back there at once.
HOLD = """
    UPDATE task SET state = 'waiting', node = NULL, reason = ?, held_by = ?,
        asked_at = CASE asked_at WHEN 0 THEN due_at ELSE asked_at END, due_at = ?, changed_at = ?
    WHERE id = ?"""

# What holds at this moment only leaves it due as before: a callback's ladder goes on (SPEC E4).
PUT_BACK = """
    UPDATE task SET state = 'waiting', node = NULL, reason = ?, held_by = ?, changed_at = ?
    WHERE id = ?"""

# Another node may have settled it since it was looked for.
END_HELD = """
    UPDATE task SET state = 'cancelled', node = NULL, reason = ?, held_by = ?, changed_at = ?
    WHERE id = ? AND state IN ('waiting', 'reserved', 'active')"""

LET_GO = """
    UPDATE task SET due_at = asked_at, asked_at = 0, held_by = '', reason = ''
    WHERE asked_at > 0 AND state = 'waiting'"""

SOMEBODY = 0
"""An agent will or may be reserved for the client; who, is known when he is dialed."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task that is about to be dialed, the number for it, and when (epoch ms)."""

    task_id: int
    campaign_id: int
    number: str
    at: int
    held_agent_id: int | None = None  # who is reserved for him: he cannot be abandoned
    route: Route | NoRoute | None = None  # by which trunk


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a task is not dialed now, and when it may be, in epoch ms; None: never, and it ends."""

    rule: str  # key of the rule: window, dnc, cap ...
    reason: str  # one clause for people: "outside 09:00-20:00 in Asia/Omsk"
    until: int | None
    lasts_until: int | None = None  # the rule holds so long, where the task itself need not wait
    ends_by: int | None = None  # nobody knows when it ends: at the latest then, or 0: not even that


ToWall = Callable[[float], int]  # core seconds to epoch milliseconds
Check = Callable[[Database, Sequence[Candidate]], Mapping[int, Hold]]


def wait_s_of(hold: Hold, at: int) -> float:
    """For how long the rule holds from then (epoch ms), in seconds; 0: nobody knows."""
    until = hold.lasts_until or hold.until
    return 0.0 if until is None else (until - at) / 1000


def hold_back(database: Database, held: Mapping[int, Hold], at: int) -> None:
    """Let tasks wait until they may be dialed, or end. `at` is now, epoch ms."""
    waits, backs, ends = [], [], []
    for task_id, hold in held.items():
        if hold.until is None:
            ends.append((hold.reason, hold.rule, at, task_id))
        elif hold.until <= at:
            backs.append((hold.reason, hold.rule, at, task_id))
        else:
            waits.append((hold.reason, hold.rule, hold.until, at, task_id))
    database.run_many(HOLD, waits)
    database.run_many(PUT_BACK, backs)
    database.run_many(END_HELD, ends)


def withdraw(database: Database, held: Mapping[int, Hold], at: int) -> None:
    """The same of tasks that nobody was about to dial: the journal says when and why."""
    hold_back(database, held, at)
    database.run_many(
        "INSERT INTO journal (at, kind, state, reason, task_id, campaign_id, detail)"
        " SELECT ?, 'task', state, ?, id, campaign_id, '{}' FROM task WHERE id = ?",
        [(at, hold.reason, task_id) for task_id, hold in held.items()],
    )


def let_go_of(database: Database, rules: Iterable[str]) -> int:
    """The same of all tasks that these rules have held back."""
    return database.run(f"{LET_GO} AND held_by {{in_ids}}", (database.keys(rules),))


def let_go(database: Database, campaign_id: int | None = None) -> int:
    """The rules have changed: tasks that were held back (of one campaign, or all) are due when they
    had been, and are asked about again; how many."""
    if campaign_id is None:
        return database.run(LET_GO)
    return database.run(f"{LET_GO} AND campaign_id = ?", (campaign_id,))
