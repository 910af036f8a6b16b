"""Asks every rule that may hold a task back, in the transaction that opens its attempt."""

from __future__ import annotations

from collections.abc import Sequence

from ccdialer.storage import limits
from ccdialer.storage.database import Database
from ccdialer.storage.holds import Candidate, Check, Hold

__all__ = ["CHECKS", "Candidate", "Check", "Hold", "holds"]

CHECKS: tuple[Check, ...] = (limits.check,)
"""In this order; the first that holds a task back is its reason. The limits come last: whom they
let pass counts as contacted for those behind him in the batch."""


def holds(database: Database, candidates: Sequence[Candidate]) -> dict[int, Hold]:
    """The tasks among these that may not be dialed, each with the first reason."""
    found: dict[int, Hold] = {}
    for check in CHECKS:
        found |= check(database, [c for c in candidates if c.task_id not in found])
    return found
