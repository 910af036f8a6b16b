"""`ccdialer trunk` and files: trunks.yaml applied, rendered for Asterisk, and given back."""

from __future__ import annotations

import asyncio
import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ccdialer import storage
from ccdialer.cli.completion import trunk_names
from ccdialer.cli.output import hint, say
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.cli.trunk_keeping import Plan, Stored, keep, read_plans, stored_trunks
from ccdialer.cli.whole_file import replaced
from ccdialer.config import Config
from ccdialer.core import money
from ccdialer.core.trunk import Rate
from ccdialer.errors import SwitchUnreachable
from ccdialer.provider import pjsip_conf
from ccdialer.trunk_entry import TrunkEntry
from ccdialer.trunk_file import read_trunks, trunks_text, with_prices

MOST_INLINE = 200  # prices of a trunk that stand in trunks.yaml itself
PRICE_HEAD = ("prefix", "destination", "price", "fee", "increments", "currency")

file_argument = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@file_argument
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@pass_site
def apply(site: Site, file: Path, dry_run: bool) -> None:
    """Make the trunks of FILE those of this site, in the database and in Asterisk.

    FILE holds all of them: a trunk that is not in it any more is disabled. If anything in it is
    wrong, nothing changes.
    """
    plans = read_plans(file)
    text = _conf(plans)
    if dry_run:
        _try(site, plans)
        return
    conf = Path(site.config.trunks.conf)
    with site.database() as database, database.transaction():
        told = keep(database, plans, now_ms())
        is_new = replaced(conf, text)  # if it cannot be written, nothing is stored
    for line in told:
        say(line)
    say(f"{conf}: {'written' if is_new else 'unchanged'}")
    _tell_asterisk(site.config, plans)
    if trouble := site.poke():
        hint(f"not in effect yet: {trouble}")


def _conf(plans: Sequence[Plan]) -> str:
    return pjsip_conf(plan.found.account for plan in plans)


class _Undo(Exception):
    """Takes a transaction back."""


def _try(site: Site, plans: Sequence[Plan]) -> None:
    """What `keep` would say; the transaction is taken back."""
    told: list[str] = []
    try:
        with site.database() as database, database.transaction():
            told = keep(database, plans, now_ms())
            raise _Undo
    except _Undo:
        pass
    for line in told:
        say(line)
    hint("nothing was changed: --dry-run")


def _tell_asterisk(config: Config, plans: Sequence[Plan]) -> None:
    """Have Asterisk read the file, and say what it did not take."""
    names = [plan.trunk.settings.endpoint for plan in plans]
    registering = [plan.trunk.name for plan in plans if plan.trunk.settings.registers]
    try:
        unknown, unregistered = asyncio.run(_reload(config, names, registering))
    except SwitchUnreachable as error:
        hint(f"Asterisk has not read it: {error}; then: asterisk -rx 'pjsip reload'")
        return
    say("Asterisk has read it")
    for name in unknown:
        hint(UNKNOWN.format(name=name, conf=config.trunks.conf))
    for name in unregistered:
        if name not in unknown:
            hint(UNREGISTERED.format(name=name))


UNKNOWN = (
    "Asterisk has no endpoint {name}: does pjsip.conf say #tryinclude {conf}, and may Asterisk "
    "read that file? Its log tells more"
)
UNREGISTERED = (
    "Asterisk does not register {name}: has pjsip.conf a transport of its kind (udp, tcp, tls)? "
    "Its log tells more"
)


async def _reload(
    config: Config, endpoints: Sequence[str], registering: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Reload; the endpoints and registrations that did not come of it."""
    from ccdialer.ari import pjsip  # aiohttp: few commands need it
    from ccdialer.ari.rest import Rest
    from ccdialer.runtime.settings import ari_settings

    async with Rest(ari_settings(config)) as rest:
        await pjsip.reload(rest)
        return (
            [name for name in endpoints if not await pjsip.has(rest, "endpoint", name)],
            [name for name in registering if not await pjsip.has(rest, "registration", name)],
        )


@click.command()
@file_argument
@click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder whose pjsip_trunks.conf.j2 goes before the shipped one.",
)
def render(file: Path, templates: Path | None) -> None:
    """Print what Asterisk is told of the trunks of FILE; it holds their passwords."""
    click.echo(pjsip_conf((found.account for found in read_trunks(file)), templates), nl=False)


@click.command()
@pass_site
def export(site: Site) -> None:
    """Print the trunks as the file that `trunk apply` reads.

    Passwords are not in the database: each is printed as the name of an environment variable.
    """
    with site.database() as database:
        found = [each for each in stored_trunks(database).values() if not each.kept.is_removed]
    click.echo(trunks_text(_entry(each) for each in found), nl=False)


def _entry(stored: Stored) -> TrunkEntry:
    """The entry with its prices; many are left to a CSV, but for what a CSV does not say."""
    kept, rates = stored.kept.entry, stored.trunk.rates.values()
    if len(rates) <= MOST_INLINE:
        return with_prices(kept, rates)
    name = f"{kept.name}.csv"
    hint(f"{len(rates)} prices of {kept.name}: ccdialer trunk prices {kept.name} > {name}")
    symbolic = [rate for rate in rates if not rate.is_literal and not kept.symbolic]
    return with_prices(kept, symbolic, name)


@click.command()
@click.argument("name", shell_complete=trunk_names)
@pass_site
def prices(site: Site, name: str) -> None:
    """Print the prices of a trunk as the CSV that `price_file` of trunks.yaml names."""
    with site.database() as database:
        rates = storage.find_trunk(database, name).rates
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(PRICE_HEAD)
    for rate in rates.values():
        writer.writerow(_price_row(rate))


def _price_row(rate: Rate) -> tuple[Any, ...]:
    return (
        *(rate.prefix, rate.destination, money.shown(rate.price), money.shown(rate.fee)),
        *(f"{rate.first_s}/{rate.next_s}", rate.currency),
    )
