"""`ccdialer db`: bring the database to this version's schema, look at it, copy it."""

from __future__ import annotations

from pathlib import Path

import click

from ccdialer import storage
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import format_option, say, show
from ccdialer.cli.site import Site, pass_site
from ccdialer.reports.table import Table, columns


@click.group(cls=Noun)
def db() -> None:
    """Migrate, look at and back up the database."""


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
