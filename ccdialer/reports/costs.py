"""What calls cost, by trunk, direction, project, campaign or agent, and for each talk."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ccdialer.core.campaign import Campaign
from ccdialer.reports import words
from ccdialer.reports.span import Span
from ccdialer.reports.table import Column, Table, columns
from ccdialer.storage import Database
from ccdialer.storage.costs import By, Costs, costs

COLUMNS = columns(
    "currency",
    "calls||count",
    "answered||count",
    "talks||count",
    "successes||count",
    "billed_s|billed|seconds",
    "cost||money",
    "cost_per_answer|per answer|money",
    "cost_per_talk|per talk|money",
    "cost_per_success|per success|money",
)
UNPRICED = "calls without a price went by a campaign's own dial string, or by a symbolic price"


def costs_table(database: Database, by: By, span: Span, only: Campaign | None = None) -> Table:
    """A row for each of what they are told apart by, and each currency; dearest first.

    Of closed attempts that were opened in the span. Under the table stand the sums.
    """
    found = costs(database, by, span.since, span.until, only.id if only else None)
    place = (Column("destination", "destination"),) if by is By.DIRECTION else ()
    head = (Column(str(by), str(by)), *place, *COLUMNS)
    return Table("costs", head, [_row(each, by) for each in found], _note(found), is_compared=True)


def _row(found: Costs, by: By) -> tuple[Any, ...]:
    key = f"+{found.key}" if by is By.DIRECTION and found.key else found.key
    place = (found.destination,) if by is By.DIRECTION else ()
    return (
        *(key, *place, found.currency, found.legs, found.answered, found.talks),
        found.successes,
        *(float(found.billed_s), found.cost, _each(found, found.answered)),
        *(_each(found, found.talks), _each(found, found.successes)),
    )


def _each(found: Costs, count: int) -> int | None:
    return None if found.cost is None or not count else round(found.cost / count)


def _note(found: list[Costs]) -> str:
    sums: Counter[str] = Counter()
    for each in found:
        if each.cost is not None:
            sums[each.currency] += each.cost
    total = ", ".join(f"{words.money(cost)} {currency}" for currency, cost in sums.items())
    unpriced = UNPRICED if any(each.cost is None for each in found) else ""
    return "; ".join(part for part in (f"together {total}" if total else "", unpriced) if part)
