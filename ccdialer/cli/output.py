"""Draws a Table for people, as JSON or as CSV; shows progress on standard error."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any, Literal, TextIO

import click
from rich import box
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as Drawn
from rich.text import Text

from ccdialer.core.trunk import MICRO
from ccdialer.reports import words
from ccdialer.reports.table import Audience, Column, Kind, Table

FORMATS = ("table", "json", "csv")
PIPE_WIDTH = 10_000  # into a pipe nothing is cut
MOST_RECORDS = 20  # rows that are written one below the other, if the terminal is too narrow
_NUMBERS = frozenset({Kind.COUNT, Kind.DECIMAL, Kind.SECONDS, Kind.RATE, Kind.MONEY})
# Of a terminal these would move the cursor, change colors, or reverse the text.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_FORMULA = re.compile(r"[=+\-@\t\n|%]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")

format_option = click.option(
    "--format",
    "shape",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="How to print it.",
)
text_or_json_option = click.option(
    "--format",
    "shape",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How to print it.",
)
"""Of what is told in lines, and is no table."""


def show(table: Table, shape: str) -> int:
    """Print a table on standard output; how many rows it had."""
    return {"table": _show_table, "json": _show_json, "csv": _show_csv}[shape](table)


def first(limit: int, table: Table) -> Table:
    """At most `limit` rows of a table; 0: all."""
    return replace(table, rows=islice(table.rows, limit)) if limit else table


def tell_limit(count: int, limit: int) -> None:
    """Say so where there may be more rows than the `count` that were printed."""
    if limit and count == limit:
        hint(f"these are the first {limit}; --limit 0 prints all")


def console() -> Console:
    """Standard output as it is now: colors and the terminal's width, or neither."""
    is_terminal = sys.stdout.isatty()
    width = None if is_terminal else PIPE_WIDTH
    return Console(width=width, no_color=not is_terminal or None, highlight=False)


# --- for people ---------------------------------------------------------------------------------


def _show_table(table: Table) -> int:
    rows = list(table.rows)
    if not rows:
        click.echo(f"{table.title}: none" if table.title else "none", err=True)
        return 0
    out = console()
    with out.capture() as capture:
        out.print(draw(replace(table, rows=rows), out))
    click.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))
    if table.note:
        click.echo(printable(table.note))
    return len(rows)


def draw(table: Table, out: Console) -> RenderableType:
    """The table as rich draws it: into a pipe without lines; on a terminal without its empty
    columns, and row below row if it is wider than the terminal, not too long for that, and its
    rows need not be compared."""
    shown = [column for column in table.columns if column.audience is not Audience.MACHINES]
    rows = [
        [Text(for_people(*cell)) for cell in _cells(table, row, Audience.PEOPLE)]
        for row in table.rows
    ]
    if not out.is_terminal:
        return _grid(shown, rows, None)
    filled = [n for n in range(len(shown)) if any(row[n].plain for row in rows)]
    shown, rows = [shown[n] for n in filled], [[row[n] for n in filled] for row in rows]
    grid = _grid(shown, rows, box.SIMPLE_HEAD)
    fits = out.measure(grid, options=out.options.update(width=PIPE_WIDTH)).maximum <= out.width
    body: RenderableType = grid
    if not fits:
        stays = table.is_compared or len(rows) > MOST_RECORDS
        body = _grid(_broken(shown), rows, box.SIMPLE_HEAD) if stays else _records(shown, rows)
    return Group(Text(table.title, style="bold"), body) if table.title else body


def _broken(shown: list[Column]) -> list[Column]:
    """`max_abandonment=0.02` above a narrow column breaks before the number, not in it."""
    return [replace(column, title=column.title.replace("=", "=\n")) for column in shown]


def _grid(shown: list[Column], rows: list[list[Text]], lines: box.Box | None) -> Drawn:
    drawn = Drawn(box=lines, show_edge=False, header_style="bold", pad_edge=False)
    for column in shown:
        side: Literal["right", "left"] = "right" if column.kind in _NUMBERS else "left"
        drawn.add_column(column.title, justify=side, no_wrap=lines is None, overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    return drawn


def _records(shown: list[Column], rows: list[list[Text]]) -> Group:
    """Each row as lines of title and value."""
    blocks: list[RenderableType] = []
    for row in rows:
        block = Drawn(box=None, show_header=False, pad_edge=False)
        block.add_column(no_wrap=True)
        block.add_column(overflow="fold")
        for column, cell in zip(shown, row, strict=True):
            if cell.plain:
                block.add_row(Text(column.title, style="bold"), cell)
        blocks += [block, Text("")]
    return Group(*blocks[:-1])


def _cells(table: Table, row: tuple[Any, ...], reader: Audience) -> list[tuple[Column, Any]]:
    """The values of a row that a reader is shown, each with its column."""
    pairs = zip(table.columns, row, strict=True)
    return [pair for pair in pairs if pair[0].audience in (Audience.ALL, reader)]


_FOR_PEOPLE: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: lambda value: printable(str(value)),
    Kind.COUNT: str,
    Kind.DECIMAL: lambda value: f"{value:.2f}",
    Kind.SECONDS: words.clock,
    Kind.RATE: lambda value: f"{value:.1%}",
    Kind.INSTANT: words.local,
    Kind.FLAG: lambda value: "yes" if value else "no",
    Kind.MONEY: words.money,
}


def for_people(column: Column, value: Any) -> str:
    """A cell's text; of what is not known, nothing."""
    return "" if value is None else _FOR_PEOPLE[column.kind](value)


def printable(text: str) -> str:
    """Text of others, made harmless for a terminal."""
    return _CONTROLS.sub(" ", text)


# --- for machines -------------------------------------------------------------------------------


def _for_machines(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.kind is Kind.INSTANT:
        return words.utc(value)
    if column.kind in (Kind.SECONDS, Kind.DECIMAL):
        return round(float(value), 3)
    if column.kind is Kind.MONEY:
        return value / MICRO
    return round(float(value), 6) if column.kind is Kind.RATE else value


def _show_json(table: Table) -> int:
    """An array of objects, one a line, written as the rows come."""
    count = 0
    for row in table.rows:
        cells = _cells(table, row, Audience.MACHINES)
        record = {column.key: _for_machines(column, value) for column, value in cells}
        before = ",\n" if count else "[\n"
        click.echo(f"{before}  {json.dumps(record, ensure_ascii=False)}", nl=False)
        count += 1
    click.echo("\n]" if count else "[]")
    return count


def _show_csv(table: Table) -> int:
    return write_csv(table, sys.stdout)


def write_csv(table: Table, out: TextIO) -> int:
    """A table as CSV into a file; how many rows it had."""
    writer = csv.writer(out, lineterminator="\n")
    shown = [column for column in table.columns if column.audience is not Audience.PEOPLE]
    writer.writerow([column.key for column in shown])
    count = 0
    for row in table.rows:
        cells = _cells(table, row, Audience.MACHINES)
        writer.writerow([_csv_cell(_for_machines(column, value)) for column, value in cells])
        count += 1
    return count


def _csv_cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it (CWE-1236);
    a plain number such as +79161234567 stays as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")  # what csv does not put in quotes
    is_formula = _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


# --- messages -----------------------------------------------------------------------------------


def say(sentence: str) -> None:
    """What was done, on standard output."""
    click.echo(printable(sentence))


def hint(sentence: str) -> None:
    """What people should know and machines need not, on standard error."""
    click.echo(printable(sentence), err=True)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error while long work goes on; call it with how much is done, of how much.

    Not drawn where standard error is no terminal.
    """
    err = Console(stderr=True)
    bar = Progress(
        *(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda done, of: bar.update(task, completed=done, total=of)
