"""`ccdialer agent`: who takes calls; sign agents in and out, pause them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from ccdialer import storage
from ccdialer.cli.completion import agent_logins
from ccdialer.cli.filters import Instant
from ccdialer.cli.helping import Noun
from ccdialer.cli.importing import import_options, layout, told
from ccdialer.cli.output import format_option, hint, say, show
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.errors import CcdialerError
from ccdialer.importing import AgentImport, import_agents
from ccdialer.reports import words
from ccdialer.reports.table import Table, columns

logins_argument = click.argument("logins", nargs=-1, shell_complete=agent_logins)
all_option = click.option("--all", "is_all", is_flag=True, help="All agents.")
login_argument = click.argument("login", shell_complete=agent_logins)

NOT_IN = "offline"


@click.group(cls=Noun)
def agent() -> None:
    """Import and list agents, sign them in and out."""


@agent.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@import_options
@pass_site
def import_(site: Site, /, path: Path, **given: Any) -> None:
    """Create or change agents from a CSV file: login, name, phone, kept_up, projects,
    groups.

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
        away = {i: until for i, until in storage.leaves(database).items() if until > now_ms()}
        rows = [
            (*_row(found, projects, doing), away.get(found.id))
            for found in storage.list_agents(database)
        ]
    described = ("login", "name", "phone", "kept_up||flag", "projects", "groups", "state")
    seen = ("state_s|for|seconds", "note", "leave_until|on leave until|instant")
    show(Table("agents", columns(*described, *seen), rows), shape)
    if doing is None:
        hint("the daemon is not running: nobody is signed in")


def _row(
    found: Any, projects: dict[int, str], doing: dict[str, dict[str, Any]] | None
) -> tuple[Any, ...]:
    seat = (doing or {}).get(found.login)
    now = (NOT_IN, None, "") if seat is None else (seat["state"], seat["state_s"], seat["reason"])
    places = ", ".join(sorted(projects[i] for i in found.projects))
    groups = ", ".join(sorted(found.groups))
    return (found.login, found.name, found.phone, found.kept_up, places, groups, *now)


# --- who takes whose callbacks ------------------------------------------------------------------


@agent.command()
@login_argument
@click.argument("names", metavar="[GROUP]...", nargs=-1)
@pass_site
def groups(site: Site, login: str, names: tuple[str, ...]) -> None:
    """Put an agent into exactly these groups; none named: into none.

    Who is in a group with the owner of a callback comes next after him.
    """
    bad = next((name for name in names if not name.strip() or not name.isprintable()), None)
    if bad is not None:
        raise click.BadParameter(f'"{bad}" is no name of a group', param_hint="GROUP")
    with site.database() as database:
        found = storage.agent_by_login(database, login)
        storage.set_groups(database, found.id, [name.strip() for name in names])
    _see_again(site)
    say(f"{login}: {', '.join(sorted(set(names))) or 'in no group'}")


@agent.command()
@login_argument
@click.option("--until", required=True, type=Instant(), help="When he is back: 2026-12-01 09:00.")
@pass_site
def leave(site: Site, login: str, until: int) -> None:
    """Say that an agent is on leave: campaigns need not wait for him with his callbacks."""
    if until <= now_ms():
        raise click.BadParameter("lies in the past; end a leave: ccdialer agent back LOGIN")
    _set_leave(site, login, until)
    say(f"{login} is on leave until {words.local(until)}")


@agent.command()
@login_argument
@pass_site
def back(site: Site, login: str) -> None:
    """Say that an agent is back from leave."""
    _set_leave(site, login, None)
    say(f"{login} is back")


def _set_leave(site: Site, login: str, until: int | None) -> None:
    with site.database() as database:
        storage.set_leave(database, storage.agent_by_login(database, login).id, until)
    _see_again(site)


def _see_again(site: Site) -> None:
    """The daemon's callbacks know their owners' groups and leaves."""
    if not site.poke():
        site.poke_callbacks(is_moved=True)


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
