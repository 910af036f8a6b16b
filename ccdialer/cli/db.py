"""`ccdialer db`: bring the database to this schema, look at it, copy it, forget callers in it."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import click

from ccdialer import storage
from ccdialer.cli.filters import Instant
from ccdialer.cli.helping import Noun
from ccdialer.cli.naming import number_meant
from ccdialer.cli.output import format_option, hint, say, show
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.importing.batches import BREATH_S, patiently
from ccdialer.reports.table import Table, columns
from ccdialer.storage.purging import (
    BEGINNING,
    DAY_MS,
    forget_number,
    purge_calls,
    remains_of,
)


@click.group(cls=Noun)
def db() -> None:
    """Migrate, look at and back up the database; forget callers."""


@db.command()
@pass_site
def migrate(site: Site) -> None:
    """Bring the schema to this version; a SQLite database is copied before."""
    with storage.connect(site.config.database) as database:
        done = storage.migrate(database)
        for name in done:
            say(f"{name}: done")
        say(f"{database.shown} is up to date")


@db.command()
@format_option
@pass_site
def status(site: Site, shape: str) -> None:
    """Show which steps of the schema are done; exit code 5 unless all are."""
    with storage.connect(site.config.database) as database:
        found = storage.status(database)
        rows = [(name, "done") for name in found.applied if name not in found.unknown]
        rows += [(name, "pending") for name in found.pending]
        rows += [(name, "of a newer ccdialer") for name in found.unknown]
        show(Table(database.shown, columns("step", "state"), rows), shape)
        storage.check(database)


@db.command()
@click.argument("path", type=click.Path(path_type=Path))
@pass_site
def backup(site: Site, path: Path) -> None:
    """Write a consistent copy to PATH while everything goes on."""
    with storage.connect(site.config.database) as database:
        written = storage.backup(database, path)
    say(f"{written}: {written.stat().st_size / 1e6:.1f} MB")


@db.command()
@click.option("--before", type=Instant(), required=True, help="Of calls that came in before that.")
@click.option("--dry-run", is_flag=True, help="Count them, and delete nothing.")
@pass_site
def purge(site: Site, before: int, dry_run: bool) -> None:
    """Delete calls that came in long ago, with what agents noted of them; for cron.

    Reports tell of them no more. A call with a recording stays as long as that does.
    """
    if before > now_ms() - DAY_MS:
        raise click.BadParameter("must be a day ago or more", param_hint="--before")
    gone = kept = 0
    with site.database() as database:
        after: tuple[int, str] | None = BEGINNING
        while after is not None:
            page = patiently(partial(purge_calls, database, before, after, dry_run))
            gone, kept, after = gone + page.gone, kept + page.kept, page.last
            time.sleep(BREATH_S if after else 0)
    say(f"{gone} calls {'would be ' if dry_run else ''}deleted, {kept} kept for their recordings")


@db.command()
@click.argument("number")
@pass_site
def forget(site: Site, number: str) -> None:
    """Forget who called from NUMBER: in calls, cards of CRMs and what they are to be told.

    His calls stay, as of a hidden number. Says where else the number stands.
    """
    e164 = number_meant(number, site.config.numbers.region)
    with site.database() as database:
        found = patiently(partial(forget_number, database, e164, now_ms()))
        left = remains_of(database, e164)
    say(", ".join(f"{what}: {count}" for what, count in found.items()))
    for what, count in left.items():
        hint(f"still there: {what} ({count}); see docs/operations.md")
