"""What all imports share: options of a file, and how the outcome is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from ccdialer.cli.output import hint, say
from ccdialer.importing import ImportReport
from ccdialer.importing.table import Layout
from ccdialer.reports import words

SHOWN_REMARKS = 10

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "\\t": "\t"}

_OPTIONS = (
    click.option(
        "--rejected",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write the rows that were not taken to this file, with the reason.",
    ),
    click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing."),
    click.option("--encoding", help="Such as windows-1251; found out, if not said."),
    click.option("--delimiter", help="Such as ; or tab; found out, if not said."),
    click.option(
        "--format",
        "shape",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="How to print the outcome.",
    ),
)


def import_options(command: Decorated) -> Decorated:
    """The options of every import."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def layout(encoding: str | None, delimiter: str | None) -> Layout:
    """How the caller says the file is written."""
    one = DELIMITERS.get(delimiter or "", delimiter)
    if one is not None and len(one) != 1:
        raise click.BadParameter(
            "one character, or: " + ", ".join(DELIMITERS), param_hint="--delimiter"
        )
    return Layout(encoding, one)


def mapping_of(pairs: tuple[str, ...]) -> dict[str, str]:
    """`phone=Contact` as {"phone": "Contact"}."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        kind, sign, column = pair.partition("=")
        if not (kind and sign and column):
            raise click.BadParameter(
                f'"{pair}" is not WHAT=COLUMN: phone="Tel."', param_hint="--map"
            )
        mapping[kind.strip()] = column
    return mapping


def told(
    report: ImportReport,
    seconds: float,
    shape: str,
    counts: Mapping[str, int] | None = None,
    also: str = "",
) -> None:
    """Print the outcome, and what else the import has done: `counts` for machines, `also` for
    people. Exit code 1 if no row of the file could be used."""
    if shape == "json":
        click.echo(json.dumps(_page(report) | dict(counts or {}), indent=2, ensure_ascii=False))
    else:
        _tell(report, seconds)
        if also:
            say(also)
    if not report.accepted and not report.duplicates:
        raise click.exceptions.Exit(1)


def _tell(report: ImportReport, seconds: float) -> None:
    """The outcome as people read it."""
    taken = ", ".join(f"{header} -> {kind}" for header, kind in report.columns.items())
    hint(f"{report.file}: {report.encoding}, delimiter {report.delimiter!r}; columns {taken}")
    for sentence in report.sentences()[:SHOWN_REMARKS]:
        hint(sentence)
    unusual = report.duplicates + report.rejected
    if unusual > SHOWN_REMARKS:
        hint(f"... {unusual - SHOWN_REMARKS} more rows like these; --rejected FILE keeps all")
    would = "would be " if report.dry_run else ""
    say(
        f"{report.file}: {report.rows} rows in {words.lasting(seconds)}: {report.accepted} {would}"
        f"accepted, {report.duplicates} duplicates, {report.rejected} rejected"
    )
    if report.rejects:
        say(f"rows that were not taken are in {report.rejects}")


def _page(report: ImportReport) -> dict[str, Any]:
    """The outcome as machines read it."""
    return {
        "file": report.file,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "columns": report.columns,
        "dry_run": report.dry_run,
        "accepted": report.accepted,
        "duplicates": report.duplicates,
        "rejected": report.rejected,
        "rejects": None if report.rejects is None else str(report.rejects),
        "remarks": [
            {"line": r.line, "verdict": str(r.verdict), "reason": r.reason} for r in report.remarks
        ],
    }


def zones_told(counts: tuple[int, int]) -> str:
    """What follows for clients of whom nobody says where they live."""
    untold, of = counts
    return (
        f"{untold} of {of} clients have numbers that tell no time zone; they are called only when "
        "it is within the hours in every zone where they may be"
    )


NAME_THE_ZONE = "name where they live in the campaign's file, such as zone: Europe/Moscow"
