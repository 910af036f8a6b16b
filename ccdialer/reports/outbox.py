"""What outside systems are to be told, and how far that is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ccdialer.reports import words
from ccdialer.reports.table import Table, columns

COLUMNS = columns(
    *("id||count", "connector", "kind", "number", "state", "tries||count", "made_at|made|instant"),
    *("due_at|due|instant", "settled_at|settled|instant", "last_error|trouble"),
)


def outbox(rows: Iterable[dict[str, Any]]) -> Table:
    """A row for each notice, in the order in which they were promised. `due` is when it is tried
    next, where it waits."""
    return Table("outbox", COLUMNS, [_row(row) for row in rows])


def notice_table(row: dict[str, Any]) -> Table:
    """All that is known of one notice; what it tells has `told` before it."""
    about = [(key, _shown(key, value)) for key, value in row.items() if key != "payload"]
    told = [(f"told {key}", _shown(key, value)) for key, value in row["payload"].items()]
    return Table(f"notice {row['id']}", columns("what", "is"), [*about, *told])


def _shown(key: str, value: Any) -> str:
    if value is None or not key.endswith("_at"):
        return "" if value is None else str(value)
    return words.local(value)


def _row(row: dict[str, Any]) -> tuple[Any, ...]:
    due_at = row["due_at"] if row["state"] == "waiting" else None
    number = row["payload"].get("number", "")
    return (
        *(row["id"], row["connector"], row["kind"], number, row["state"], row["tries"]),
        *(row["made_at"], due_at, row["settled_at"], row["last_error"]),
    )
