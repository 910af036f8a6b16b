"""Asks every rule that may hold a task back, in the transaction that opens its attempt."""

from __future__ import annotations

from collections.abc import Sequence

from ccdialer.storage import (
    capping,
    duplicates,
    limits,
    on_the_line,
    refusals,
    standstill,
    trunks,
)
from ccdialer.storage.database import Database
from ccdialer.storage.holds import Candidate, Check, Hold

__all__ = ["CHECKS", "Candidate", "Check", "Hold", "holds"]

CHECKS: tuple[Check, ...] = (
    standstill.check,
    trunks.check,
    refusals.check,
    on_the_line.check,
    duplicates.check,
    limits.check,
    capping.check,
)
"""In this order; the first that holds a task back is its reason. Limits and spending come last:
whom they let pass counts as dialed for those behind him in the batch."""

CLAIM_CHECKS: tuple[Check, ...] = (on_the_line.check, duplicates.check, limits.check)
"""What is asked already when tasks are claimed, so that hoppers hold people who may be called, and
no agent is reserved again and again for a caller who has only just been sent on."""

FORESEEN: tuple[Check, ...] = (
    standstill.foresee,
    trunks.check,
    refusals.check,
    on_the_line.check,
    duplicates.check,
    limits.check,
    capping.foresee,
)
"""The same rules, asked about tasks that nobody is about to dial: storage is only read."""

LEG_CHECKS: tuple[Check, ...] = (standstill.check, refusals.check, capping.check)
"""What is asked again when an attempt goes on over another trunk."""


def holds(
    database: Database, candidates: Sequence[Candidate], checks: Sequence[Check] | None = None
) -> dict[int, Hold]:
    """The tasks among these that may not be dialed, each with the first reason."""
    found: dict[int, Hold] = {}
    for check in CHECKS if checks is None else checks:
        found |= check(database, [c for c in candidates if c.task_id not in found])
    return refusals.sooner(database, found, candidates)
