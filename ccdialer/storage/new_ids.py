"""Ids for rows that are about to be inserted, many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from ccdialer.storage.database import POSTGRESQL, Database

LAST_ID = "SELECT COALESCE(MAX(id), 0) FROM {}"
NEXT_IDS = "SELECT nextval(pg_get_serial_sequence('{}', 'id')) FROM generate_series(1, ?)"


CHUNK = 200  # of a sequence at a time; what is not used of it is left out


def new_ids(database: Database, table: str, how_many: int) -> Sequence[int]:
    """So many ids of a table that nobody else gets; ask within the transaction that inserts."""
    if database.dialect == POSTGRESQL:
        return [row_id for (row_id,) in database.rows(NEXT_IDS.format(table), (how_many,))]
    ((last,),) = database.rows(LAST_ID.format(table))  # nobody else writes in this transaction
    return range(last + 1, last + 1 + how_many)


def ids_as_needed(database: Database, table: str, most: int) -> Iterator[int]:
    """The same where nobody knows yet how many of `most` are needed; nothing is asked before the
    first."""
    if database.dialect == POSTGRESQL:
        while True:
            yield from new_ids(database, table, min(most, CHUNK))
    yield from count(new_ids(database, table, 1)[0])
