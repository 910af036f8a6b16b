"""`ccdialer completion`: the script by which a shell completes commands and names."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import click
from click.shell_completion import CompletionItem, get_completion_class

from ccdialer import storage
from ccdialer.cli.site import Site
from ccdialer.errors import CcdialerError
from ccdialer.sim.scenario_file import shipped
from ccdialer.storage import Database

PROGRAM, VARIABLE = "ccdialer", "_CCDIALER_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a SHELL.

    \b
    bash: ccdialer completion bash > /etc/bash_completion.d/ccdialer
    zsh:  ccdialer completion zsh > "${fpath[1]}/_ccdialer"
    fish: ccdialer completion fish > ~/.config/fish/completions/ccdialer.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(ctx.find_root().command, {}, PROGRAM, VARIABLE)
    click.echo(script.source_template % script.source_vars())


def campaign_names(ctx: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Campaigns of the database whose names begin so; none if it cannot be read."""
    return [CompletionItem(name) for name in _names(ctx, "campaigns") if name.startswith(begun)]


def agent_logins(ctx: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Agents of the database whose logins begin so; none if it cannot be read."""
    return [CompletionItem(name) for name in _names(ctx, "agents") if name.startswith(begun)]


def project_names(ctx: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Projects of the database whose names begin so; none if it cannot be read."""
    return [CompletionItem(name) for name in _names(ctx, "projects") if name.startswith(begun)]


def trunk_names(ctx: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Trunks of the database whose names begin so; none if it cannot be read."""
    return [CompletionItem(name) for name in _names(ctx, "trunks") if name.startswith(begun)]


def scenario_names(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Shipped scenarios whose names begin so, or a file."""
    found = [CompletionItem(name) for name in shipped() if name.startswith(begun)]
    return found or [CompletionItem(begun, type="file")]


def _names(ctx: click.Context, what: str) -> list[str]:
    site = Site(ctx.find_root().params.get("config_path"))
    with suppress(CcdialerError, OSError), site.database() as database:
        return _LISTS[what](database)
    return []


_LISTS: dict[str, Callable[[Database], list[str]]] = {
    "agents": lambda database: [agent.login for agent in storage.list_agents(database)],
    "campaigns": lambda database: [each.name for each in storage.list_campaigns(database)],
    "projects": lambda database: list(storage.list_projects(database).values()),
}
