"""`ccdialer client`: the built-in client base; look clients up, import, correct and export them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from ccdialer import storage
from ccdialer.cli.client_words import CONTACTS_SAID, one_of, read_number, set_of
from ccdialer.cli.completion import agent_logins, project_names
from ccdialer.cli.deal import deal
from ccdialer.cli.filters import limit_option
from ccdialer.cli.helping import Noun
from ccdialer.cli.importing import import_options, layout, mapping_of, told
from ccdialer.cli.naming import number_meant, project_of
from ccdialer.cli.output import format_option, progress, say, show, tell_limit
from ccdialer.cli.saving import deliver, report_options
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.client import ClientKind
from ccdialer.importing import ClientImport, import_clients
from ccdialer.reports import client_page
from ccdialer.reports.clients import clients, export
from ccdialer.reports.table import Table, columns
from ccdialer.storage.client_edits import (
    add_numbers,
    change_client,
    drop_contact,
    drop_numbers,
    put_contact,
)
from ccdialer.storage.client_journal import Occasion
from ccdialer.storage.client_pages import ClientFilter, show_client

project_option = click.option(
    "--project", shell_complete=project_names, help="Of this project; else of the only one."
)
client_argument = click.argument("client", metavar="CLIENT")


@click.group(cls=Noun)
def client() -> None:
    """Clients of the built-in base: import, find, show, correct, their deals.

    CLIENT is his id here, a number that only he has, or his id in the system he comes from.
    """


client.add_command(deal)


@client.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@project_option
@click.option(
    *("--map", "pairs"),
    multiple=True,
    metavar="WHAT=COLUMN",
    help='Which column is what: --map phone="Tel." --map stage=Status. May be repeated.',
)
@import_options
@pass_site
def import_(
    site: Site, /, path: Path, project: str | None, pairs: tuple[str, ...], **given: Any
) -> None:
    """Put the clients of a CSV file into the base, or what is new of those in it.

    A row is about the client with its id, or the only one with its number. What a row does not say
    stays. Importing the same file twice changes nothing. Exit code 1 if no row could be used.
    """
    begun = time.monotonic()
    with site.database() as database:
        options = ClientImport(
            project_id=project_of(database, project),
            region=site.config.numbers.region,
            mapping=mapping_of(pairs),
            layout=layout(given["encoding"], given["delimiter"]),
            dry_run=given["dry_run"],
            rejects=given["rejected"],
        )
        with progress(path.name, None) as advance:
            report = import_clients(database, path, options, advance)
    counts = {"created": report.created, "changed": report.changed}
    also = f"{report.created} clients created, {report.changed} changes"
    told(report.rows, time.monotonic() - begun, given["shape"], counts, also)


# --- looking ------------------------------------------------------------------------------------


@client.command()
@click.argument("text", nargs=-1)
@click.option("--project", shell_complete=project_names, help="Of this project only.")
@click.option("--kind", type=click.Choice([str(kind) for kind in ClientKind]), help="Of this kind.")
@click.option("--stage", help="In this stage.")
@click.option("--owner", shell_complete=agent_logins, help="Login of the agent whose they are.")
@limit_option(100)
@report_options
@pass_site
def find(site: Site, /, text: tuple[str, ...], limit: int, shape: str, **asked: Any) -> None:
    """List clients by number, by a part of the name, by stage, kind or owner.

    Exit code 1 if there is none.
    """
    with site.database() as database:
        wanted = _wanted(site, database, " ".join(text), asked, limit)
        count = deliver(clients(database, wanted), shape)
    if not count:
        raise click.exceptions.Exit(1)
    tell_limit(count, limit)


def _wanted(
    site: Site, database: storage.Database, text: str, asked: dict[str, Any], limit: int
) -> ClientFilter:
    number = read_number(text, site.config.numbers.region)
    owner = asked["owner"]
    return ClientFilter(
        project_id=project_of(database, asked["project"]) if asked["project"] else None,
        number=number,
        name=text if text and number is None else None,
        kind=asked["kind"],
        stage=asked["stage"],
        owner_id=storage.agent_by_login(database, owner).id if owner else None,
        limit=limit,
    )


@client.command("show")
@client_argument
@format_option
@pass_site
def show_(site: Site, client: str, shape: str) -> None:
    """Show all that is known of a client, his deals, and his 20 latest calls and changes."""
    with site.database() as database:
        found = show_client(database, one_of(database, client, site.config.numbers.region))
        logins = {agent.id: agent.login for agent in storage.list_agents(database)}
    if shape == "json":
        record = client_page.record(found, logins)
        click.echo(json.dumps(record, indent=2, ensure_ascii=False))
        return
    lines = [line for line in client_page.lines(found) if line[1] not in (None, "")]
    show(Table("", columns("key", "value"), lines), shape)
    for table in (client_page.deals(found), client_page.history(found, logins)):
        click.echo()
        show(table, shape)


@client.command("export")
@project_option
@report_options
@pass_site
def export_(site: Site, project: str | None, shape: str) -> None:
    """Print all clients of a project, in columns that `client import` reads."""
    chosen = click.get_current_context().get_parameter_source("shape")
    with site.database() as database:
        wanted = ClientFilter(project_id=project_of(database, project), limit=0)
        is_left_open = chosen is click.core.ParameterSource.DEFAULT and shape == "table"
        deliver(export(database, wanted), "csv" if is_left_open else shape)


# --- correcting ---------------------------------------------------------------------------------


@client.command("set")
@client_argument
@click.argument("pairs", metavar="WHAT=VALUE...", nargs=-1, required=True)
@pass_site
def set_(site: Site, client: str, pairs: tuple[str, ...]) -> None:
    """Correct a client: stage=paid owner=anna "name=Anna K." field.birthday=3.05.

    WHAT is name, kind, stage, pipeline, owner (a login), city, channel, note, id (that of the
    system he comes from), phone (one more), or field.NAME. Nothing after the sign takes it away.
    """
    region = site.config.numbers.region
    with site.database() as database, database.transaction():
        wanted, phones = set_of(database, pairs, region)
        client_id = one_of(database, client, region)
        occasion = Occasion(now_ms())
        changed = change_client(database, client_id, wanted, occasion)
        added = add_numbers(database, client_id, phones, occasion)
    say(f"client {client_id}: {_told([*changed, *(f'phone {e164}' for e164 in added)])}")


def _told(changed: list[str]) -> str:
    return f"changed {', '.join(map(client_page.named, changed))}" if changed else "as it was"


@client.command()
@client_argument
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@pass_site
def forget(site: Site, client: str, numbers: tuple[str, ...]) -> None:
    """Take numbers from a client: they are not his any more. Exit code 1 if he had none of them."""
    region = site.config.numbers.region
    with site.database() as database:
        client_id = one_of(database, client, region)
        e164s = [number_meant(number, region) for number in numbers]
        gone = drop_numbers(database, client_id, e164s, Occasion(now_ms()))
    say(f"client {client_id}: {len(gone)} numbers taken away")
    if not gone:
        raise click.exceptions.Exit(1)


@client.command()
@client_argument
@click.argument("name")
@click.option("--post", default="", help="What he is there: accountant.")
@click.option("--phone", "phones", multiple=True, help="His number; may be repeated.")
@click.option("--remove", is_flag=True, help="He is no contact person any more.")
@pass_site
def contact(
    site: Site, /, client: str, name: str, post: str, phones: tuple[str, ...], remove: bool
) -> None:
    """Add a contact person NAME to a client, change or remove him.

    Who calls from his number is known as the client.
    """
    region, occasion = site.config.numbers.region, Occasion(now_ms())
    if not name.strip():
        raise click.BadParameter("is empty", param_hint="NAME")
    with site.database() as database:
        client_id = one_of(database, client, region)
        if remove:
            drop_contact(database, client_id, name, occasion)
            said = "removed"
        else:
            numbers = [number_meant(phone, region) for phone in phones]
            is_new = put_contact(database, client_id, (name, post), numbers, occasion)
            said = CONTACTS_SAID[is_new]
    say(f"client {client_id}: {name} {said}")
