"""Which talks were recorded, and what has become of each file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from ccdialer.reports.table import Table, columns, listed
from ccdialer.storage import Database, RecordingFilter, list_recordings

MB = 1e6

COLUMNS = columns(
    "begun_at|begun|instant",
    "campaign",
    "number",
    "agent",
    "state",
    "seconds|length|seconds",
    "mb|MB|decimal",
    "-size||count",
    "-format",
    "attempt_id|attempt",
    "-name",
    "-node",
    "-deleted_at||instant",
    "reason",
)


def recordings(database: Database, wanted: RecordingFilter) -> Table:
    """At most `wanted.limit` recordings (0: all), in the order they were begun."""
    return Table("recordings", COLUMNS, (row(found) for found in pages(database, wanted)))


def pages(database: Database, wanted: RecordingFilter) -> Iterator[dict[str, Any]]:
    """The same as storage tells them, read page by page."""
    return listed(
        partial(list_recordings, database), wanted, lambda found: (found["begun_at"], found["name"])
    )


def row(found: dict[str, Any]) -> tuple[Any, ...]:
    """A stored recording as the columns have it."""
    size = found["size"]
    return (
        *(found["begun_at"], found["campaign"], found["number"], found["agent"]),
        *(str(found["state"]), found["seconds"], None if size is None else size / MB, size),
        *(found["format"], found["attempt"], found["name"], found["node"], found["deleted_at"]),
        found["reason"],
    )
