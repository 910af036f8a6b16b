"""`ccdialer report inbound` and `report lost`: what became of the calls that came in."""

from __future__ import annotations

import click

from ccdialer import storage
from ccdialer.cli.filters import Seconds, campaign_option, limit_option, span_options
from ccdialer.cli.output import first, tell_limit
from ccdialer.cli.saving import deliver, report_options
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.reports.inbound import inbound as inbound_table
from ccdialer.reports.inbound import limits_of
from ccdialer.reports.lost import lost as lost_table
from ccdialer.reports.span import span
from ccdialer.storage import Database
from ccdialer.storage.inbound_statistics import By, InboundFilter

short_option = click.option(
    "--short",
    "short_s",
    type=Seconds(0, 3600),
    default=5.0,
    show_default=True,
    help="Who hangs up within so many seconds was not lost: he has changed his mind.",
)


@click.command()
@click.option(
    "--by",
    type=click.Choice([str(by) for by in By]),
    default=str(By.QUEUE),
    show_default=True,
    help="What calls are told apart by.",
)
@campaign_option
@span_options
@short_option
@report_options
@pass_site
def inbound(
    site: Site,
    by: str,
    campaign: str | None,
    since: int | None,
    until: int | None,
    short_s: float,
    shape: str,
) -> None:
    """Print what became of calls that came in: answered, lost, recovered, service level.

    A row for each number called, ad channel, stage, target, queue, agent, hour of the day or day,
    with its share of all calls. --campaign: of one queue.
    """
    with site.database() as database:
        times = span(since, until, now_ms())
        wanted = InboundFilter(
            times.since,
            times.until,
            By(by),
            _queue(database, campaign),
            short_s,
            limits_of(database),
        )
        deliver(inbound_table(database, wanted), shape)


@click.command()
@click.option("--all", "with_recovered", is_flag=True, help="Those too who were talked with since.")
@campaign_option
@span_options
@short_option
@limit_option(1000)
@report_options
@pass_site
def lost(
    site: Site,
    with_recovered: bool,
    campaign: str | None,
    since: int | None,
    until: int | None,
    short_s: float,
    limit: int,
    shape: str,
) -> None:
    """Print callers who met nobody and whom nobody has talked with since.

    With how long they waited, whether they were called back, and whose callback it is. Who asked
    to be called back is among them until he is.
    """
    with site.database() as database:
        times = span(since, until, now_ms())
        of = _queue(database, campaign)
        wanted = InboundFilter(times.since, times.until, By.QUEUE, of, short_s)
        count = deliver(first(limit, lost_table(database, wanted, with_recovered)), shape)
    tell_limit(count, limit)


def _queue(database: Database, name: str | None) -> int | None:
    return storage.find_campaign(database, name).id if name else None
