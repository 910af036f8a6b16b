"""Asks every rule that may hold a task back, in the transaction that opens its attempt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ccdialer.storage.database import Database


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task that is about to be dialed, the number for it, and when (epoch ms)."""

    task_id: int
    campaign_id: int
    number: str
    at: int
    held_agent_id: int | None = None  # who is reserved for him: he cannot be abandoned


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a task is not dialed now, and when it may be, in epoch ms; None: never, and it ends."""

    rule: str  # key of the rule: window, dnc, cap ...
    reason: str  # one clause for people: "outside 09:00-20:00 in Asia/Omsk"
    until: int | None


Check = Callable[[Database, Sequence[Candidate]], Mapping[int, Hold]]

CHECKS: tuple[Check, ...] = ()
"""In this order; the first that holds a task back is its reason."""


def holds(database: Database, candidates: Sequence[Candidate]) -> dict[int, Hold]:
    """The tasks among these that may not be dialed, each with the first reason."""
    found: dict[int, Hold] = {}
    for check in CHECKS:
        found |= check(database, [c for c in candidates if c.task_id not in found])
    return found
