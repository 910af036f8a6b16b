"""`ccdialer doctor`: what keeps this site from dialing, each with its remedy."""

from __future__ import annotations

import asyncio

import click

from ccdialer import storage
from ccdialer.cli.app_queue_checks import app_queue_checks
from ccdialer.cli.crm_checks import crm_checks, force_finding
from ccdialer.cli.finding import Finding, Level
from ccdialer.cli.outbox_checks import outbox_checks
from ccdialer.cli.output import format_option, printable, show
from ccdialer.cli.recording_checks import recording_checks
from ccdialer.cli.route_checks import route_checks
from ccdialer.cli.site import Site, pass_site
from ccdialer.cli.site_checks import (
    Wants,
    configuration,
    daemon,
    database_checks,
    list_checks,
    speech,
)
from ccdialer.cli.trunk_keeping import stored_trunks
from ccdialer.config import Config
from ccdialer.errors import CcdialerError
from ccdialer.reports.table import Table, columns


@click.command()
@format_option
@pass_site
def doctor(site: Site, shape: str) -> None:
    """Look at configuration, database, Asterisk and daemon, and say what to do.

    Exit code 1 if anything FAILs.
    """
    findings = look(site)
    if shape == "table":
        for each in findings:
            _tell(each)
    else:
        rows = [(str(each.level), each.what, each.seen, each.remedy) for each in findings]
        show(Table("", columns("level", "what", "seen", "remedy"), rows), shape)
    if any(each.level is Level.FAIL for each in findings):
        raise click.exceptions.Exit(1)


COLORS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


def _tell(found: Finding) -> None:
    """A finding for people; what to do stands below it."""
    level = click.style(f"{found.level:<4}", fg=COLORS[found.level])  # click drops it in a pipe
    click.echo(f"{level}  {found.what:<9} {printable(found.seen)}")
    if found.remedy:
        click.echo(f"{'':<16}-> {printable(found.remedy)}")


def look(site: Site) -> list[Finding]:
    """All findings, in the order in which they should be mended."""
    config, findings = configuration(site)
    if config is None:
        return findings
    findings += database_checks(config.database)
    wants = _wants(config)
    findings += speech(config.speech, wants.campaigns)
    findings += list_checks(config)
    findings += crm_checks(config)
    findings += force_finding(site, config)
    findings += route_checks(config)
    findings += app_queue_checks(config)
    findings += _switch(config, wants)
    findings += recording_checks(config, wants.campaigns)
    findings += outbox_checks(config)
    return [*findings, daemon(site)]


def _switch(config: Config, wants: Wants) -> list[Finding]:
    from ccdialer.cli.switch_checks import switch_checks  # aiohttp: only doctor needs it
    from ccdialer.runtime.settings import ari_settings

    return asyncio.run(switch_checks(ari_settings(config), wants))


def _wants(config: Config) -> Wants:
    """What the database asks of Asterisk; nothing where it cannot be read."""
    try:
        with storage.open_database(config.database) as database:
            campaigns = storage.list_campaigns(database)
            agents, trunks = storage.list_agents(database), stored_trunks(database).values()
            return Wants(tuple(agents), tuple(campaigns), tuple(trunks))
    except CcdialerError:
        return Wants()  # told already
