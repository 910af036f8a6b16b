"""Prints a report or saves it in a file, which appears only when it is whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import click

from ccdialer.cli.output import FORMATS, show
from ccdialer.reports.table import Table
from ccdialer.reports.xlsx import write_xlsx

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

XLSX = "xlsx"
ENDINGS = {".csv": "csv", ".json": "json", f".{XLSX}": XLSX, ".txt": "table"}
OUTPUT = "ccdialer.output"
"""Under this name the context of a command keeps the file that `--output` has given."""


def report_options(command: Decorated) -> Decorated:
    """`--format` with Excel among the formats, and `--output`, whose ending tells the format."""
    output = click.option(
        *("--output", "-o"),
        type=click.Path(dir_okay=False, path_type=Path),
        is_eager=True,  # before --format, which may go by its ending
        expose_value=False,
        callback=_keep,
        help="Save it in this file; .xlsx, .csv, .json or .txt tells the format.",
    )
    shape = click.option(
        "--format",
        "shape",
        type=click.Choice((*FORMATS, XLSX)),
        callback=_shape,
        help="How to print it.  [default: table]",
    )
    return output(shape(command))


def _keep(ctx: click.Context, param: click.Parameter, path: Path | None) -> None:
    ctx.meta[OUTPUT] = path


def _shape(ctx: click.Context, param: click.Parameter, shape: str | None) -> str:
    path: Path | None = ctx.meta[OUTPUT]
    if path is None or shape is not None:
        return shape or FORMATS[0]
    known = ENDINGS.get(path.suffix.lower())
    if known is None:
        sentence = (
            f'"{path.name}" does not tell the format; end it with one of {", ".join(ENDINGS)}'
        )
        raise click.BadParameter(f"{sentence}, or give --format", param_hint="--output")
    return known


def deliver(table: Table, shape: str) -> int:
    """Print the table, or save it where `--output` says; how many rows it had."""
    path: Path | None = click.get_current_context().meta[OUTPUT]
    if path is None:
        return _print_xlsx(table) if shape == XLSX else show(table, shape)
    with _whole_file(path) as draft:
        count = _save(table, shape, draft)
    click.echo(f"{count} rows saved in {path}", err=True)
    return count


def _print_xlsx(table: Table) -> int:
    if sys.stdout.isatty():
        raise click.UsageError("a workbook is no text for a terminal; give --output FILE.xlsx")
    whole = BytesIO()
    count = write_xlsx(table, whole)
    sys.stdout.buffer.write(whole.getvalue())
    return count


def _save(table: Table, shape: str, draft: Path) -> int:
    if shape == XLSX:
        with draft.open("wb") as file:
            return write_xlsx(table, file)
    with draft.open("w", encoding="utf-8", newline="") as text, redirect_stdout(text):
        return show(table, shape)


@contextmanager
def _whole_file(path: Path) -> Iterator[Path]:
    """A draft beside the file, which takes its place at the end; after a fault there is neither."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield draft
        draft.replace(path)
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
