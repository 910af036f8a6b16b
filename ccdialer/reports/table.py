"""A report before it is drawn: typed columns and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

PAGE = 1000  # rows read from storage at a time

Found = dict[str, Any]


class Kind(StrEnum):
    """What a column's values are; None stands for "not known" in all of them."""

    TEXT = "text"
    COUNT = "count"  # int
    DECIMAL = "decimal"  # float
    SECONDS = "seconds"  # float
    RATE = "rate"  # float, 0..1
    INSTANT = "instant"  # int, UTC epoch milliseconds
    FLAG = "flag"  # bool
    MONEY = "money"  # int, millionths of the currency that another column names


class Audience(StrEnum):
    """Who is shown a column."""

    ALL = "all"
    PEOPLE = "people"  # a summary, in words
    MACHINES = "machines"  # what would be too much for a screen


@dataclass(frozen=True, slots=True)
class Column:
    """`key` names it in JSON and CSV and never changes; `title` stands above it for people."""

    key: str
    title: str
    kind: Kind = Kind.TEXT
    audience: Audience = Audience.ALL


@dataclass(frozen=True, slots=True)
class Table:
    """Rows hold one value for each column, in order. `rows` may be read once only."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[Any, ...]]
    note: str = ""  # a sentence for people, under the table
    is_compared: bool = False  # rows are read against each other: they stay rows at any width


def paged(
    read: Callable[[Any, int], list[Found]], after: Any, limit: int, key: Callable[[Found], Any]
) -> Iterator[Found]:
    """At most `limit` rows (0: all) of a listing, a page at a time: `read(after, size)` gives the
    rows that follow the one whose `key` is `after`."""
    left = limit or None
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        page = read(after, size)
        yield from page
        if len(page) < size:
            return
        after = key(page[-1])
        left = None if left is None else left - size


def listed(
    read: Callable[[Any], list[Found]], wanted: Any, key: Callable[[Found], Any]
) -> Iterator[Found]:
    """The rows of a listing, a page at a time; `wanted` is its filter with `after` and `limit`."""
    return paged(
        lambda after, size: read(replace(wanted, after=after, limit=size)),
        wanted.after,
        wanted.limit,
        key,
    )


def columns(*described: str) -> tuple[Column, ...]:
    """Columns from `key|title|kind`; the title is the key's words, the kind text, if left out.
    A dash before the key: for machines; a star: for people."""
    return tuple(_column(*text.split("|")) for text in described)


def _column(key: str, title: str = "", kind: str = Kind.TEXT) -> Column:
    name = key.lstrip("".join(_AUDIENCES))
    audience = _AUDIENCES.get(key[0], Audience.ALL)
    return Column(name, title or name.replace("_", " "), Kind(kind), audience)


_AUDIENCES = {"-": Audience.MACHINES, "*": Audience.PEOPLE}
