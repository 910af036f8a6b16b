"""What happened in each call: a row for every attempt, in the order they were opened."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from ccdialer.reports import words
from ccdialer.reports.table import Table, columns, listed
from ccdialer.storage import AttemptFilter, Database, list_attempts

COLUMNS = columns(
    "opened_at|time|instant",
    "campaign",
    "number",
    "result",
    "-disposition",
    "ring_s|rang|seconds",
    "wait_s|waited|seconds",
    "talk_s|talked|seconds",
    "agent",
    "recording",
    "-recording_name",
    "cause",
    "-q850||count",
    "-sip_code||count",
    "-counts||flag",
    "task_id|task|count",
    "-external_id",
    "-held|held for",
    "-note",
    "-id",
)


def attempts(database: Database, wanted: AttemptFilter) -> Table:
    """At most `wanted.limit` attempts (0: all), read page by page as the rows are taken."""
    return Table("attempts", COLUMNS, (row(attempt) for attempt in _pages(database, wanted)))


def _pages(database: Database, wanted: AttemptFilter) -> Iterator[dict[str, Any]]:
    return listed(
        partial(list_attempts, database), wanted, lambda found: (found["opened_at"], found["id"])
    )


def row(attempt: dict[str, Any]) -> tuple[Any, ...]:
    """A stored attempt as the columns have it."""
    return (
        *(attempt["opened_at"], attempt["campaign"], attempt["number"]),
        *(words.result(attempt["disposition"]) or "live", attempt["disposition"]),
        *(rang_s(attempt), waited_s(attempt), talked_s(attempt), attempt["agent"]),
        *recorded(attempt),
        words.cause(attempt["cause"], attempt["sip_code"]),
        *(attempt["cause"], attempt["sip_code"], bool(attempt["counts"])),
        *(attempt["task"], attempt["external_id"], attempt["held"], attempt["note"], attempt["id"]),
    )


def record(attempt: dict[str, Any]) -> dict[str, Any]:
    """The same by name, its instant in UTC, as nested JSON has it."""
    cells = zip((column.key for column in COLUMNS), row(attempt), strict=True)
    return dict(cells) | {"opened_at": words.utc(attempt["opened_at"])}


def recorded(attempt: dict[str, Any]) -> tuple[str | None, str | None]:
    """What has become of the recording of its talk, and the name of its file, or files."""
    found = attempt["recordings"]
    if not found:
        return None, None
    return str(found[-1]["state"]), " ".join(part["name"] for part in found)


def rang_s(attempt: dict[str, Any]) -> float | None:
    """From the dial to the answer, or to the end of what was not answered."""
    return between_s(attempt["dialed_at"], attempt["answered_at"] or attempt["ended_at"])


def waited_s(attempt: dict[str, Any]) -> float | None:
    """From the answer to the agent, or to the end of what met none."""
    return between_s(attempt["answered_at"], attempt["joined_at"] or attempt["ended_at"])


def talked_s(attempt: dict[str, Any]) -> float | None:
    """From the agent's joining to the end."""
    return between_s(attempt["joined_at"], attempt["ended_at"])


def between_s(begun_at: int | None, ended_at: int | None) -> float | None:
    """Seconds from one instant to the other, if both are known."""
    return None if begun_at is None or ended_at is None else (ended_at - begun_at) / 1000
