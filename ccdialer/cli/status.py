"""`ccdialer status`: what the floor looks like now, once or again and again."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from ccdialer import storage
from ccdialer.cli.completion import campaign_names
from ccdialer.cli.floor import (
    Progress,
    agent_table,
    caller_table,
    calls_of,
    campaign_table,
    figures,
    headline,
    narrow_table,
    notes,
    queue_table,
    trunk_table,
)
from ccdialer.cli.output import console, draw, format_option, hint, printable, show
from ccdialer.cli.outside import outside
from ccdialer.cli.site import Site, now_ms, pass_site, tasks_by_state
from ccdialer.core.campaign import CampaignState
from ccdialer.errors import DaemonUnreachable


@dataclass(frozen=True, slots=True)
class Frame:
    """One look at the floor; `answer` is None while no daemon runs, then `trouble` says why."""

    answer: dict[str, Any] | None
    progress: Progress | None = None
    trouble: str = ""


@click.command()
@click.option("--watch", is_flag=True, help="Refresh until Ctrl-C.")
@click.option(
    "--until-done",
    "until",
    metavar="CAMPAIGN",
    shell_complete=campaign_names,
    help="Refresh until all tasks of the campaign are settled and its calls are over.",
)
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 3600),
    default=1.0,
    show_default=True,
    help="Seconds between refreshes.",
)
@click.option("--pacing", is_flag=True, help="Say why each campaign dials as much as it does.")
@format_option
@pass_site
def status(
    site: Site, watch: bool, until: str | None, interval: float, pacing: bool, shape: str
) -> None:
    """Show agents, calls and campaigns as they are now.

    JSON holds everything, with --watch one object a line; CSV lists the campaigns.
    """
    if not watch and not until:
        _once(Frame(site.ask("status")), shape, pacing)
        return
    if shape == "csv":
        raise click.UsageError("csv shows one moment; with --watch say --format json")
    frames = _frames_until_done(site, until, interval) if until else _frames(site, interval)
    _play(frames, shape, pacing)


# --- looks --------------------------------------------------------------------------------------


def _frames(site: Site, interval: float) -> Iterator[Frame]:
    while True:
        try:
            yield Frame(site.ask("status"))
        except DaemonUnreachable as error:  # it may be restarted under our eyes
            yield Frame(None, trouble=str(error))
        time.sleep(interval)


def _frames_until_done(site: Site, name: str, interval: float) -> Iterator[Frame]:
    with site.database() as database:
        campaign = storage.find_campaign(database, name)
        if campaign.state is not CampaignState.ACTIVE:
            hint(f"campaign {name} is {campaign.state}; start it: ccdialer campaign start {name}")
        while True:
            answer = site.ask("status")
            progress = Progress(name, tasks_by_state(database, campaign))
            yield Frame(answer, progress)
            if not progress.left and not calls_of(answer["snapshot"], name):
                return
            time.sleep(interval)


# --- drawing ------------------------------------------------------------------------------------


def _once(frame: Frame, shape: str, pacing: bool) -> None:
    assert frame.answer is not None
    floor = frame.answer["snapshot"]
    if shape == "json":
        click.echo(json.dumps(frame.answer, ensure_ascii=False, indent=2))
    elif shape == "csv":
        show(campaign_table(frame.answer), shape)
    else:
        click.echo(f"{printable_lines(headline(frame.answer))}\n{figures(floor)}\n")
        show(narrow_table(floor), shape)
        _say_notes(frame.answer, pacing)
        others = (
            trunk_table(frame.answer),
            queue_table(frame.answer),
            caller_table(floor["callers"]),
        )
        for table in (*others, agent_table(floor)):
            if table.rows or table.title == "agents":
                click.echo()
                show(table, shape)


def _say_notes(answer: dict[str, Any], pacing: bool) -> None:
    told = _notes(answer, pacing)
    if told:
        click.echo("\n" + printable_lines("\n".join(told)))


def _notes(answer: dict[str, Any], pacing: bool) -> list[str]:
    return notes(answer, pacing) + outside(answer, now_ms())


def printable_lines(text: str) -> str:
    """Several lines, each made harmless for a terminal."""
    return "\n".join(printable(line) for line in text.splitlines())


def _play(frames: Iterator[Frame], shape: str, pacing: bool) -> None:
    if shape == "json":
        for frame in frames:
            click.echo(json.dumps(frame.answer, ensure_ascii=False))
    elif sys.stdout.isatty():
        out = console()
        with Live(console=out, auto_refresh=False) as live:
            for frame in frames:
                live.update(_screen(frame, pacing, out), refresh=True)
    else:
        for frame in frames:
            click.echo(printable(_line(frame, pacing)))


def _line(frame: Frame, pacing: bool) -> str:
    """A frame where nothing can be redrawn: one line."""
    clock = time.strftime("%H:%M:%S")
    if frame.answer is None:
        return f"{clock} {frame.trouble}"
    floor = frame.answer["snapshot"]
    parts = [f"{clock} {figures(floor)}"]
    if frame.progress:
        parts.append(frame.progress.line)
    if pacing:
        parts += [f"{row['name']}: {row['pacing']}" for row in floor["campaigns"] if row["pacing"]]
    return "; ".join(parts)


def _screen(frame: Frame, pacing: bool, out: Console) -> Group | Text:
    if frame.answer is None:
        return Text(frame.trouble)
    floor = frame.answer["snapshot"]
    lines = [headline(frame.answer), figures(floor)]
    if frame.progress:
        lines.append(frame.progress.line)
    drawn = (
        narrow_table(floor),
        trunk_table(frame.answer),
        queue_table(frame.answer),
        agent_table(floor),
    )
    tables = [table for table in drawn if table.rows]
    parts = [part for table in tables for part in (Text(""), draw(table, out))]
    if told := _notes(frame.answer, pacing):
        parts[2:2] = [Text(""), Text(printable_lines("\n".join(told)))]
    return Group(Text(printable_lines("\n".join(lines))), *parts)
