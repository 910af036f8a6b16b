"""`ccdialer route`: where inbound calls go: rules are applied, shown, tried and replayed."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Any

import click

from ccdialer.cli import route_replay, route_testing
from ccdialer.cli.filters import ID
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import format_option, hint, say, show
from ccdialer.cli.route_checks import strangers, wayless
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.routes import Routes
from ccdialer.errors import ConfigError, NotFound
from ccdialer.reports.route_words import asked_of
from ccdialer.reports.table import Table, columns
from ccdialer.routes_file import RoutesFile, read_routes, route_preset, route_presets, routes_of
from ccdialer.storage import Database
from ccdialer.storage.routes import (
    Applied,
    apply_routes,
    route_versions,
    routes_in_force,
    routes_of_version,
)

NONE_YET = "no routing rules were applied yet; begin with: ccdialer route preset by-stage"
RULES = ("scenario", "order||count", "rule", "when", "to", "queue", "first", "seconds||seconds")
NUMBERS = (
    *("did|DID", "project", "ad_channel|ad channel", "city", "schedule", "scenario", "queue"),
    *("fallback",),
)
VERSIONS = (
    *("version||count", "applied_at|applied|instant", "by", "title", "rules||count"),
    *("numbers||count", "again|as version|count"),
)


@click.group(cls=Noun)
def route() -> None:
    """Where inbound calls go: rules by number, stage, hours and owner."""


for verb in (route_testing.test, route_testing.explain, route_replay.replay):
    route.add_command(verb)

version_option = click.option("--version", type=ID, help="Of `route versions`.")


@route.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--version", type=ID, help="An earlier set again, in place of FILE.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@pass_site
def apply(site: Site, file: Path | None, version: int | None, dry_run: bool) -> None:
    """Let the rules in FILE hold from the next call on; they are the whole set of the site.

    If anything in it is wrong, or it names a queue, agent or campaign that is not there, nothing
    changes. Numbers are named of whose callers some find neither a rule nor a fallback. Earlier
    sets stay: `route apply --version N` goes back to one.
    """
    if (file is None) == (version is None):
        raise click.UsageError("name a FILE or a --version")
    with site.database() as database:
        before = routes_in_force(database)
        found = _given(database, file, version, site)
        if unknown := strangers(database, found.routes):
            raise ConfigError(unknown)
        for sentence in wayless(found.routes):
            hint(sentence)
        if before is not None and before.text == found.text:
            say(f"routes: unchanged, version {before.id}")
            return
        for line in _differences(before.routes if before else Routes(), found.routes):
            say(line)
        if dry_run:
            hint("nothing was changed: --dry-run")
            return
        applied = Applied(found.text, found.routes, _who(), version)
        number = apply_routes(database, applied, now_ms())
    say(f"routes: version {number} holds from the next call on")
    if trouble := site.poke():
        hint(f"not in effect yet: {trouble}")


def _given(database: Database, file: Path | None, version: int | None, site: Site) -> RoutesFile:
    region = site.config.numbers.region
    if file is not None:
        return read_routes(file, region)
    text = routes_of_version(database, version or 0).text
    return RoutesFile(text, routes_of(f"version {version}", text, region))


def _who() -> str:
    """The account that types the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in a container
        return str(os.getuid())


def _differences(before: Routes, after: Routes) -> list[str]:
    """`numbers: 2 new, 1 changed`, and the same for rules and schedules, where there are any."""
    kinds: dict[str, tuple[dict[Any, Any], dict[Any, Any]]] = {
        "numbers": (before.dids, after.dids),
        "rules": (_rules_of(before), _rules_of(after)),
        "schedules": (before.schedules, after.schedules),
    }
    return [f"{what}: {told}" for what, pair in kinds.items() if (told := _changes(*pair))]


def _rules_of(routes: Routes) -> dict[tuple[str, str], Any]:
    return {
        (scenario, rule.name): (place, rule)
        for scenario, rules in routes.scenarios.items()
        for place, rule in enumerate(rules)
    }


def _changes(old: dict[Any, Any], new: dict[Any, Any]) -> str:
    counts = {
        "new": len(new.keys() - old.keys()),
        "changed": sum(old[key] != new[key] for key in old.keys() & new.keys()),
        "gone": len(old.keys() - new.keys()),
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


@route.command()
@version_option
@pass_site
def export(site: Site, version: int | None) -> None:
    """Print the rules that hold, as they were applied, remarks and all."""
    with site.database() as database:
        click.echo(_version(database, version).text, nl=False)


def _version(database: Database, version: int | None) -> Any:
    if version is not None:
        return routes_of_version(database, version)
    found = routes_in_force(database)
    if found is None:
        raise NotFound(NONE_YET)
    return found


@route.command()
@click.argument("name", type=click.Choice(sorted(route_presets())))
def preset(name: str) -> None:
    """Print shipped rules, to be edited and applied."""
    click.echo(route_preset(name), nl=False)


@route.command("list")
@version_option
@format_option
@pass_site
def list_(site: Site, version: int | None, shape: str) -> None:
    """List the rules in the order in which they are asked."""
    with site.database() as database:
        routes = _version(database, version).routes
    rows = [
        (
            *(scenario, place, rule.name, asked_of(rule.when), rule.to, rule.queue),
            *(", ".join(routes.first if rule.first is None else rule.first), rule.owner_first_s),
        )
        for scenario, rules in routes.scenarios.items()
        for place, rule in enumerate(rules, 1)
    ]
    show(Table("rules", columns(*RULES), rows), shape)


@route.command()
@version_option
@format_option
@pass_site
def numbers(site: Site, version: int | None, shape: str) -> None:
    """List the numbers that are called, and what each stands for."""
    with site.database() as database:
        routes = _version(database, version).routes
    others = {} if routes.other_dids is None else {"others": routes.other_dids}
    rows = [
        (
            *(number, did.project, did.ad_channel, did.city, did.schedule, did.scenario),
            *(did.queue, did.fallback),
        )
        for number, did in {**routes.dids, **others}.items()
    ]
    show(Table("numbers", columns(*NUMBERS), rows), shape)
    for sentence in wayless(routes):
        hint(sentence)


@route.command()
@format_option
@pass_site
def versions(site: Site, shape: str) -> None:
    """List all sets of rules that were applied, the newest first: who, and when."""
    with site.database() as database:
        rows = [
            (
                *(each.id, each.applied_at, each.applied_by, each.routes.title),
                *(len(_rules_of(each.routes)), len(each.routes.dids), each.of_version),
            )
            for each in route_versions(database)
        ]
    show(Table("versions", columns(*VERSIONS), rows), shape)
