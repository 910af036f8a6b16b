"""Why campaigns dialed as much as they did: the journal of pacing, row by row."""

from __future__ import annotations

from functools import partial
from typing import Any

from ccdialer.reports.table import Table, columns, listed
from ccdialer.storage import Database, PaceFilter, list_paces

COLUMNS = columns(  # people read the numbers in the sentence
    "at|time|instant",
    "campaign",
    "placed||count",
    "-decisions||count",
    "-idle||count",
    "-waiting||count",
    "-in_flight||count",
    "-risk||rate",
    "-allowed||rate",
    "reason",
)


def pacing(database: Database, wanted: PaceFilter) -> Table:
    """At most `wanted.limit` rows (0: all), read page by page as they are taken."""
    found = listed(partial(list_paces, database), wanted, lambda row: (row["at"], row["id"]))
    return Table("pacing", COLUMNS, (_row(each) for each in found))


def _row(found: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(found[column.key] for column in COLUMNS)
