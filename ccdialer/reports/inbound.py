"""What became of calls that came in: answered in time, left, lost, recovered (SPEC C8, E3, A3)."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ccdialer.core.campaign import Mode
from ccdialer.core.metrics import average_speed_of_answer_s, quantile, service_level, share
from ccdialer.core.queue_names import full_name
from ccdialer.reports import words
from ccdialer.reports.table import Column, Kind, Table, columns
from ccdialer.storage import Database, list_campaigns, list_projects
from ccdialer.storage.inbound_statistics import (
    QUARTER_MS,
    By,
    InboundFilter,
    InboundTotals,
    Owed,
    inbound_totals,
    owed_calls,
)

COLUMNS = columns(
    *("offered||count", "share||rate", "answered||count", "left||count", "short||count"),
    *("closed||count", "sent_on|sent on|count", "callbacks|callback asked|count"),
    *("elsewhere|no queue|count", "-unknown||count", "-live||count"),
    *("service_level|service level|rate", "-in_time||count", "asa_s|ASA|seconds"),
    *("longest_wait_s|longest wait|seconds", "talk_s|talk|seconds", "lost||count"),
    *("recovered||count", "recovered_rate|of them|rate"),
    "call_back_median_s|called back in|seconds",
    "call_back_p90_s|90% in|seconds",
)
NONE = "none"
"""What stands for calls without a channel, a stage, an agent ..."""


def inbound(database: Database, wanted: InboundFilter) -> Table:
    """A row for each of what calls are told apart by: hours and days in their order, all else the
    most frequent first. Under the table stand the sums."""
    label = _labels(database, wanted.by)
    rows: dict[str, _Row] = {}
    for totals in inbound_totals(database, wanted):
        key = label(totals.key)
        rows.setdefault(key, _Row(key)).totals.add(totals)
    for call in owed_calls(database, wanted):
        key = label(call.key)
        rows.setdefault(key, _Row(key)).take(call)
    whole = _Row("")
    for row in rows.values():
        whole.add(row)
    head = (Column(str(wanted.by), TITLES.get(wanted.by, str(wanted.by)), Kind.TEXT), *COLUMNS)
    ordered = sorted(rows.values(), key=_place(wanted.by))
    cells = [(row.key, *_cells(row, whole.totals.offered)) for row in ordered]
    return Table("inbound", head, cells, _note(whole, wanted), is_compared=True)


@dataclass(slots=True)
class _Row:
    """Calls of one key."""

    key: str
    totals: InboundTotals = field(default_factory=lambda: InboundTotals(""))
    lost: int = 0
    recovered: int = 0
    waits_s: array[float] = field(default_factory=lambda: array("d"))
    """How long each waited for the first try to call him back, who was tried at all."""

    def take(self, call: Owed) -> None:
        """Count one who is owed a call."""
        if call.first_s is not None:
            self.waits_s.append(call.first_s)
        if call.is_lost:
            self.lost += 1
            self.recovered += call.recovered_at is not None

    def add(self, more: _Row) -> None:
        """Take in what another key counts, but for the waits, which the sums do not show."""
        self.totals.add(more.totals)
        self.lost += more.lost
        self.recovered += more.recovered


def _cells(row: _Row, all_offered: int) -> tuple[Any, ...]:
    t = row.totals
    return (
        *(t.offered, share(t.offered, all_offered), t.answered, t.left, t.short, t.closed),
        *(t.sent_on, t.callbacks, t.elsewhere, t.unknown, t.live),
        service_level(t.in_time, t.queued) if t.queued else None,
        t.in_time,
        average_speed_of_answer_s(t.wait_ms / 1000, t.answered) if t.answered else None,
        *(t.longest_ms / 1000, t.talk_ms / 1000, row.lost, row.recovered),
        share(row.recovered, row.lost) if row.lost else None,
        *(quantile(row.waits_s, 0.5), quantile(row.waits_s, 0.9)),
    )


def _note(whole: _Row, wanted: InboundFilter) -> str:
    t = whole.totals
    if not t.offered:
        return ""
    level = f"{service_level(t.in_time, t.queued):.1%}"
    return (
        f"{t.offered} calls; service level {level}: {t.in_time} answered in time of {t.queued} who"
        f" came into an open queue and stayed {wanted.short_s:g} s; lost {whole.lost}, recovered"
        f" {whole.recovered}"
    )


# --- keys ---------------------------------------------------------------------------------------


def _labels(database: Database, by: By) -> Callable[[str], str]:
    """How keys are told to people."""
    if by is not By.QUEUE:
        return LABELS.get(by, _named)
    names = names_of(database)
    return lambda key: names.get(key, NONE)


def _named(key: str) -> str:
    return key or NONE


def _hour(quarter: str) -> str:
    return words.on_the_wall(int(quarter) * QUARTER_MS).strftime("%H:00")


def _day(quarter: str) -> str:
    return words.on_the_wall(int(quarter) * QUARTER_MS).strftime("%Y-%m-%d")


LABELS: dict[By, Callable[[str], str]] = {By.HOUR: _hour, By.DAY: _day}
TITLES = {By.DID: "number called", By.CHANNEL: "ad channel"}


def _place(by: By) -> Callable[[_Row], Any]:
    if by in LABELS:
        return lambda row: row.key
    return lambda row: (-row.totals.offered, row.key)


def names_of(database: Database) -> dict[str, str]:
    """What queues are called, by their ids as `inbound_totals` has them: with the project where
    several have one of that name."""
    projects, found = list_projects(database), list_campaigns(database)
    places = {str(each.id): (projects[each.project_id], each.name) for each in found}
    queues = {places[str(each.id)] for each in found if each.settings.mode is Mode.INBOUND}
    return {key: full_name(place, queues) for key, place in places.items()}


def limits_of(database: Database) -> dict[int, float]:
    """Within how many seconds a call is answered in time, by the queue's id."""
    found = list_campaigns(database)
    queues = (each for each in found if each.settings.mode is Mode.INBOUND)
    return {queue.id: queue.settings.queue.service_level_s for queue in queues}
