"""`ccdialer sim learn`: a scenario file out of a campaign's call log."""

from __future__ import annotations

from pathlib import Path

import click

from ccdialer import storage
from ccdialer.cli.campaign import project_option
from ccdialer.cli.completion import campaign_names
from ccdialer.cli.filters import hour_of_day, span_options
from ccdialer.cli.output import hint, say
from ccdialer.cli.simulating import left_out, origin_rows, refuse_nowhere
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.campaign import Campaign
from ccdialer.errors import Refused
from ccdialer.reports.span import Span, span
from ccdialer.sim.learning import Learned, learned
from ccdialer.sim.people import HOUR_S
from ccdialer.sim.scenario import CampaignPlan, Scenario
from ccdialer.sim.shifts import Window, team_of
from ccdialer.storage import Database
from ccdialer.storage.calllog import Log, list_of_then, log_of
from ccdialer.writing import written

DAYS_OF_LOG = 30


@click.command()
@click.argument("campaign", shell_complete=campaign_names)
@project_option
@span_options
@click.option(
    *("--output",),
    type=click.Path(path_type=Path, dir_okay=False),
    help="Into this file; else it is shown.",
)
@pass_site
def learn(
    site: Site,
    campaign: str,
    project: str | None,
    since: int | None,
    until: int | None,
    output: Path | None,
) -> None:
    """Write a scenario with the people and agents of CAMPAIGN as its call log knows them.

    Of the last 30 days, if nothing else is said; the agents are those of the last day. What is
    learned from how many calls, and what is assumed, is told on standard error.
    """
    if output:
        refuse_nowhere(output, "--output")
    with site.database() as database:
        found = storage.find_campaign(database, campaign, project)
        wanted = log_span(since, until)
        log = log_of(database, found, wanted.since, wanted.until)
        people = learned(log, found.settings, hour_of_day)
        text = written(_scenario(database, found, log, people))
    for quantity, value, origin, _ in origin_rows(people):
        hint(f"{quantity}: {value} ({origin})")
    hint(left_out(people) or "all calls were learned from")
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        say(f"{output} written")


def log_span(since: int | None, until: int | None) -> Span:
    """The span asked for; without a beginning, the last 30 days."""
    now = now_ms()
    return span(now - DAYS_OF_LOG * 86_400_000 if since is None else since, until, now)


def _scenario(database: Database, found: Campaign, log: Log, people: Learned) -> Scenario:
    if not log.calls:
        raise Refused(
            f'campaign "{found.name}" has no calls in that span; see: ccdialer report attempts'
        )
    window = _last_day(log, people)
    teams = [team_of(log, agent_id, window) for agent_id in log.states]
    span_ms = (round(window.begins * 1000), round(window.ends * 1000))
    name = found.name[:40].strip()  # as long as names in scenarios are
    plan = CampaignPlan(
        name=name,
        tasks=list_of_then(database, found, *span_ms),
        settings=found.settings,
        callees=people.callees,
    )
    return Scenario(
        name=name,
        about=f"Learned from {len(log.calls)} calls.",
        hours=people.hours,
        campaigns=(plan,),
        teams=tuple(team for team in teams if team is not None),
    )


def _last_day(log: Log, people: Learned) -> Window:
    """The working day of the last call."""
    last = log.calls[-1].dialed_at
    begins = last + (people.begins - hour_of_day(last)) * HOUR_S
    return Window(begins, begins + people.hours * HOUR_S)
