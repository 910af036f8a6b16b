"""`ccdialer rules`: what holds for every call of the site: calendar, hours, contact limits."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ccdialer import storage
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import format_option, hint, say, show
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.limits import SiteRules
from ccdialer.reports.table import Table, columns
from ccdialer.rules_file import RULES, preset_text, presets, read_rules, rules_text
from ccdialer.schema import plain


@click.group(cls=Noun)
def rules() -> None:
    """Holidays, calling hours and contact limits that hold for every campaign of the site."""


@rules.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@pass_site
def apply(site: Site, path: Path) -> None:
    """Let the rules in FILE hold from the next call on; what it does not say is as shipped."""
    after = read_rules(path)
    with site.database() as database:
        before = storage.site_rules(database)
        if after == before:
            say("rules: unchanged")
            return
        asked_again = storage.save_rules(database, after, now_ms())
    say("rules: changed; " + ", ".join(_differences(before, after)))
    if asked_again:
        hint(f"{asked_again} tasks that were held back are asked about again")


def _differences(before: SiteRules, after: SiteRules) -> list[str]:
    old, new = asdict(before), asdict(after)
    changed = [key for key in new if old[key] != new[key]]
    return [f"{key}: {_word(old[key])} -> {_word(new[key])}" for key in changed]


def _word(value: Any) -> str:
    """A value in a table: hours by day, dates one after the other."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {text}" for key, text in value.items())
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return str(plain(value)) if value != "" else '""'


@rules.command()
@pass_site
def export(site: Site) -> None:
    """Print the rules as the file that `rules apply` reads."""
    with site.database() as database:
        click.echo(rules_text(storage.site_rules(database)), nl=False)


@rules.command("show")
@format_option
@pass_site
def show_(site: Site, shape: str) -> None:
    """Show the rules that hold now, each with what it means."""
    with site.database() as database:
        found = asdict(storage.site_rules(database))
    rows = [(key, _word(value), RULES[key]["doc"]) for key, value in found.items()]
    show(Table("rules", columns("rule", "value", "meaning"), rows), shape)


@rules.command()
@click.argument("name", type=click.Choice(sorted(presets())))
def preset(name: str) -> None:
    """Print shipped rules, to be edited and applied: they name their source and what of it was
    verified."""
    click.echo(preset_text(name), nl=False)
