"""`ccdialer agent`: who takes calls; sign agents in and out, pause them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from ccdialer import storage
from ccdialer.cli.completion import agent_logins
from ccdialer.cli.importing import import_options, layout, told
from ccdialer.cli.output import format_option, hint, show
from ccdialer.cli.site import Site, pass_site
from ccdialer.errors import CcdialerError
from ccdialer.importing import AgentImport, import_agents
from ccdialer.reports.table import Table, columns

logins_argument = click.argument("logins", nargs=-1, shell_complete=agent_logins)
all_option = click.option("--all", "is_all", is_flag=True, help="All agents.")
login_argument = click.argument("login", shell_complete=agent_logins)

NOT_IN = "offline"


@click.group()
def agent() -> None:
    """Import and list agents, sign them in and out."""


@agent.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@import_options
@pass_site
def import_(site: Site, /, path: Path, **given: Any) -> None:
    """Create or change agents from a CSV file: login, name, phone, kept_up, projects.

    Agents who are not in the file stay as they are. Exit code 1 if no row could be used.
    """
    options = AgentImport(
        layout=layout(given["encoding"], given["delimiter"]),
        dry_run=given["dry_run"],
        rejects=given["rejected"],
    )
    begun = time.monotonic()
    with site.database() as database:
        report = import_agents(database, path, options)
    site.poke()
    told(report, time.monotonic() - begun, given["shape"])


@agent.command("list")
@format_option
@pass_site
def list_(site: Site, shape: str) -> None:
    """List agents, with what each is doing if the daemon runs."""
    floor = site.snapshot()
    doing = None if floor is None else {row["login"]: row for row in floor["agents"]}
    with site.database() as database:
        projects = storage.list_projects(database)
        rows = [_row(found, projects, doing) for found in storage.list_agents(database)]
    described = ("login", "name", "phone", "kept_up||flag", "projects", "state")
    show(Table("agents", columns(*described, "state_s|for|seconds", "note"), rows), shape)
    if doing is None:
        hint("the daemon is not running: nobody is signed in")


def _row(
    found: Any, projects: dict[int, str], doing: dict[str, dict[str, Any]] | None
) -> tuple[Any, ...]:
    seat = (doing or {}).get(found.login)
    now = (NOT_IN, None, "") if seat is None else (seat["state"], seat["state_s"], seat["reason"])
    places = ", ".join(sorted(projects[i] for i in found.projects))
    return (found.login, found.name, found.phone, found.kept_up, places, *now)


# --- signing in and out -------------------------------------------------------------------------


@agent.command()
@logins_argument
@all_option
@format_option
@pass_site
def login(site: Site, logins: tuple[str, ...], is_all: bool, shape: str) -> None:
    """Sign agents in; the phones of those who are kept up ring now.

    Exit code 1 if one of them does not arrive.
    """
    answer = site.ask("login", **_meant(logins, is_all))
    missing = [row["login"] for row in _show(answer, shape) if row["state"] == NOT_IN]
    if missing:
        raise CcdialerError(f"not signed in: {', '.join(missing)}; does the phone answer?")


@agent.command()
@logins_argument
@all_option
@format_option
@pass_site
def logout(site: Site, logins: tuple[str, ...], is_all: bool, shape: str) -> None:
    """Sign agents out; those in a call after it."""
    _show(site.ask("logout", **_meant(logins, is_all)), shape)


def _meant(logins: tuple[str, ...], is_all: bool) -> dict[str, Any]:
    if bool(logins) == is_all:
        raise click.UsageError("name agents, or say --all")
    return {"all": True} if is_all else {"logins": list(dict.fromkeys(logins))}


@agent.command()
@login_argument
@click.option("--reason", default="pause", show_default=True, help="Shown in status and reports.")
@format_option
@pass_site
def pause(site: Site, login: str, reason: str, shape: str) -> None:
    """Give an agent no calls, after the one he is in."""
    _show(site.ask("pause", login=login, reason=reason), shape)


@agent.command()
@login_argument
@format_option
@pass_site
def ready(site: Site, login: str, shape: str) -> None:
    """End an agent's pause or wrap-up."""
    _show(site.ask("ready", login=login), shape)


@agent.command()
@login_argument
@format_option
@pass_site
def hangup(site: Site, login: str, shape: str) -> None:
    """End the call an agent is in."""
    _show(site.ask("hangup", login=login), shape)


def _show(answer: dict[str, Any], shape: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer["agents"]
    rows = [(row["login"], row["state"], row["note"]) for row in found]
    show(Table("agents", columns("login", "state", "note"), rows), shape)
    return found
