"""`ccdialer crm`: who the CRMs say a caller is, how long they take, and how they fare."""

from __future__ import annotations

import time
from typing import Any

import click

from ccdialer.cli.helping import Noun
from ccdialer.cli.output import format_option, hint, printable, say, show
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.card import Card, deciding_deal
from ccdialer.core.found import Found
from ccdialer.core.phone import NotANumber, reader
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.opening import tokens_of, web_of
from ccdialer.crm.tokens import Tokens
from ccdialer.crm_settings import AmoCrm, Bitrix24
from ccdialer.errors import NotFound, Refused
from ccdialer.reports.table import Table, columns
from ccdialer.runtime.cards import open_cards, owned
from ccdialer.runtime.crm_source import CrmSource
from ccdialer.runtime.crms import connectors, recall, unlike
from ccdialer.runtime.receivers import bitrix24_tokens
from ccdialer.storage import Database
from ccdialer.storage.projects import find_project

SLACK_S = 1.0
"""A connector is awaited so much longer than its own limit."""

ANSWERS = columns(
    *("connector", "answer", "took_ms|took, ms|count", "client", "owner"),
    *("stage", "deals|open deals|count", "reason|what was wrong"),
)
SOURCES = columns(
    *("name|connector", "state|breaker", "tries_in_s|tries in|seconds"),
    *("since_s|in force|seconds", "under_way|under way|count"),
    *("asked||count", "found||count", "unknown||count"),
    *("late||count", "failed||count", "spared||count"),
    *("last_fault|last fault", "last_fault_s|ago|seconds"),
)


@click.group(cls=Noun)
def crm() -> None:
    """Who is the caller: the CRMs of config.yaml, tried and watched."""


@crm.command()
@click.argument("number")
@click.option("--project", default="", help="As a caller of this project.")
@click.option("--fresh", is_flag=True, help="What is remembered does not count.")
@format_option
@pass_site
def test(site: Site, number: str, project: str, fresh: bool, shape: str) -> None:
    """Ask every CRM who NUMBER is, and say what a caller would get and after how long.

    Exit code 1 if one of them fails. The daemon is not needed, and not asked.
    """
    e164 = reader(site.config.numbers.region)(number)
    if isinstance(e164, NotANumber):
        raise Refused(e164.reason)
    if not site.config.crm.connectors:
        raise NotFound("config.yaml names no CRM: add one under crm.connectors")
    with site.database() as database:
        if project:
            find_project(database, project)  # or it does not exist
        found, rows = _asked(site, database, (e164, project), fresh)
    show(Table("", ANSWERS, rows), shape)
    if shape == "table":
        _tell(found)
    if any(row[1] == "fault" for row in rows):
        raise click.exceptions.Exit(1)


def _asked(
    site: Site, database: Database, caller: tuple[str, str], is_fresh: bool
) -> tuple[Found, list[tuple[Any, ...]]]:
    """Each connector with all the time it may take; then as a caller of that number and project,
    with what is remembered of him."""
    opened = connectors(site.config, database)
    alone, cards = (open_cards(site.config.crm, opened) for _ in range(2))
    try:
        rows = [_row(source, *caller) for source in alone.sources]
        if not is_fresh:
            recall(database, cards, now_ms())
        return cards.find(*caller, is_fresh), rows
    finally:
        alone.close()
        cards.close()


def _row(source: CrmSource, number: str, project: str) -> tuple[Any, ...]:
    question = source.question(number, project)
    if not question:
        why = "not for this project" if project else "it is asked for a project: --project"
        return (source.name, "not asked", None, "", "", "", None, why)
    began_at = time.monotonic()
    try:
        card = source.ask(question).result(source.terms.timeout_s + SLACK_S)
    except (CrmFault, TimeoutError) as fault:
        reason = f"{fault.reason}: {fault}" if isinstance(fault, CrmFault) else "it hangs"
        return (source.name, "fault", _ms_since(began_at), "", "", "", None, reason)
    if card is None:
        return (source.name, "unknown", _ms_since(began_at), "", "", "", None, "")
    return (source.name, "found", _ms_since(began_at), *_told(owned(card, source)), "")


def _ms_since(began_at: float) -> int:
    return round((time.monotonic() - began_at) * 1000)


def _told(card: Card) -> tuple[str, str, str, int]:
    deal = deciding_deal(card)
    stage = card.stage if deal is None else deal.stage
    return card.name or card.client_id, card.owner, stage, sum(d.is_open for d in card.deals)


def _tell(found: Found) -> None:
    """What the caller of that number gets, for people."""
    say(f"A caller gets {found.status} after {found.took_s * 1000:.0f} ms: {found.reason}")
    if found.card is None:
        return
    card = found.card
    client = f"{card.name} {card.client_id}".strip()
    say(f"{card.source}: {printable(client)}, owner {printable(card.owner or 'nobody')}")
    for deal in card.deals:
        state = "open" if deal.is_open else "closed"
        title = f"{deal.pipeline}: {deal.stage} ({state}) {deal.title} {deal.amount}".rstrip()
        say(f"  deal {printable(deal.id)}  {printable(title)}")
    for key, value in card.fields.items():
        say(f"  {printable(key)}: {printable(value)}")


@crm.command()
@format_option
@pass_site
def status(site: Site, shape: str) -> None:
    """Show how the CRMs fare in the running daemon: breakers, look-ups, last faults."""
    found = site.ask("status", timeout_s=5.0)["crm"]
    rows = [tuple(each[column.key] for column in SOURCES) for each in found.get("sources", ())]
    show(Table("CRMs", SOURCES, rows), shape)
    if shape == "table" and rows:
        say(f"{found['cached']} answers remembered; a caller waits {found['budget_ms']} ms at most")
    if names := unlike(site.config, found.get("marks", {})):
        hint(f"config.yaml says otherwise of {', '.join(names)}: systemctl reload ccdialer")


def _tokens(settings: AmoCrm | Bitrix24, site: Site) -> Tokens:
    web = web_of(settings, site.config.crm)
    if isinstance(settings, Bitrix24):
        return bitrix24_tokens(settings, web)
    return tokens_of(settings, web)


@crm.command()
@click.argument("name")
@click.argument("code")
@pass_site
def authorize(site: Site, name: str, code: str) -> None:
    """Exchange the CODE that amoCRM or Bitrix24 shows for the first tokens of connector NAME.

    The code is valid once, for 20 minutes in amoCRM and for 30 seconds in Bitrix24.
    """
    settings = next((each for each in site.config.crm.connectors if each.name == name), None)
    if not isinstance(settings, AmoCrm | Bitrix24) or not settings.tokens:
        raise NotFound(
            f'no connector "{name}" of kind amocrm or bitrix24 with OAuth in config.yaml'
        )
    try:
        _tokens(settings, site).authorize(code, time.monotonic() + 30.0)
    except CrmFault as fault:
        raise Refused(f"{name}: {fault.reason}: {fault}") from fault
    say(f"{name}: authorized; the tokens are in {settings.tokens}")
    hint(f"the account of the daemon must be able to write {settings.tokens}")
