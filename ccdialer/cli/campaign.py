"""`ccdialer campaign`: apply campaign files, show campaigns, start and stop their dialing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ccdialer import storage
from ccdialer.campaign_file import CampaignEntry, campaigns_text, page_of, read_campaigns
from ccdialer.cli.completion import campaign_names
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import format_option, hint, say, show
from ccdialer.cli.site import Site, now_ms, pass_site, tasks_by_state
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, Mode
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import TaskState
from ccdialer.errors import NotFound, Refused
from ccdialer.reports import words
from ccdialer.reports.retries import retries as retries_table
from ccdialer.reports.table import Table, columns
from ccdialer.runtime.speech import speak, text_of
from ccdialer.schema import plain
from ccdialer.storage import Database
from ccdialer.storage.waiting import Next, next_due

Command = Callable[..., Any]

name_argument = click.argument("name", shell_complete=campaign_names)
project_option = click.option("--project", help="Where several projects have one of that name.")

COME_BY_THEMSELVES = (Mode.INBOUND, Mode.CALLBACK)
"""Callers, and callbacks that callers and agents ask for: nobody has to import them."""


@click.group(cls=Noun)
def campaign() -> None:
    """Create, show, start and stop campaigns."""


# --- files --------------------------------------------------------------------------------------


@campaign.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@pass_site
def apply(site: Site, files: tuple[Path, ...]) -> None:
    """Create or change the campaigns that FILES describe; all of them, or none if one is faulty."""
    entries = [entry for path in files for entry in read_campaigns(path)]
    with site.database() as database, database.transaction():
        told = [_apply(database, entry) for entry in entries]
    for line in told:
        say(line)
    trouble = site.poke()
    if trouble:
        hint(f"not in effect yet: {trouble}")


def _apply(database: Database, entry: CampaignEntry) -> str:
    """Upsert one campaign; a line that says what it changed."""
    shown = f'campaign "{entry.name}" of {entry.project}'
    try:
        before = storage.find_campaign(database, entry.name, entry.project)
    except NotFound:
        storage.upsert_campaign(database, entry.project, entry.name, entry.settings, now_ms())
        return f"{shown}: created; start it: ccdialer campaign start {entry.name}"
    changes = differences(before.settings, entry.settings)
    if not changes:
        return f"{shown}: unchanged"
    storage.upsert_campaign(database, entry.project, entry.name, entry.settings, now_ms())
    return f"{shown}: changed; " + ", ".join(changes)


def differences(before: CampaignSettings, after: CampaignSettings) -> list[str]:
    """`max_lines: 30 -> 60` for every setting that changes."""
    old, new = _flat(before), _flat(after)
    return [
        f"{key}: {_word(old.get(key, ''))} -> {_word(new.get(key, ''))}"
        for key in dict.fromkeys((*new, *old))
        if old.get(key) != new.get(key)
    ]


def _flat(settings: CampaignSettings) -> dict[str, Any]:
    """Settings as plain values; each pause, and each rule of a list, has a key of its own, an empty
    list none."""
    flat: dict[str, Any] = {}
    pauses: dict[str, Any] = {}
    for key, value in plain(page_of(settings)).items():
        if isinstance(value, dict):
            pauses |= {f"{key}.{name}": each for name, each in sorted(value.items())}
        elif isinstance(value, list) and all(isinstance(item, dict) for item in value):
            flat |= {f"{key}[{n}]": _line(item) for n, item in enumerate(value, 1)}
        else:
            flat[key] = value
    return flat | pauses


def _line(item: dict[str, Any]) -> str:
    """`after: busy, no_answer; pause_s: 600`."""
    said = (", ".join(map(str, v)) if isinstance(v, list) else v for v in item.values())
    return "; ".join(f"{key}: {value}" for key, value in zip(item, said, strict=True))


def _word(value: Any) -> str:
    return '""' if value == "" else str(value)


@campaign.command()
@name_argument
@project_option
@click.option("--short", is_flag=True, help="Leave out what is as shipped.")
@pass_site
def export(site: Site, name: str, project: str | None, short: bool) -> None:
    """Print a campaign as the file that `campaign apply` reads."""
    with site.database() as database:
        found = storage.find_campaign(database, name, project)
        place = storage.list_projects(database)[found.project_id]
    entries = [CampaignEntry(place, found.name, found.settings)]
    click.echo(campaigns_text(entries, short), nl=False)


# --- looking ------------------------------------------------------------------------------------


@campaign.command("list")
@format_option
@pass_site
def list_(site: Site, shape: str) -> None:
    """List campaigns with their tasks by state."""
    with site.database() as database:
        projects = storage.list_projects(database)
        counts = storage.count_tasks(database)
        rows = [
            (
                projects[c.project_id],
                c.name,
                str(c.state),
                str(c.settings.mode),
                *_counted(c, counts),
            )
            for c in storage.list_campaigns(database)
        ]
    states = [f"{state}||count" for state in TaskState]
    show(Table("campaigns", columns("project", "campaign", "state", "mode", *states), rows), shape)


def _counted(found: Campaign, counts: dict[int, dict[TaskState, int]]) -> list[int]:
    by_state = counts.get(found.id, {})
    return [by_state.get(state, 0) for state in TaskState]


@campaign.command("show")
@name_argument
@project_option
@format_option
@pass_site
def show_(site: Site, name: str, project: str | None, shape: str) -> None:
    """Show a campaign: its state, its tasks by state, its settings."""
    with site.database() as database:
        found = storage.find_campaign(database, name, project)
        rows: list[tuple[str, Any]] = [
            ("project", storage.list_projects(database)[found.project_id]),
            ("campaign", found.name),
            ("state", str(found.state)),
        ]
        counts = tasks_by_state(database, found)
        rows += [(f"tasks.{state}", count) for state, count in counts.items()]
        rows.append(("next_due", _due(next_due(database, found.id), now_ms())))
    rows += [(f"settings.{key}", value) for key, value in _flat(found.settings).items()]
    show(Table("", columns("key", "value"), rows), shape)


def _due(first: Next | None, now: int) -> str:
    """When the next task is due, in words and as an instant; and what held it back."""
    if first is None:
        return "nothing waits"
    due_at, held = first
    when = "now" if due_at <= now else f"in {words.lasting((due_at - now) / 1000)}"
    return f"{when} ({words.local(due_at)})" + (f": {held}" if held else "")


@campaign.command("say")
@name_argument
@project_option
@pass_site
def say_(site: Site, name: str, project: str | None) -> None:
    """Have a campaign's announcement spoken, and print the file; where `announce` is a text."""
    with site.database() as database:
        found = storage.find_campaign(database, name, project)
    text = text_of(found)
    if not text:
        raise Refused(f'campaign "{name}" speaks no text; its announce is "say:" and a text')
    click.echo(speak(site.config.speech, text))
    site.poke()


@campaign.command()
@name_argument
@project_option
@click.option(
    "--after", type=click.Choice([str(d) for d in Disposition]), help="Only after this result."
)
@format_option
@pass_site
def retries(site: Site, name: str, project: str | None, after: str | None, shape: str) -> None:
    """Print what follows each result of each attempt, by the campaign's retry rules."""
    with site.database() as database:
        found = storage.find_campaign(database, name, project)
    show(retries_table(found.settings, Disposition(after) if after else None), shape)


# --- starting and stopping ----------------------------------------------------------------------


def _set(site: Site, name: str, project: str | None, state: CampaignState) -> None:
    with site.database() as database:
        found = storage.find_campaign(database, name, project)
        storage.set_campaign_state(database, found.id, state, now_ms())
        waiting = tasks_by_state(database, found)[TaskState.WAITING]
    trouble = site.poke()
    say(f'campaign "{name}" is {state}')
    if state is CampaignState.ACTIVE:
        is_queue = found.settings.mode is Mode.INBOUND
        if not waiting and found.settings.mode not in COME_BY_THEMSELVES:
            hint(f"no task waits in it; ccdialer task import FILE --campaign {name}")
        if trouble:
            hint(f"{'nobody is served' if is_queue else 'nothing is dialed'} yet: {trouble}")


@campaign.command()
@name_argument
@project_option
@pass_site
def start(site: Site, name: str, project: str | None) -> None:
    """Let a campaign dial."""
    _set(site, name, project, CampaignState.ACTIVE)


@campaign.command()
@name_argument
@project_option
@pass_site
def pause(site: Site, name: str, project: str | None) -> None:
    """Place no new calls for now; live calls go on."""
    _set(site, name, project, CampaignState.PAUSED)


@campaign.command()
@name_argument
@project_option
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
@pass_site
def cancel(site: Site, name: str, project: str | None, yes: bool) -> None:
    """Withdraw a campaign and all its open tasks; live calls go on."""
    with site.database() as database:
        found = storage.find_campaign(database, name, project)
        if not yes:
            click.confirm(f'Withdraw all open tasks of "{name}"?', abort=True)
        withdrawn = storage.cancel_campaign(database, found.id, now_ms())
    site.poke()
    say(f'campaign "{name}" is cancelled, {withdrawn} open tasks with it')


@campaign.command()
@name_argument
@project_option
@pass_site
def stop(site: Site, name: str, project: str | None) -> None:
    """End a campaign's dialing; live calls go on, tasks stay where they are."""
    _set(site, name, project, CampaignState.STOPPED)
