"""Which callers met nobody, and what was done about it: called back, reached, or still owed a call
(SPEC E3)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ccdialer.reports import words
from ccdialer.reports.table import Table, columns
from ccdialer.storage import Database
from ccdialer.storage.inbound import TOLD_WHY_NOT
from ccdialer.storage.inbound_statistics import InboundFilter, Owed, owed_calls

COLUMNS = columns(
    *("arrived_at|called|instant", "number", "did|number called", "queue", "outcome", "-fate"),
    *("wait_s|waited|seconds", "recovered||flag", "-recovered_at||instant", "how|what was done"),
    "first_call_back_s|called back after|seconds",
    *("task_id|task|count", "task_state|task is", "owner", "-reason", "-id"),
)


def lost(
    database: Database, wanted: InboundFilter, with_recovered: bool = False, limit: int = 0
) -> Table:
    """A row for each caller who met nobody or asked to be called back, the earliest first; of those
    who have talked with us since only if they are asked for. At most `limit` rows (0: all) under
    which all are counted."""
    rows: list[tuple[Any, ...]] = []
    counted: Counter[str] = Counter()
    for call in owed_calls(database, wanted):
        counted["lost" if call.is_lost else "asked"] += 1
        counted["recovered"] += call.recovered_at is not None
        is_wanted = with_recovered or call.recovered_at is None
        if is_wanted and not 0 < limit <= len(rows):
            rows.append(_row(call))
    return Table("lost calls", COLUMNS, rows, _note(counted))


def _row(call: Owed) -> tuple[Any, ...]:
    return (
        *(call.arrived_at, call.number, call.did, call.queue, words.fate(call.fate)),
        *(str(call.fate), call.wait_ms / 1000, call.recovered_at is not None),
        *(call.recovered_at, how(call), call.first_s, call.task_id, call.task_state),
        *(call.owner, call.reason, call.id),
    )


def how(call: Owed) -> str:
    """What was done, in words."""
    if call.recovered_at is not None:
        return next(words for at, words in _ways(call) if at == call.recovered_at)
    if call.first_at is not None:
        return "called back, not reached"
    if call.task_id is None:
        why_not = call.reason.partition(TOLD_WHY_NOT)[2]
        return f"{TOLD_WHY_NOT}{why_not}" if why_not else "nothing: there is no callback"
    return "not called back yet"


def _ways(call: Owed) -> tuple[tuple[int | None, str], ...]:
    return (
        (call.talked_at, "called back and talked"),
        (call.again_at, "called again and talked"),
        (call.other_at, "talked by another call of ours"),
    )


def _note(counted: Counter[str]) -> str:
    if not counted:
        return ""
    told = f"{counted['lost']} lost, {counted['asked']} asked to be called back"
    return f"{told}; talked with since: {counted['recovered']}"
