"""`ccdialer spending`: what calls have cost this hour and day, and the caps on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click

from ccdialer import storage
from ccdialer.cli.completion import trunk_names
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import format_option, hint, say, show
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core import money
from ccdialer.core.trunk import Trunk, most_of
from ccdialer.errors import NotFound, Refused
from ccdialer.reports.table import Table, columns
from ccdialer.storage import Cap, Database, Period, Scope

SHOW = (
    *("whose", "period", "currency", "spent", "held|live calls, at most", "cap", "left"),
    "is_reached|reached|flag",
)


@click.group(cls=Noun)
def spending() -> None:
    """Caps on what calls may cost, by hour and by day."""


@spending.command("show")
@format_option
@pass_site
def show_(site: Site, shape: str) -> None:
    """Show every cap with what was spent in its hour or day so far."""
    with site.database() as database:
        rows = list(_rows(database, now_ms()))
    show(Table("caps", columns(*SHOW), rows, is_compared=True), shape)


def _rows(database: Database, now: int) -> Iterator[tuple[Any, ...]]:
    for cap in storage.list_caps(database):
        so_far = storage.spent_of(database, cap, now)
        left = cap.amount - so_far.spent - so_far.held
        amounts = map(money.shown, (so_far.spent, so_far.held, cap.amount, max(0, left)))
        yield (whose(database, cap), str(cap.period), cap.currency, *amounts, left <= 0)


def whose(database: Database, cap: Cap) -> str:
    """`site`, `project sales`, `trunk main`."""
    if cap.scope is Scope.SITE:
        return "site"
    names = _names(database, cap.scope)
    return f"{cap.scope} {names.get(cap.subject_id, cap.subject_id)}"


def _names(database: Database, scope: Scope) -> dict[int, str]:
    if scope is Scope.PROJECT:
        return storage.list_projects(database)
    return {trunk.id: trunk.name for trunk in storage.list_trunks(database)}


def cap_options(command: Any) -> Any:
    """Which cap is meant."""
    for option in (
        click.option("--currency", default="RUB", show_default=True, help="Of the cap, ISO 4217."),
        click.option("--trunk", shell_complete=trunk_names, help="Of the calls over this trunk."),
        click.option("--project", help="Of the calls of this project; else of the whole site."),
        click.option(
            "--per",
            "period",
            type=click.Choice([str(period) for period in Period]),
            required=True,
            help="In a clock hour, or from midnight to midnight.",
        ),
    ):
        command = option(command)
    return command


@spending.command("cap")
@click.argument("amount")
@cap_options
@pass_site
def cap_(
    site: Site, amount: str, period: str, project: str | None, trunk: str | None, currency: str
) -> None:
    """Let calls cost at most AMOUNT per hour or day; the very next call is held to it."""
    limit = money.micros(amount)
    if limit is None:
        raise Refused(f'"{amount}" is no amount such as 500 or 99.50')
    with site.database() as database:
        found = _cap(database, Period(period), (project, trunk), currency, limit)
        storage.set_cap(database, found)
        shown = whose(database, found)
        too_dear = list(_too_dear(database, found))
    say(f"{shown}: at most {money.shown(limit)} {found.currency} per {period}")
    for sentence in too_dear:
        hint(sentence)
    _poke(site)


def _too_dear(database: Database, cap: Cap) -> Iterator[str]:
    """The campaigns that may place no call at all under a cap, as one may cost more than it."""
    trunks = [trunk for trunk in storage.list_trunks(database) if trunk.enabled]
    for campaign in storage.list_campaigns(database):
        settings = campaign.settings
        is_other = cap.scope is Scope.PROJECT and cap.subject_id != campaign.project_id
        if settings.dial or is_other:
            continue
        longest = max(_costs(trunks, cap, settings.max_call_s), default=0)
        if longest > cap.amount:
            yield TOO_DEAR.format(
                name=campaign.name, s=settings.max_call_s, cost=money.shown(longest)
            )


def _costs(trunks: Iterable[Trunk], cap: Cap, longest_s: float) -> Iterator[int]:
    """What a call of that length costs, by every price that counts against the cap."""
    for trunk in trunks:
        if cap.scope is not Scope.TRUNK or cap.subject_id == trunk.id:
            rates = trunk.rates.values()
            yield from (most_of(rate, longest_s) for rate in rates if rate.currency == cap.currency)


TOO_DEAR = (
    'campaign "{name}": a call may last {s:g} s (max_call_s) and then costs up to {cost}, more '
    "than the cap, so such a call is not placed; lower max_call_s or raise the cap"
)


@spending.command()
@cap_options
@pass_site
def uncap(site: Site, period: str, project: str | None, trunk: str | None, currency: str) -> None:
    """Take a cap away."""
    with site.database() as database:
        found = _cap(database, Period(period), (project, trunk), currency, 0)
        shown = whose(database, found)
        if not storage.drop_cap(database, found):
            raise NotFound(f"{shown} has no cap per {period} in {found.currency}")
    say(f"{shown}: no cap per {period} in {found.currency} any more")
    _poke(site)


def _poke(site: Site) -> None:
    if trouble := site.poke():
        hint(f"not in effect yet: {trouble}")


def _cap(
    database: Database,
    period: Period,
    subject: tuple[str | None, str | None],
    currency: str,
    amount: int,
) -> Cap:
    """The cap of a project, of a trunk, or of the site. Raises Refused or NotFound."""
    project, trunk = subject
    if project and trunk:
        raise Refused("--project and --trunk: a cap is of one of them; set two caps")
    if not money.is_currency(currency):
        raise Refused(f'"{currency}" is no currency by ISO 4217, such as RUB')
    if trunk:
        return Cap(Scope.TRUNK, storage.find_trunk(database, trunk).id, period, currency, amount)
    if not project:
        return Cap(Scope.SITE, 0, period, currency, amount)
    ids = {name: place for place, name in storage.list_projects(database).items()}
    if project not in ids:
        raise NotFound(f'there is no project "{project}"; known: {", ".join(sorted(ids))}')
    return Cap(Scope.PROJECT, ids[project], period, currency, amount)
