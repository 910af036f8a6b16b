"""Which clients are to be called back: when, by whom, and how late they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ccdialer.core.task import Step
from ccdialer.reports.table import Table, columns
from ccdialer.reports.tasks import details, numbers

COLUMNS = columns(
    *("id|task|count", "campaign", "due_at|due|instant", "late_s|late|seconds", "owner", "group"),
    *("now_for|now for", "state", "priority||count", "attempts||count", "numbers", "details"),
)
WORDS = {Step.OWNER: "the owner", Step.GROUP: "the group", Step.ANYONE: "anyone"}


def callbacks(rows: Iterable[dict[str, Any]], now: int) -> Table:
    """A row for each open callback; `now` is epoch ms. `now for` is the step of its ladder as the
    journal has it: who is waited for, or has been waited for in vain."""
    return Table("callbacks", COLUMNS, [_row(row, now) for row in rows])


def _row(row: dict[str, Any], now: int) -> tuple[Any, ...]:
    late_s = (now - row["due_at"]) / 1000 if row["due_at"] <= now else None
    return (
        *(row["id"], row["campaign"], row["due_at"], late_s),
        *(row["owner"], row["owner_group"], WORDS[step_of(row)], str(row["state"])),
        *(row["priority"], row["attempts"], numbers(row), details(row)),
    )


def step_of(row: dict[str, Any]) -> Step:
    """Where the ladder stands: what is stored of it, if that belongs to this due time."""
    if row["step"] is not None and row["step_due_at"] == row["due_at"]:
        return Step(row["step"])
    if row["owner_id"] is not None:
        return Step.OWNER
    return Step.GROUP if row["owner_group"] is not None else Step.ANYONE
