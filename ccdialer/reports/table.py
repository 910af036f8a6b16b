"""A report before it is drawn: typed columns and rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a column's values are; None stands for "not known" in all of them."""

    TEXT = "text"
    COUNT = "count"  # int
    DECIMAL = "decimal"  # float
    SECONDS = "seconds"  # float
    RATE = "rate"  # float, 0..1
    INSTANT = "instant"  # int, UTC epoch milliseconds
    FLAG = "flag"  # bool


@dataclass(frozen=True, slots=True)
class Column:
    """`key` names it in JSON and CSV and never changes; `title` stands above it for people, who do
    not see a column that is `for_machines`."""

    key: str
    title: str
    kind: Kind = Kind.TEXT
    for_machines: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows hold one value for each column, in order. `rows` may be read once only."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[Any, ...]]


def columns(*described: str) -> tuple[Column, ...]:
    """Columns from `key|title|kind`; the title is the key's words, the kind text, if left out.
    A dash before the key: for machines."""
    return tuple(_column(*text.split("|")) for text in described)


def _column(key: str, title: str = "", kind: str = Kind.TEXT) -> Column:
    name = key.removeprefix("-")
    return Column(name, title or name.replace("_", " "), Kind(kind), key.startswith("-"))
