"""`ccdialer report inbound` and `report lost`: what became of the calls that came in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from ccdialer import storage
from ccdialer.cli.completion import project_names
from ccdialer.cli.filters import Seconds, campaign_option, limit_option, span_options
from ccdialer.cli.naming import number_meant, project_of
from ccdialer.cli.output import tell_limit
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

project_option = click.option(
    "--project", shell_complete=project_names, help="Of this project only."
)
did_option = click.option("--did", metavar="NUMBER", help="Of those who called this number only.")


@click.command()
@click.option(
    "--by",
    type=click.Choice([str(by) for by in By]),
    default=str(By.QUEUE),
    show_default=True,
    help="What calls are told apart by.",
)
@campaign_option
@project_option
@did_option
@span_options
@short_option
@report_options
@pass_site
def inbound(site: Site, /, by: str, shape: str, **asked: Any) -> None:
    """Print what became of calls that came in: answered, lost, recovered, service level.

    A row for each number called, ad channel, stage, target, queue, agent, hour of the day or day,
    with its share of all calls. --campaign: of one queue.
    """
    with site.database() as database:
        wanted = replace(_wanted(site, database, asked), by=By(by), limits=limits_of(database))
        deliver(inbound_table(database, wanted), shape)


@click.command()
@click.option("--all", "with_recovered", is_flag=True, help="Those too who were talked with since.")
@campaign_option
@project_option
@did_option
@span_options
@short_option
@limit_option(1000)
@report_options
@pass_site
def lost(site: Site, /, with_recovered: bool, limit: int, shape: str, **asked: Any) -> None:
    """Print callers who met nobody and whom nobody has talked with since.

    With how long they waited, whether they were called back, and whose callback it is. Who asked
    to be called back is among them until he is.
    """
    with site.database() as database:
        wanted = _wanted(site, database, asked)
        count = deliver(lost_table(database, wanted, with_recovered, limit), shape)
    tell_limit(count, limit)


def _wanted(site: Site, database: Database, asked: dict[str, Any]) -> InboundFilter:
    times = span(asked["since"], asked["until"], now_ms())
    queue, project, did = asked["campaign"], asked["project"], asked["did"]
    return InboundFilter(
        times.since,
        times.until,
        campaign_id=storage.find_campaign(database, queue, project).id if queue else None,
        short_s=asked["short_s"],
        project_id=project_of(database, project) if project else None,
        did=number_meant(did, site.config.numbers.region, "--did") if did else None,
    )
