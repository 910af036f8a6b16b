"""`ccdialer trunk`: which trunks there are, which would carry a number, and which are at rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click

from ccdialer import storage
from ccdialer.cli import trunk_files
from ccdialer.cli.completion import campaign_names, trunk_names
from ccdialer.cli.floor import trunk_table
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import format_option, hint, say, show
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.cli.trunk_keeping import Stored, flat, stored_trunks
from ccdialer.core import money
from ccdialer.core.phone import NotANumber, normalise
from ccdialer.core.trunk import Rate, Trunk, dial_string, in_order, rate_of, shown_by
from ccdialer.errors import NotFound, Refused
from ccdialer.provider import Provider
from ccdialer.reports.table import Table, columns

name_argument = click.argument("name", shell_complete=trunk_names)

LIST = ("trunk", "state", "lines||count", "prices||count", "currency", "endpoint", "provider")
TEST = (
    *("order||count", "trunk", "prefix", "destination", "price|per minute", "fee", "increments"),
    *("currency", "dial|dialed as", "caller_id|shown", "why_not|why not"),
)


@click.group(cls=Noun)
def trunk() -> None:
    """Trunks to providers: files, prices, and which of them carry calls."""


for verb in (trunk_files.apply, trunk_files.render, trunk_files.export, trunk_files.prices):
    trunk.add_command(verb)


# --- looking ------------------------------------------------------------------------------------


@trunk.command("list")
@format_option
@pass_site
def list_(site: Site, shape: str) -> None:
    """List the trunks, the disabled and the removed ones too."""
    with site.database() as database:
        stored = stored_trunks(database).values()
    show(Table("trunks", columns(*LIST), [_row(each) for each in stored]), shape)


def _row(stored: Stored) -> tuple[Any, ...]:
    found, entry = stored.trunk, stored.kept.entry
    return (
        *(found.name, state_of(stored), found.settings.lines, len(found.rates), entry.currency),
        *(f"PJSIP/{found.settings.endpoint}", way_of(entry.provider)),
    )


def state_of(stored: Stored) -> str:
    """enabled, disabled, or removed: it is not in the file any more."""
    if stored.kept.is_removed:
        return "removed"
    return "enabled" if stored.trunk.enabled else "disabled"


def way_of(provider: Provider) -> str:
    """How the provider is reached, in words."""
    if not provider.server:
        return "of the site's own pjsip.conf"
    if not provider.login:
        return f"{provider.server} by IP"
    how = "registration" if provider.register else "login"
    return f"{provider.server} by {how} as {provider.login}"


@trunk.command("show")
@name_argument
@format_option
@pass_site
def show_(site: Site, name: str, shape: str) -> None:
    """Show a trunk: its state and every key of its entry. Prices: ccdialer trunk prices."""
    with site.database() as database:
        stored = _found(stored_trunks(database), name)
    rows: list[tuple[str, Any]] = [("state", state_of(stored)), *flat(stored.kept.entry).items()]
    rows.append(("prices", len(stored.trunk.rates)))
    show(Table("", columns("key", "value"), rows), shape)


def _found(stored: dict[str, Stored], name: str) -> Stored:
    if name not in stored:
        raise NotFound(f'there is no trunk "{name}"; see: ccdialer trunk list')
    return stored[name]


@trunk.command()
@format_option
@pass_site
def status(site: Site, shape: str) -> None:
    """Show what the daemon knows of each trunk: up or not and why, lines in use, spent today."""
    show(trunk_table(site.ask("status")), shape)


@trunk.command()
@click.argument("number")
@click.option(
    "--campaign",
    shell_complete=campaign_names,
    help="As this campaign would dial it: over its trunks alone.",
)
@format_option
@pass_site
def test(site: Site, number: str, campaign: str | None, shape: str) -> None:
    """Say which trunks would carry NUMBER, in which order and at what price, and why others not.

    Nothing is dialed. With the daemon running, what it knows of the trunks counts too.
    """
    read = normalise(number, site.config.numbers.region)
    if isinstance(read, NotANumber):
        raise Refused(f"{number}: {read.reason}")
    with site.database() as database:
        trunks = storage.list_trunks(database)
        found = storage.find_campaign(database, campaign) if campaign else None
        stop = storage.standstill_of(database)
    if found is not None and found.settings.dial:
        raise Refused(f'campaign "{campaign}" has a dial string of its own, and uses no trunk')
    allowed = found.settings.trunks if found else ()
    live = live_trunks(site)
    ways = list(_ways(trunks, read, allowed, live))
    show(Table(f"trunks for {read}", columns(*TEST), ways), shape)
    if stop is not None:
        hint(f"nothing is dialed now: stopped for {stop[1] or 'no reason given'}")
    if live is None:
        hint("the daemon does not run: whether they are up, and which lines are free, is not known")


Live = dict[str, dict[str, Any]]


def live_trunks(site: Site) -> Live | None:
    """What the daemon knows of the trunks, by name; None if none tells."""
    snapshot = site.snapshot()
    if snapshot is None:
        return None
    return {row["name"]: row for row in snapshot.get("trunks", [])}


def _ways(
    trunks: Iterable[Trunk], number: str, allowed: tuple[str, ...], live: Live | None
) -> Iterator[tuple[Any, ...]]:
    """The trunks that carry the number in their order, and then the others."""
    carrying, others = [], []
    for each in trunks:
        rate = rate_of(each, number)
        reason = _why_not(each, rate, allowed, (live or {}).get(each.name))
        if rate is not None and not reason:
            carrying.append((each, rate, _free(each, live)))
        else:
            others.append((each, rate, reason))
    for order, (each, rate, _) in enumerate(in_order(carrying), 1):
        yield (order, each.name, *_priced(rate), *_dialed(each, number), "")
    for each, rate, reason in others:
        yield (None, each.name, *_priced(rate), *_dialed(each, number), reason)


def _why_not(
    each: Trunk, rate: Rate | None, allowed: tuple[str, ...], live: dict[str, Any] | None
) -> str:
    if not each.enabled:
        return f"disabled; ccdialer trunk enable {each.name}"
    if allowed and each.name not in allowed:
        return "the campaign names other trunks"
    if rate is None:
        return "it has no price for the number"
    return _live_reason(live, rate) if live else ""


def _live_reason(live: dict[str, Any], rate: Rate) -> str:
    """What the daemon holds against it now; empty: nothing."""
    if live["trouble"]:
        return str(live["trouble"])
    if rate.prefix in live["breakers"]:
        return f"{live['breakers'][rate.prefix]} calls to {rate.prefix} failed in a row"
    lines = live["lines_now"]
    return "" if live["in_use"] < lines else f"all {lines} lines in use"


def _free(each: Trunk, live: Live | None) -> int:
    row = (live or {}).get(each.name)
    return row["lines_now"] - row["in_use"] if row else each.settings.lines


def _priced(rate: Rate | None) -> tuple[Any, ...]:
    if rate is None:
        return ("", "", "", "", "", "")
    return (
        *(rate.prefix, rate.destination, money.shown(rate.price), money.shown(rate.fee)),
        *(f"{rate.first_s}/{rate.next_s}", rate.currency if rate.is_literal else "(ranks only)"),
    )


def _dialed(each: Trunk, number: str) -> tuple[str, str]:
    return dial_string(each.settings, number), shown_by(each.settings.caller_ids, number, 0)


# --- switching ----------------------------------------------------------------------------------


@trunk.command()
@name_argument
@pass_site
def enable(site: Site, name: str) -> None:
    """Let calls go over a trunk again."""
    with site.database() as database:
        if _found(stored_trunks(database), name).kept.is_removed:
            raise Refused(
                f'trunk "{name}" is not in the file any more, so Asterisk does not know it; write '
                "it there, and: ccdialer trunk apply"
            )
    _switch(site, name, True)


@trunk.command()
@name_argument
@pass_site
def disable(site: Site, name: str) -> None:
    """Send no new calls over a trunk; live calls go on."""
    _switch(site, name, False)


def _switch(site: Site, name: str, enabled: bool) -> None:
    with site.database() as database:
        storage.enable_trunk(database, name, enabled, now_ms())
    say(f'trunk "{name}" is {"enabled" if enabled else "disabled"}')
    if trouble := site.poke():
        hint(f"not in effect yet: {trouble}")
