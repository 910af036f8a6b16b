"""`ccdialer outbox`: what CRMs and other systems are still to be told, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ccdialer.cli.filters import ID, limit_option
from ccdialer.cli.helping import Noun
from ccdialer.cli.naming import number_meant
from ccdialer.cli.output import format_option, say, show
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.notice import PENDING, ParcelState
from ccdialer.errors import NotFound
from ccdialer.reports.outbox import notice_table
from ccdialer.reports.outbox import outbox as outbox_table
from ccdialer.storage import Database
from ccdialer.storage.outbox_listing import (
    OutboxFilter,
    drop_parcels,
    list_outbox,
    retry_parcels,
    show_parcel,
)

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

ALL = 1_000_000_000
UNSETTLED = PENDING | {ParcelState.PARKED}

connector_option = click.option("--connector", help="Of this connector only.")
state_option = click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([str(state) for state in ParcelState]),
    help="In this state only; may be given again. Else all that is not settled.",
)
number_option = click.option("--number", help="Of this client only.")


def _which(command: Decorated) -> Decorated:
    """Ids, or the parked ones of a connector."""
    ids = click.argument("ids", metavar="[ID]...", nargs=-1, type=ID)
    parked = click.option("--parked", is_flag=True, help="All that are parked.")
    return ids(parked(connector_option(command)))


@click.group(cls=Noun)
def outbox() -> None:
    """What CRMs and other systems are to be told of calls: list, show, retry, drop."""


@outbox.command("list")
@connector_option
@state_option
@number_option
@limit_option(100)
@format_option
@pass_site
def list_(site: Site, /, limit: int, shape: str, states: tuple[str, ...], **given: Any) -> None:
    """List notices that wait or are parked, in the order in which they were promised."""
    number = given["number"]
    wanted = OutboxFilter(
        [ParcelState(state) for state in states] or UNSETTLED,
        given["connector"],
        None if number is None else number_meant(number, site.config.numbers.region, "--number"),
    )
    with site.database() as database:
        rows = list_outbox(database, wanted, limit or ALL)
    show(outbox_table(rows), shape)


@outbox.command("show")
@click.argument("parcel_id", metavar="ID", type=ID)
@format_option
@pass_site
def show_(site: Site, parcel_id: int, shape: str) -> None:
    """Show a notice: what is to be told, how often it was tried, and what was the trouble."""
    with site.database() as database:
        row = show_parcel(database, parcel_id)
    show(notice_table(row), shape)


@outbox.command()
@_which
@pass_site
def retry(site: Site, ids: tuple[int, ...], parked: bool, connector: str | None) -> None:
    """Try notices again, now: those with these ids, or all that are parked.

    What was tried in vain counts as never tried; what is dropped comes back.
    """
    with site.database() as database:
        wanted = _wanted(database, ids, parked, connector)
        moved = retry_parcels(database, wanted, now_ms())
    _tell(moved, wanted, "will be tried again", "is delivered or under way")


@outbox.command()
@_which
@pass_site
def drop(site: Site, ids: tuple[int, ...], parked: bool, connector: str | None) -> None:
    """Give notices up: those with these ids, or all that are parked, or all of a connector.

    What is dropped is kept for a week and may be tried again until then.
    """
    with site.database() as database:
        wanted = _wanted(database, ids, parked, connector, all_of_connector=True)
        moved = drop_parcels(database, wanted, now_ms())
    _tell(moved, wanted, "dropped", "is settled or under way")


def _wanted(
    database: Database,
    ids: tuple[int, ...],
    parked: bool,
    connector: str | None,
    all_of_connector: bool = False,
) -> list[int]:
    """The ids that are meant. Raises NotFound for an id that is none."""
    if ids:
        for parcel_id in ids:
            show_parcel(database, parcel_id)
        return list(ids)
    if not parked and not (connector and all_of_connector):
        raise click.UsageError("which? Give ids, or --parked")
    states = [ParcelState.PARKED] if parked else UNSETTLED
    rows = list_outbox(database, OutboxFilter(states, connector), ALL)
    if not rows:
        raise NotFound("there is nothing of the kind in the outbox; ccdialer outbox list")
    return [row["id"] for row in rows]


def _tell(moved: list[int], wanted: list[int], deed: str, why_not: str) -> None:
    say(f"{len(moved)} of {len(wanted)} {deed}")
    for parcel_id in sorted(set(wanted) - set(moved)):
        say(f"notice {parcel_id} {why_not}")
