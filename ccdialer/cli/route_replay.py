"""`ccdialer route replay`: past calls over other rules, before they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from ccdialer.cli.filters import ID, Instant
from ccdialer.cli.output import first, format_option, hint, progress, show
from ccdialer.cli.route_checks import strangers
from ccdialer.cli.route_testing import with_holidays
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.errors import NotFound
from ccdialer.reports.route_replay import calls_between, changes, replayed, shares
from ccdialer.routes_file import read_routes
from ccdialer.runtime.route_book import RouteBook, read_book
from ccdialer.storage.routed import Routed
from ccdialer.storage.routes import routes_of_version

DAY_MS = 86_400_000


@click.command()
@click.option(
    "--days", type=click.IntRange(1, 3660), default=7, show_default=True, help="Of calls."
)
@click.option("--until", type=Instant(), help="The last of them before then, instead of now.")
@click.option("--rules", type=click.Path(path_type=Path), help="The new rules, as a file.")
@click.option("--version", type=ID, help="Or as a version of `route versions`.")
@click.option("--changes", "shows_changes", is_flag=True, help="List the calls that go elsewhere.")
@click.option(
    "--limit", type=click.IntRange(0), default=50, show_default=True, help="Of that list; 0: all."
)
@format_option
@pass_site
def replay(
    site: Site,
    days: int,
    until: int | None,
    rules: Path | None,
    version: int | None,
    shows_changes: bool,
    limit: int,
    shape: str,
) -> None:
    """Route past calls by other rules: the share that reaches each target, before and after.

    Each call is judged by what was known of it when it came: what the CRM said, callbacks, who had
    talked with him. `went` is where calls went then, `before` where the rules that hold now send
    them, `after` where the new ones do.
    """
    if (rules is None) == (version is None):
        raise click.UsageError("name the new rules: --rules FILE or --version N")
    end = now_ms() if until is None else until
    with site.database() as database:
        present = read_book(database, RouteBook(), end / 1000).book
        if rules is not None:
            new = with_holidays(database, read_routes(rules, site.config.numbers.region).routes)
        else:
            routes = routes_of_version(database, version or 0).routes
            new = with_holidays(database, routes, version or 0)
        for sentence in strangers(database, new.routes):
            hint(sentence)
        with progress("replaying", None) as tell:
            calls = _counted(calls_between(database, end - days * DAY_MS, end), tell)
            found = replayed(calls, present, new)
    if not found.calls:
        raise NotFound(f"no call of the last {days} days was routed by rules")
    show(first(limit, changes(found)) if shows_changes else shares(found), shape)


def _counted(calls: Iterator[Routed], tell: Callable[[int, int], None]) -> Iterator[Routed]:
    for count, call in enumerate(calls, 1):
        if count % 100 == 0:
            tell(count, 0)
        yield call
