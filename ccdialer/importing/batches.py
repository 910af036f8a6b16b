"""Batches of a file on their way into the database, beside a daemon that works on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from ccdialer.storage import Database, StorageBusy

BREATH_S = 0.03
"""Between two batches: a daemon that waits for the database looks every 25 ms or so."""
BUSY_TRIES = 12  # of some 5 s each

Progress = Callable[[int, int], None]
"""Told after every batch: rows done, rows in the file."""

T = TypeVar("T")


def patiently(deed: Callable[[], T]) -> T:
    """Do it; while another process holds the database, again."""
    for _ in range(BUSY_TRIES - 1):
        with suppress(StorageBusy):
            return deed()
    return deed()


@contextmanager
def transaction(database: Database, *, is_dry: bool) -> Iterator[None]:
    """One transaction; of a dry run nothing stays."""
    with suppress(_Undone), database.transaction():
        yield
        if is_dry:
            raise _Undone


class _Undone(Exception):
    """Ends a transaction without its changes."""
