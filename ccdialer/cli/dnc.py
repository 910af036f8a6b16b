"""`ccdialer dnc`: the lists of numbers that are not called, of the site and of projects."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ccdialer.cli.filters import Instant, limit_option
from ccdialer.cli.helping import Noun
from ccdialer.cli.importing import import_options, layout, told
from ccdialer.cli.naming import number_meant, project_of
from ccdialer.cli.output import format_option, hint, progress, say, show
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.importing import DncImport, import_dnc
from ccdialer.reports.table import Table, columns, paged
from ccdialer.storage import Database
from ccdialer.storage.dnc import (
    DncFilter,
    DncList,
    Listing,
    list_dnc,
    note_listing,
    put_on_list,
    take_off_list,
)
from ccdialer.storage.refusals import SITE

BY_COMMAND, BY_FILE = "command", "import"

COLUMNS = columns(
    *("phone", "list", "source", "reason", "since_at|since|instant", "until_at|until|instant"),
)

project_option = click.option(
    "--project", help="The list of this project; else that of the whole site."
)
reason_option = click.option("--reason", default="", help="Why: asked by mail on 3 May.")


@click.group(cls=Noun)
def dnc() -> None:
    """Numbers that are not called: add, remove, check, import."""


@dnc.command()
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@project_option
@reason_option
@click.option("--until", type=Instant(), help="Only before then: 2027-01-01. Else for good.")
@pass_site
def add(
    site: Site, numbers: tuple[str, ...], project: str | None, reason: str, until: int | None
) -> None:
    """Put numbers on a do-not-call list: no call to them is begun any more.

    Any usual spelling, each one in quotes: "8 916 123-45-67". A call that is going on goes on.
    A client with other numbers is called at those; tasks without another number are closed.
    """
    if until is not None and until <= now_ms():
        raise click.BadParameter("lies in the past", param_hint="--until")
    listings = [Listing(number, reason, until) for number in _read(numbers, site)]
    with site.database() as database, database.transaction():
        on = DncList(_list_of(database, project), BY_COMMAND)
        found = put_on_list(database, on, listings, now_ms())
        for listing in listings:
            note_listing(database, "added", on, now_ms(), listing._asdict())
    known = len(listings) - len(found.new)
    say(f"{len(found.new)} added, {known} were there; {_closed(len(found.ended))}")


@dnc.command()
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@project_option
@pass_site
def remove(site: Site, numbers: tuple[str, ...], project: str | None) -> None:
    """Take numbers off a list, whatever source put them there. Closed tasks stay closed.

    Exit code 1 if none of them was on it.
    """
    with site.database() as database:
        wanted = _read(numbers, site)
        count = take_off_list(database, _list_of(database, project), wanted, now_ms())
    say(f"{count} removed, {len(wanted) - count} were not on the list")
    if not count:
        raise click.exceptions.Exit(1)


@dnc.command()
@click.argument("number", nargs=-1, required=True)
@format_option
@pass_site
def check(site: Site, number: tuple[str, ...], shape: str) -> None:
    """Say on which lists NUMBER is. Exit code 1 if it is on none that holds now."""
    (wanted,) = _read((" ".join(number),), site)
    with site.database() as database:
        found = list_dnc(database, DncFilter(e164=wanted))
    if found or shape != "table":
        show(Table(wanted, COLUMNS, map(_row, found)), shape)
    if not any(row["until_at"] is None or row["until_at"] > now_ms() for row in found):
        hint(f"{wanted} is on no do-not-call list")
        raise click.exceptions.Exit(1)


@dnc.command("list")
@project_option
@click.option("--source", help="From this source only.")
@limit_option(100)
@format_option
@pass_site
def list_(site: Site, project: str | None, source: str | None, limit: int, shape: str) -> None:
    """List entries by number: of every list, or of one project's."""
    with site.database() as database:
        of = None if project is None else _list_of(database, project)
        rows = _entries(database, DncFilter(of, source), limit)
        show(Table("do not call", COLUMNS, map(_row, rows)), shape)


@dnc.command()
@project_option
@pass_site
def export(site: Site, project: str | None) -> None:
    """Print a whole list as CSV, which `dnc import` reads."""
    with site.database() as database:
        rows = _entries(database, DncFilter(_list_of(database, project)), 0)
        show(Table("", COLUMNS, map(_row, rows)), "csv")


def _entries(database: Database, wanted: DncFilter, limit: int) -> Iterator[dict[str, Any]]:
    return paged(
        lambda after, size: list_dnc(database, replace(wanted, after=after, limit=size)),
        wanted.after,
        limit,
        key=lambda row: (row["e164"], row["project_id"], row["source"]),
    )


def _row(found: dict[str, Any]) -> tuple[Any, ...]:
    whose = "site" if found["project"] is None else f"project {found['project']}"
    keys = ("source", "reason", "since_at", "until_at")
    return (found["e164"], whose, *(found[key] for key in keys))


# --- files --------------------------------------------------------------------------------------


@dnc.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@project_option
@click.option("--source", default=BY_FILE, show_default=True, help="Who says so.")
@click.option(
    "--replace-source",
    metavar="NAME",
    help="The same, and the file is all that NAME says: its other numbers come off the list.",
)
@reason_option
@import_options
@pass_site
def import_(site: Site, /, path: Path, project: str | None, source: str, **given: Any) -> None:
    """Put the numbers of a file on a list, while calls go on.

    One number a line, or a CSV file with the columns phone, reason, until. Each number holds as
    soon as it is read. Importing the same file twice changes nothing: an import that was broken
    off is simply begun again. Exit code 1 if no row could be used.
    """
    begun = time.monotonic()
    with site.database() as database:
        on = DncList(_list_of(database, project), given["replace_source"] or source)
        options = DncImport(
            on=on,
            reason=given["reason"],
            is_whole=bool(given["replace_source"]),
            region=site.config.numbers.region,
            layout=layout(given["encoding"], given["delimiter"]),
            dry_run=given["dry_run"],
            rejects=given["rejected"],
        )
        with progress(path.name, None) as advance:
            report = import_dnc(database, path, options, advance)
    changes = {"removed": report.removed, "tasks_closed": report.ended}
    also = f"{report.removed} numbers removed; {_closed(report.ended)}"
    told(report.rows, time.monotonic() - begun, given["shape"], changes, also)


# --- words --------------------------------------------------------------------------------------


def _read(numbers: tuple[str, ...], site: Site) -> list[str]:
    """Numbers in E.164, each once."""
    region = site.config.numbers.region
    return list(dict.fromkeys(number_meant(text, region) for text in numbers))


def _list_of(database: Database, project: str | None) -> int:
    return SITE if project is None else project_of(database, project)


def _closed(count: int) -> str:
    return f"{count} task{'' if count == 1 else 's'} closed"
