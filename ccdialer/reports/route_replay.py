"""Past calls over other routing rules: what share reaches each target, and which calls change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ccdialer.core.routing import Book, Decision, route
from ccdialer.reports.route_words import shown, went
from ccdialer.reports.table import PAGE, Table, columns
from ccdialer.storage import Database
from ccdialer.storage.routed import Routed, routed_between

SHARES = columns(
    *("target", "went||count", "before||count", "before_rate|share before|rate"),
    *("after||count", "after_rate|share after|rate", "change||count"),
)
CHANGES = columns(
    *("call", "arrived_at|arrived|instant", "number", "did|DID", "stage", "before"),
    *("before_why|rule before", "after", "after_why|rule after"),
)
MOST_CHANGES = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """A call that another target would get."""

    call: Routed
    before: Decision
    after: Decision


@dataclass(slots=True)
class Replayed:
    """Calls by target: where they went, where the present rules send them, where the new ones."""

    calls: int = 0
    went: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    changes: list[Change] = field(default_factory=list)  # the first MOST_CHANGES of them


def calls_between(database: Database, since: int, until: int) -> Iterator[Routed]:
    """The routed calls of a time (epoch ms), the oldest first, a page at a time."""
    after = (since - 1, "")
    while page := routed_between(database, since, until, after, PAGE):
        yield from page
        after = (page[-1].row["arrived_at"], page[-1].row["id"])


def replayed(calls: Iterable[Routed], present: Book, new: Book) -> Replayed:
    """Route each call by both sets, by what was known of it when it came."""
    found = Replayed()
    for call in calls:
        before, after = route(present, call.facts), route(new, call.facts)
        found.calls += 1
        found.went[went(call.row)] += 1
        found.before[shown(before.target)] += 1
        found.after[shown(after.target)] += 1
        if before.target != after.target:
            found.changed += 1
            if found.changed <= MOST_CHANGES:
                found.changes.append(Change(call, before, after))
    return found


def shares(found: Replayed) -> Table:
    """A row for every target, those that get most calls after the change first."""
    every = {*found.went, *found.before, *found.after}
    ordered = sorted(every, key=lambda one: (-found.after[one], -found.before[one], one))
    rows = [_row(found, target) for target in ordered]
    return Table("calls by target", SHARES, rows, note=_note(found), is_compared=True)


def _row(found: Replayed, target: str) -> tuple[Any, ...]:
    before, after = found.before[target], found.after[target]
    return (
        *(target, found.went[target], before, before / found.calls),
        *(after, after / found.calls, after - before),
    )


def _note(found: Replayed) -> str:
    rate = found.changed / max(1, found.calls)
    return f"{found.changed} of {found.calls} calls ({rate:.1%}) go elsewhere"


def changes(found: Replayed) -> Table:
    """A row for every call that goes elsewhere."""
    return Table("calls that go elsewhere", CHANGES, map(_change, found.changes))


def _change(one: Change) -> tuple[Any, ...]:
    row = one.call.row
    return (
        *(row["id"], row["arrived_at"], row["number"] or "hidden", row["did"], row["stage"]),
        *(shown(one.before.target), one.before.reason, shown(one.after.target), one.after.reason),
    )
