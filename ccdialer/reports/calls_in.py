"""Which calls came in from a number, what became of each, and what came of those that were lost."""

from __future__ import annotations

from typing import Any

from ccdialer.core.task import OPEN_STATES, TaskState
from ccdialer.reports import words
from ccdialer.reports.attempts import between_s, talked_s
from ccdialer.reports.route_words import DIALPLAN
from ccdialer.reports.table import Table, columns
from ccdialer.storage.calls_in import Row

COLUMNS = columns(
    *("arrived_at|came in|instant", "did|called", "went_to|went to", "became|what became of it"),
    *("agent", "waited_s|waited|seconds", "talk_s|talk|seconds", "came_of_it|since then"),
    *("-task_id|callback task|count", "-project", "-rule", "-id"),
)


def calls_in(found: list[Row], now: int) -> Table:
    """Calls as storage tells them; `now` is epoch ms."""
    return Table("calls to us", COLUMNS, [_row(each, now) for each in found])


def _row(call: Row, now: int) -> tuple[Any, ...]:
    return (
        *(call["arrived_at"], call["did"], _went_to(call), _became(call), call["agent"]),
        *(_waited_s(call), talked_s(call), came_of_it(call, now)),
        *(call["task_id"], call["project"], call["rule"], call["id"]),
    )


def _went_to(call: Row) -> str:
    if call["queue"]:
        return f"queue {call['queue']}"
    return f"{call['target_kind']} {call['target']}".strip() or DIALPLAN


def _became(call: Row) -> str:
    if call["fate"]:
        return words.fate(call["fate"], call["fate_reason"])
    return "talks" if call["joined_at"] else "on the line"


def _waited_s(call: Row) -> float | None:
    return between_s(call["queued_at"], call["joined_at"] or call["ended_at"])


def came_of_it(call: Row, now: int) -> str:
    """Of a call that a callback was made of: called back, reached otherwise, or still to be."""
    if call["task_id"] is None:
        return ""
    if call["talked_at"]:
        return f"called back and talked {words.at(call['talked_at'], now)}"
    task = f"callback task {call['task_id']}"
    tried = f", called {words.at(call['called_at'], now)}" if call["called_at"] else ""
    if TaskState(call["task_state"]) in OPEN_STATES:
        whose = f" for {call['owner']}" if call["owner"] else ""
        return f"{task}{whose} waits, due {words.at(call['due_at'], now)}{tried}"
    because = f": {call['task_reason']}" if call["task_reason"] else ""
    return f"{task} is {call['task_state']}{because}{tried}"


def record(found: Row, now: int) -> dict[str, Any]:
    """A call for machines: instants as RFC 3339."""
    page = dict(zip((column.key for column in COLUMNS), _row(found, now), strict=True))
    return page | {"arrived_at": words.utc(found["arrived_at"]), "fate": found["fate"]}
