"""`ccdialer report`: what happened, by call, by campaign, by agent, and why it was dialed."""

from __future__ import annotations

from collections.abc import Callable

import click

from ccdialer import storage
from ccdialer.cli.filters import campaign_option, limit_option, span_options
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import first, tell_limit
from ccdialer.cli.report_inbound import inbound, lost
from ccdialer.cli.saving import deliver, report_options
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.campaign import Campaign
from ccdialer.reports.agents import agents as agents_table
from ccdialer.reports.attempts import attempts as attempts_table
from ccdialer.reports.campaigns import campaigns as campaigns_table
from ccdialer.reports.costs import costs_table
from ccdialer.reports.pacing import pacing as pacing_table
from ccdialer.reports.promises import promises_table
from ccdialer.reports.span import span
from ccdialer.reports.spread import spreads as spread_table
from ccdialer.reports.table import Table
from ccdialer.storage import AttemptFilter, Database, PaceFilter
from ccdialer.storage.costs import By


@click.group(cls=Noun)
def report() -> None:
    """Print reports: attempts, inbound, lost, campaigns, agents, callbacks, costs, pacing."""


for command in (inbound, lost):
    report.add_command(command)


def _named(database: Database, name: str | None) -> Campaign | None:
    return storage.find_campaign(database, name) if name else None


@report.command()
@campaign_option
@span_options
@limit_option(1000)
@report_options
@pass_site
def attempts(
    site: Site, campaign: str | None, since: int | None, until: int | None, limit: int, shape: str
) -> None:
    """Print every attempt with its result, in the order they were made."""

    def table(database: Database, of: int | None) -> Table:
        wanted = AttemptFilter(campaign_id=of, since=since, until=until, limit=limit)
        return attempts_table(database, wanted)

    _rows(site, campaign, limit, shape, table)


def _rows(
    site: Site,
    campaign: str | None,
    limit: int,
    shape: str,
    table: Callable[[Database, int | None], Table],
) -> None:
    """Print rows of a campaign, or of all; says so if there may be more."""
    with site.database() as database:
        found = _named(database, campaign)
        count = deliver(table(database, found.id if found else None), shape)
    tell_limit(count, limit)


@report.command()
@campaign_option
@span_options
@limit_option(1000)
@report_options
@pass_site
def pacing(
    site: Site, campaign: str | None, since: int | None, until: int | None, limit: int, shape: str
) -> None:
    """Print why campaigns dialed as much as they did, in order.

    A row every 10 seconds at most: the calls placed since the row before, the sentence of one of
    the decisions that placed them, and the numbers it saw. Rows are kept for 7 days.
    """

    def table(database: Database, of: int | None) -> Table:
        wanted = PaceFilter(campaign_id=of, since=since, until=until, limit=limit)
        return pacing_table(database, wanted)

    _rows(site, campaign, limit, shape, table)


@report.command()
@campaign_option
@span_options
@limit_option(0)
@report_options
@pass_site
def campaigns(
    site: Site, campaign: str | None, since: int | None, until: int | None, limit: int, shape: str
) -> None:
    """Print tasks, results, abandonment and handling times by campaign.

    Tasks are counted as they are now; all else is of the attempts begun in the span.
    """
    with site.database() as database:
        wanted = span(since, until, now_ms())
        deliver(first(limit, campaigns_table(database, wanted, _named(database, campaign))), shape)


@report.command()
@campaign_option
@span_options
@limit_option(0)
@report_options
@pass_site
def agents(
    site: Site, campaign: str | None, since: int | None, until: int | None, limit: int, shape: str
) -> None:
    """Print calls, times and utilisation by agent, and how evenly calls were spread.

    With --campaign: of the agents who may serve it; their figures are of all they did.
    """
    with site.database() as database:
        wanted, only = span(since, until, now_ms()), None
        found = _named(database, campaign)
        if found:
            members = storage.list_agents(database)
            only = frozenset(a.id for a in members if found.project_id in a.projects)
        deliver(first(limit, agents_table(database, wanted, only)), shape)


@report.command()
@click.option(
    "--by",
    type=click.Choice([str(by) for by in By]),
    default=str(By.CAMPAIGN),
    show_default=True,
    help="What costs are told apart by.",
)
@campaign_option
@span_options
@report_options
@pass_site
def costs(
    site: Site, by: str, campaign: str | None, since: int | None, until: int | None, shape: str
) -> None:
    """Print what calls cost, in all, for each answer and for each talk.

    Of closed attempts begun in the span, whose legs went through trunks with a price list; a
    direction is the prefix whose price was taken.
    """
    with site.database() as database:
        wanted = span(since, until, now_ms())
        deliver(costs_table(database, By(by), wanted, _named(database, campaign)), shape)


@report.command()
@span_options
@report_options
@pass_site
def spread(site: Site, since: int | None, until: int | None, shape: str) -> None:
    """Print how evenly calls and talk were spread over the agents of each project."""
    with site.database() as database:
        deliver(spread_table(database, span(since, until, now_ms())), shape)


@report.command()
@campaign_option
@span_options
@report_options
@pass_site
def callbacks(
    site: Site, campaign: str | None, since: int | None, until: int | None, shape: str
) -> None:
    """Print how callbacks were kept: in time or late, by their owners, missed, overdue.

    Of attempts begun in the span; what is overdue is counted as it is now.
    """
    with site.database() as database:
        wanted = span(since, until, now_ms())
        deliver(promises_table(database, wanted, _named(database, campaign)), shape)
