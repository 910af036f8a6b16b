"""Writes a Table as an Excel workbook (XLSX), row by row: memory does not grow with the rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO

import xlsxwriter

from ccdialer.core.trunk import MICRO
from ccdialer.reports import words
from ccdialer.reports.table import Audience, Column, Kind, Table

MOST_ROWS = 1_048_575
"""Rows of a sheet under its heading (Excel's own limit); the rest goes on in another sheet."""

# Text stays text: what begins with `=` is no formula (CWE-1236), an address no link, and a phone
# number keeps its plus.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
DAY_S = 86400.0
LEAST_WIDTH = 12

FORMATS: dict[Kind, str] = {
    Kind.TEXT: "@",
    Kind.COUNT: "0",
    Kind.DECIMAL: "0.00",
    Kind.SECONDS: "[h]:mm:ss",
    Kind.RATE: "0.0%",
    Kind.INSTANT: "yyyy-mm-dd hh:mm:ss",
    Kind.FLAG: "General",
    Kind.MONEY: "#,##0.00##",
}
"""How Excel shows a column, by what its values are."""

WIDTHS: dict[Kind, int] = {Kind.INSTANT: 19, Kind.TEXT: 18}

VALUES: dict[Kind, Callable[[Any], Any]] = {
    Kind.MONEY: lambda micro: micro / MICRO,
    Kind.SECONDS: lambda seconds: seconds / DAY_S,  # Excel counts time in days
    Kind.INSTANT: lambda at_ms: words.on_the_wall(at_ms).replace(tzinfo=None),  # Excel has no zones
}


def write_xlsx(table: Table, file: BinaryIO) -> int:
    """Write the workbook; how many rows it had."""
    shown = [n for n, column in enumerate(table.columns) if column.audience is not Audience.PEOPLE]
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        writer = _Writer(book, table.title, [table.columns[n] for n in shown])
        for row in table.rows:
            writer.write([row[n] for n in shown])
    return writer.count


class _Writer:
    """Rows into sheets, a new one whenever the last is full."""

    def __init__(self, book: Any, title: str, columns: list[Column]) -> None:
        self._book, self._title, self._columns = book, title or "report", columns
        self._formats = [book.add_format({"num_format": FORMATS[c.kind]}) for c in columns]
        self._head = book.add_format({"bold": True, "bottom": 1})
        self.count = 0
        self._sheet = self._new_sheet(1)

    def _new_sheet(self, number: int) -> Any:
        sheet = self._book.add_worksheet(self._title if number == 1 else f"{self._title} {number}")
        for n, column in enumerate(self._columns):
            width = max(WIDTHS.get(column.kind, LEAST_WIDTH), len(column.title) + 2)
            sheet.set_column(n, n, width)
        sheet.write_row(0, 0, [column.title for column in self._columns], self._head)
        sheet.freeze_panes(1, 0)
        return sheet

    def write(self, values: list[Any]) -> None:
        sheets, place = divmod(self.count, MOST_ROWS)
        if sheets and place == 0:
            self._sheet = self._new_sheet(sheets + 1)
        self.count += 1
        for n, (column, value) in enumerate(zip(self._columns, values, strict=True)):
            if value is not None:
                cell = VALUES.get(column.kind, _as_it_is)(value)
                self._sheet.write(place + 1, n, cell, self._formats[n])


def _as_it_is(value: Any) -> Any:
    return value
