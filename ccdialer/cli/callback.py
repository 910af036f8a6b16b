"""`ccdialer callback`: ask for callbacks, look at them, move and release many at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from ccdialer import storage
from ccdialer.cli.completion import agent_logins, campaign_names
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import format_option, hint, say, show
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.campaign import Campaign, CampaignState, Mode
from ccdialer.core.phone import NotANumber, normalise
from ccdialer.errors import NotFound, Refused
from ccdialer.importing.rows import Rejected, instant
from ccdialer.reports import words
from ccdialer.reports.callbacks import callbacks
from ccdialer.runtime.calendar import midnight
from ccdialer.storage import CallbackFilter, Database, Pin, TaskRow

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_OF = (
    click.option("--of", "of_owner", shell_complete=agent_logins, help="Of this agent only."),
    click.option("--of-group", help="Of this group only."),
)
_OF_OR_OWNER = (
    click.option(
        *("--owner", "--of", "of_owner"), shell_complete=agent_logins, help="Of this agent only."
    ),
    click.option("--group", "--of-group", "of_group", help="Of this group only."),
)
_FILTERS = (
    click.option("--campaign", shell_complete=campaign_names, help="Of this campaign only."),
    click.option("--late", is_flag=True, help="Those that are due already."),
    click.option("--today", is_flag=True, help="Those due today, late ones too."),
)


def _filters(command: Decorated) -> Decorated:
    """Where --owner and --group say what is to become of callbacks, --of says which are meant."""
    for option in reversed((*_OF, *_FILTERS)):
        command = option(command)
    return command


def _list_filters(command: Decorated) -> Decorated:
    for option in reversed((*_OF_OR_OWNER, *_FILTERS)):
        command = option(command)
    return command


ids_argument = click.argument("task_ids", metavar="[ID]...", nargs=-1, type=int)
at_option = click.option("--at", metavar="WHEN", help='When: "2026-11-26 15:00".')
zone_option = click.option("--zone", help="The client's, such as Asia/Omsk; else this machine's.")
owner_option = click.option("--owner", shell_complete=agent_logins, help="Login of its agent.")
group_option = click.option("--group", help="The group it is for, instead of one agent.")


@click.group(cls=Noun)
def callback() -> None:
    """Ask for, list, move and release callbacks: clients who come back to their own agent."""


@callback.command()
@click.argument("number")
@click.option(
    "--campaign", "name", required=True, shell_complete=campaign_names, help="A callback campaign."
)
@at_option
@zone_option
@owner_option
@group_option
@click.option("--priority", type=click.IntRange(0, 9), default=5, show_default=True, help="9 first")
@click.option("--note", default="", help="What the agent should know.")
@pass_site
def add(site: Site, /, number: str, name: str, priority: int, note: str, **given: Any) -> None:
    """Ask for a callback to NUMBER, at once if no time is given.

    The running daemon sees it at once.
    """
    e164 = normalise(number, site.config.numbers.region, frozenset(site.config.numbers.types))
    if isinstance(e164, NotANumber):
        raise click.BadParameter(e164.reason, param_hint="NUMBER")
    due_at = _instant(given["at"], given["zone"]) or now_ms()
    details = json.dumps({"note": note} if note else {}, ensure_ascii=False)
    with site.database() as database:
        campaign = _sticky(storage.find_campaign(database, name))
        pin = _pin(database, given["owner"], given["group"])
        row = TaskRow(
            [(e164, number)],
            due_at,
            priority,
            details=details,
            owner_id=pin.owner_id,
            owner_group=pin.owner_group,
            zone=given["zone"] or "",
        )
        task_id = storage.add_callback(database, campaign.id, row, now_ms())
    say(f"task {task_id}: {e164} is called back at {words.local(due_at)}")
    if campaign.state is not CampaignState.ACTIVE:
        hint(f'campaign "{name}" is {campaign.state}; start it: ccdialer campaign start {name}')
    _tell(site, is_moved=False)


@callback.command("list")
@_list_filters
@format_option
@pass_site
def list_(site: Site, /, shape: str, **asked: Any) -> None:
    """List open callbacks, the longest due first."""
    with site.database() as database:
        rows = storage.list_callbacks(database, _wanted(database, asked))
    show(callbacks(rows, now_ms()), shape)


@callback.command()
@ids_argument
@_filters
@at_option
@zone_option
@owner_option
@group_option
@pass_site
def move(site: Site, /, task_ids: tuple[int, ...], **given: Any) -> None:
    """Give callbacks another time, another agent or group, or both.

    Name them by ID or by filters. One in a call stays as it is.
    """
    due_at = _instant(given["at"], given["zone"])
    with site.database() as database:
        pin = _pin(database, given["owner"], given["group"])
        if due_at is None and pin == Pin():
            raise click.UsageError("say what to change: --at, --owner or --group")
        _change(database, task_ids, given, (due_at, None if pin == Pin() else pin))
    _tell(site, is_moved=True)


@callback.command()
@ids_argument
@_filters
@pass_site
def release(site: Site, /, task_ids: tuple[int, ...], **given: Any) -> None:
    """Let anyone who is free have callbacks, without waiting for their owners.

    Name them by ID or by filters. One in a call stays as it is.
    """
    with site.database() as database:
        _change(database, task_ids, given, (None, Pin()))
    _tell(site, is_moved=True)


# --- which, and what ----------------------------------------------------------------------------


def _change(
    database: Database,
    task_ids: tuple[int, ...],
    asked: dict[str, Any],
    change: tuple[int | None, Pin | None],
) -> None:
    is_filtered = any(asked[key] for key in ("campaign", "of_owner", "of_group", "late", "today"))
    if bool(task_ids) == is_filtered:
        raise click.UsageError("name callbacks by ID, or say which by --campaign, --of, --late ...")
    rows = storage.list_callbacks(database, _wanted(database, asked), task_ids or None)
    unknown = sorted(set(task_ids) - {row["id"] for row in rows})
    if unknown:
        raise NotFound(f"task {unknown[0]} is no open callback; see: ccdialer callback list")
    done = storage.move_callbacks(database, rows, *change, now_ms())
    for task_id in sorted({row["id"] for row in rows} - set(done)):
        hint(f"task {task_id} is in a call now and stays as it is")
    say(f"{len(done)} changed")


def _wanted(database: Database, asked: dict[str, Any]) -> CallbackFilter:
    campaign, login = asked["campaign"], asked["of_owner"]
    tomorrow = round(midnight(now_ms() / 1000, 1) * 1000)
    return CallbackFilter(
        campaign_id=storage.find_campaign(database, campaign).id if campaign else None,
        owner_id=storage.agent_by_login(database, login).id if login else None,
        owner_group=asked["of_group"],
        due_before=now_ms() if asked["late"] else tomorrow if asked["today"] else None,
    )


def _pin(database: Database, login: str | None, group: str | None) -> Pin:
    if login and group:
        raise click.UsageError("a callback is for an agent or for a group: --owner or --group")
    owner_id = storage.agent_by_login(database, login).id if login else None
    if group and not any(group in agent.groups for agent in storage.list_agents(database)):
        hint(f'nobody is in group "{group}" yet: ccdialer agent groups LOGIN {group}')
    return Pin(owner_id, group or None)


def _sticky(campaign: Campaign) -> Campaign:
    if campaign.settings.mode is not Mode.CALLBACK:
        raise Refused(
            f'campaign "{campaign.name}" is {campaign.settings.mode} and calls nobody back;'
            " name one whose mode is callback"
        )
    return campaign


def _instant(text: str | None, zone: str | None) -> int | None:
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            sentence = f'"{zone}" is not a time zone; example: Europe/Moscow'
            raise click.BadParameter(sentence, param_hint="--zone") from None
    found = instant((text or "").strip(), zone)
    if isinstance(found, Rejected):
        raise click.BadParameter(found.reason, param_hint="--at")
    return found


def _tell(site: Site, is_moved: bool) -> None:
    why = site.poke_callbacks(is_moved)
    if why:
        hint(f"the daemon sees it when it runs: {why}")
