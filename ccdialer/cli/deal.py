"""`ccdialer client deal`: open deals with clients, move them from stage to stage, close them."""

from __future__ import annotations

from typing import Any

import click

from ccdialer.cli.client_words import one_of, set_of_deal
from ccdialer.cli.filters import ID
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import say
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.reports.client_page import change
from ccdialer.storage import Database, list_agents
from ccdialer.storage.client_journal import Occasion
from ccdialer.storage.deals import add_deal, change_deal

pairs_argument = click.argument("pairs", metavar="[WHAT=VALUE]...", nargs=-1)
deal_argument = click.argument("deal_id", metavar="DEAL", type=ID)


@click.group(cls=Noun)
def deal() -> None:
    """Deals of clients: add, set, close.

    WHAT is title, stage, pipeline, owner (a login), amount or currency.
    """


@deal.command()
@click.argument("client", metavar="CLIENT")
@pairs_argument
@pass_site
def add(site: Site, client: str, pairs: tuple[str, ...]) -> None:
    """Open a deal with a client: stage=offer title=Roof amount=1500 currency=RUB."""
    with site.database() as database:
        told = set_of_deal(database, pairs)
        client_id = one_of(database, client, site.config.numbers.region)
        deal_id = add_deal(database, client_id, told, Occasion(now_ms()))
    say(f"deal {deal_id} of client {client_id} is open")


@deal.command("set")
@deal_argument
@pairs_argument
@pass_site
def set_(site: Site, deal_id: int, pairs: tuple[str, ...]) -> None:
    """Change a deal, or move it to another stage; a closed one stays closed."""
    if not pairs:
        raise click.UsageError("say what to change: stage=paid, owner=anna, amount=1500 ...")
    with site.database() as database:
        _change(database, deal_id, set_of_deal(database, pairs))


@deal.command()
@deal_argument
@pairs_argument
@click.option("--reopen", is_flag=True, help="It is open again.")
@pass_site
def close(site: Site, deal_id: int, pairs: tuple[str, ...], reopen: bool) -> None:
    """Close a deal, in a last stage if one is said: stage=won."""
    with site.database() as database:
        closed_at = None if reopen else now_ms()
        _change(database, deal_id, set_of_deal(database, pairs) | {"closed_at": closed_at})


def _change(database: Database, deal_id: int, told: dict[str, Any]) -> None:
    found = change_deal(database, deal_id, told, Occasion(now_ms()))
    logins = {agent.id: agent.login for agent in list_agents(database)}
    said = change(found.differences, logins) or "as it was"
    say(f"deal {deal_id} of client {found.client_id}: {said}")
