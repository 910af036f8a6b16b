"""Reports of calls that came in agree with a plain count of what has happened, whatever has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer import storage
from ccdialer.reports.inbound import inbound, limits_of
from ccdialer.reports.lost import lost
from ccdialer.reports.table import Table
from ccdialer.storage import Database
from ccdialer.storage.inbound_statistics import By, InboundFilter
from tests.clocks import clocks_of
from tests.reports.callers_lived import DAWN, Lived, Told
from tests.reports.examples import on_one_database, undone

ZONE = "Europe/Berlin"
SHORT_MS = 5000


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    with storage.connect(database_url) as database:
        storage.migrate(database)
        yield database


@pytest.fixture(autouse=True)
def _zone() -> Iterator[None]:
    """The machine's clock goes back in the night of these calls."""
    with clocks_of(ZONE):
        yield


@on_one_database
@given(st.data())
def test_what_is_reported_is_what_has_happened(empty: Database, data: st.DataObject) -> None:
    with undone(empty.transaction()):
        site = Lived(empty, data.draw)
        for _ in range(data.draw(st.integers(1, 20))):
            site.step()
        for by in data.draw(st.lists(st.sampled_from(By), min_size=2, max_size=2)):
            _compare(site, by, data)


def _compare(site: Lived, by: By, data: st.DataObject) -> None:
    """The report by this, and the list of the lost, of all calls or of some."""
    since = data.draw(st.sampled_from([0, DAWN + 3_600_000]))
    until = data.draw(st.sampled_from([site.now + 1, DAWN + 6 * 3_600_000]))
    of = data.draw(st.sampled_from(["all", "queue", "project", "did"]))
    queue = site.queues[0]
    wanted = InboundFilter(
        *(since, until, by, queue.campaign.id if of == "queue" else None, SHORT_MS / 1000),
        limits_of(site.db),
        queue.campaign.project_id if of == "project" else None,
        "+74951230001" if of == "did" else None,
    )
    is_of = {
        "all": lambda call: True,
        "queue": lambda call: call.queue == "acme/sales",
        "project": lambda call: call.project == "acme",
        "did": lambda call: call.did == "+74951230001",
    }[of]
    calls = [call for call in site.calls if since <= call.arrived_at < until and is_of(call)]
    found = {row.pop(str(by)): row for row in _records(inbound(site.db, wanted))}
    assert found == {key: _counted(site, of_key, len(calls)) for key, of_key in _by(by, calls)}
    owed = [call for call in calls if _is_owed(call)]
    listed = _records(lost(site.db, wanted, with_recovered=True))
    assert [(row["id"], row["how"], row["first_call_back_s"]) for row in listed] == [
        (call.id, _how(site, call), _first_s(site, call))
        for call in sorted(owed, key=lambda call: (call.arrived_at, call.id))
    ]
    still = [row["id"] for row in _records(lost(site.db, wanted))]
    assert still == [row["id"] for row in listed if not row["recovered"]]


def _records(table: Table) -> list[dict[str, Any]]:
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


# --- the plain count ------------------------------------------------------------------------------


def _by(by: By, calls: list[Told]) -> list[tuple[str, list[Told]]]:
    keys = {_key(by, call) for call in calls}
    return [(key, [call for call in calls if _key(by, call) == key]) for key in keys]


def _key(by: By, call: Told) -> str:
    local = datetime.fromtimestamp(call.arrived_at / 1000, ZoneInfo(ZONE))
    queue = {"acme/night": "night"}.get(call.queue, call.queue)
    key = {
        By.DID: call.did,
        By.CHANNEL: call.channel,
        By.STAGE: call.stage,
        By.TARGET: call.target,
        By.QUEUE: queue,
        By.AGENT: call.agent,
        By.HOUR: f"{local.hour:02}:00",
        By.DAY: str(local.date()),
    }[by]
    return key or "none"


def _part(call: Told) -> str:
    """Which one of the columns that sum to all calls."""
    if not call.fate:
        return "live" if call.queued_at is not None else "elsewhere"
    if call.fate == "left":
        return "short" if _wait_ms(call) < SHORT_MS else "left"
    if call.fate == "sent_on" and call.queued_at is None:
        return "elsewhere"
    if call.fate == "sent_on":
        return "closed" if call.reason.startswith("closed") else "sent_on"
    return {"answered": "answered", "callback": "callbacks", "lost": "unknown"}[call.fate]


PARTS = (
    *("answered", "left", "short", "closed", "sent_on", "callbacks", "elsewhere", "unknown"),
    "live",
)


def _wait_ms(call: Told) -> int:
    until = call.joined_at if call.joined_at is not None else call.ended_at
    return 0 if until is None else until - (call.queued_at or call.arrived_at)


@dataclass
class _Talk:
    at: int
    how: str


def _talks_since(site: Lived, call: Told) -> list[_Talk]:
    """With him in that project, after his call."""
    talks = [
        _Talk(joined, "called back and talked" if is_back else "talked by another call of ours")
        for project, number, is_back, _, joined in site.tries
        if (project, number) == (call.project, call.number) and joined is not None
    ]
    talks += [
        _Talk(other.joined_at, "called again and talked")
        for other in site.calls
        if call.number and other.joined_at is not None
        if (other.project, other.number) == (call.project, call.number)
    ]
    after = [talk for talk in talks if call.ended_at is not None and talk.at >= call.ended_at]
    return sorted(after, key=lambda talk: talk.at)


def _is_owed(call: Told) -> bool:
    """He met nobody, or has asked for it."""
    hidden = call.fate == "sent_on" and not call.number and call.reason in ("timeout", "closed")
    met_nobody = call.fate in ("lost", "callback") or _part(call) == "left" or hidden
    return met_nobody or (call.has_task and call.fate in ("left", "sent_on"))


def _first_s(site: Lived, call: Told) -> float | None:
    """Until the first try to call him back, unless somebody had talked with him before."""
    over = [talk.at for talk in _talks_since(site, call)[:1]]
    tried = [
        dialed
        for project, number, is_back, dialed, _ in site.tries
        if is_back and call.has_task and (project, number) == (call.project, call.number)
        if dialed >= call.ended_at
    ]
    first = min(tried, default=None)
    is_his = first is not None and all(first <= at for at in over)
    return (first - call.ended_at) / 1000 if is_his else None


def _how(site: Lived, call: Told) -> str:
    talks = _talks_since(site, call)
    if talks:
        return talks[0].how
    if _first_s(site, call) is not None:
        return "called back, not reached"
    if call.has_task:
        return "not called back yet"
    if not call.number:
        return "not called back: his number is hidden"
    return "not called back: he hung up at once"


def _counted(site: Lived, calls: list[Told], of_all: int) -> dict[str, Any]:
    """The row of these calls."""
    parts = Counter(_part(call) for call in calls)
    over = ("answered", "left", "sent_on", "callbacks", "unknown")
    served = [call for call in calls if call.queued_at is not None and _part(call) in over]
    limits = {f"{each.project}/{each.name}": each.in_time_s for each in site.queues}
    answered = [call for call in calls if call.fate == "answered"]
    in_time = [c for c in answered if c.queued_at and _wait_ms(c) <= limits[c.queue] * 1000]
    waits = [_wait_ms(c) for c in calls if c.queued_at or c.joined_at if _part(c) != "closed"]
    owed = [call for call in calls if _is_owed(call)]
    missed = [call for call in owed if call.fate != "callback"]
    again = [call for call in missed if _talks_since(site, call)]
    firsts = sorted(s for s in (_first_s(site, call) for call in owed) if s is not None)
    return {
        "offered": len(calls),
        "share": len(calls) / of_all,
        **{part: parts[part] for part in PARTS},
        "service_level": len(in_time) / len(served) if served else None,
        "in_time": len(in_time),
        "asa_s": sum(map(_wait_ms, answered)) / 1000 / len(answered) if answered else None,
        "longest_wait_s": max(waits, default=0) / 1000,
        "talk_s": sum(call.ended_at - call.joined_at for call in answered) / 1000,
        "lost": len(missed),
        "recovered": len(again),
        "recovered_rate": len(again) / len(missed) if missed else None,
        "call_back_median_s": firsts[ceil(len(firsts) / 2) - 1] if firsts else None,
        "call_back_p90_s": firsts[ceil(len(firsts) * 0.9) - 1] if firsts else None,
    }
