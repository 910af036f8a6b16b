"""`ccdialer recording`: find recorded talks, copy them out, delete them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import click

from ccdialer import storage
from ccdialer.cli.completion import agent_logins
from ccdialer.cli.filters import Decorated, campaign_option, limit_option, span_options
from ccdialer.cli.helping import Noun
from ccdialer.cli.naming import number_meant
from ccdialer.cli.output import for_people, format_option, hint, say, show, tell_limit, write_csv
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.stored import RecordingState
from ccdialer.errors import CcdialerError, NotFound, Refused
from ccdialer.reports import recordings
from ccdialer.reports.table import Table, columns
from ccdialer.runtime.archive import path_of
from ccdialer.storage import Database, Entry, RecordingFilter

BATCH = 1000
BY_COMMAND = "deleted by command"
MEANT = "name attempts, or say which with --campaign, --agent, --number, --since, --until and --all"

Found = dict[str, Any]


@click.group(cls=Noun)
def recording() -> None:
    """List, show, find, export and delete recorded talks."""


def filter_options(command: Decorated) -> Decorated:
    """Whose recordings: `--campaign`, `--agent`, `--number`, `--since`, `--until`."""
    options: list[Callable[[Any], Any]] = [
        campaign_option,
        click.option(
            "--agent", shell_complete=agent_logins, help="Of this agent only (his login)."
        ),
        click.option("--number", help="Of this client only; any usual spelling."),
        span_options,
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _filter(site: Site, database: Database, given: dict[str, Any]) -> RecordingFilter:
    """What the options say. Raises NotFound."""
    campaign, agent, number = given["campaign"], given["agent"], given["number"]
    return RecordingFilter(
        campaign_id=storage.find_campaign(database, campaign).id if campaign else None,
        agent_id=storage.agent_by_login(database, agent).id if agent else None,
        number=number_meant(number, site.config.numbers.region, "--number") if number else None,
        since=given["since"],
        until=given["until"],
        limit=0,
    )


# --- looking ------------------------------------------------------------------------------------


@recording.command("list")
@filter_options
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([str(state) for state in RecordingState]),
    help="In this state only; may be repeated.",
)
@limit_option(1000)
@format_option
@pass_site
def list_(site: Site, /, states: tuple[str, ...], limit: int, shape: str, **given: Any) -> None:
    """List recordings in the order they were begun."""
    with site.database() as database:
        wanted = replace(
            _filter(site, database, given),
            states=[RecordingState(state) for state in states],
            limit=limit,
        )
        count = show(recordings.recordings(database, wanted), shape)
    tell_limit(count, limit)


@recording.command("show")
@click.argument("attempt_id", metavar="ATTEMPT")
@format_option
@pass_site
def show_(site: Site, attempt_id: str, shape: str) -> None:
    """Show all that is known of the recording of an attempt, and where its file is."""
    with site.database() as database:
        found = _of_attempt(database, attempt_id)
    if shape != "table":
        show(Table("", recordings.COLUMNS, map(recordings.row, found)), shape)
        return
    for each in found:
        show(Table("", columns("key", "value"), list(_lines(site, each))), shape)


def _lines(site: Site, found: Found) -> Iterator[tuple[str, str]]:
    for column, value in zip(recordings.COLUMNS, recordings.row(found), strict=True):
        if value not in (None, ""):
            yield column.title, for_people(column, value)
    path = _path(site, found)
    yield "file", str(path) if path.is_file() else f"{path} (not there)"


@recording.command()
@click.argument("attempt_id", metavar="ATTEMPT")
@pass_site
def path(site: Site, attempt_id: str) -> None:
    """Print the path of an attempt's recording, or paths; exit code 1 if there is no file."""
    with site.database() as database:
        found = _of_attempt(database, attempt_id)
    paths = [_path(site, each) for each in found]
    for each in paths:
        if each.is_file():
            click.echo(str(each))
    if not any(each.is_file() for each in paths):
        raise NotFound(_why_no_file(found[-1], paths[-1]))


def _why_no_file(found: Found, path: Path) -> str:
    state = found["state"] + (f" ({found['reason']})" if found["reason"] else "")
    return f"{path} is not there; the recording is {state}, at node {found['node']}"


def _of_attempt(database: Database, attempt_id: str) -> list[Found]:
    wanted = RecordingFilter(attempt_id=attempt_id, limit=BATCH)
    found = storage.list_recordings(database, wanted)
    if not found:
        raise NotFound(f"attempt {attempt_id} has no recording; see: ccdialer recording list")
    return found


def _path(site: Site, found: Found) -> Path:
    return path_of(site.config.recordings.folder, found["name"], found["format"])


# --- copying ------------------------------------------------------------------------------------


@recording.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@filter_options
@pass_site
def export(site: Site, /, folder: Path, **given: Any) -> None:
    """Copy recordings into a FOLDER, with recordings.csv that tells whose they are.

    What is there already is not copied again. Exit code 1 if the file of one that should be there
    is not.
    """
    with site.database() as database:
        wanted = replace(_filter(site, database, given), states=[RecordingState.DONE])
        found = list(recordings.pages(database, wanted))
    folder.mkdir(parents=True, exist_ok=True)
    missing = [each for each in found if not _copy(site, each, folder)]
    with (folder / "recordings.csv").open("w", encoding="utf-8", newline="") as index:
        write_csv(Table("", recordings.COLUMNS, map(recordings.row, found)), index)
    say(f"{len(found) - len(missing)} recordings are in {folder}")
    if missing:
        first = _path(site, missing[0])
        raise NotFound(f"{len(missing)} files are not there, the first: {first}")


def _copy(site: Site, found: Found, folder: Path) -> bool:
    """False if there is no file to copy."""
    source = _path(site, found)
    target = path_of(str(folder.resolve()), found["name"], found["format"])
    if not source.is_file():
        return False
    if not target.is_file() or target.stat().st_size != source.stat().st_size:
        target.parent.mkdir(exist_ok=True)
        shutil.copy2(source, target)
    return True


# --- deleting -----------------------------------------------------------------------------------


@recording.command()
@click.argument("attempt_ids", metavar="[ATTEMPT]...", nargs=-1)
@filter_options
@click.option("--all", "is_all", is_flag=True, help="All that the other options name.")
@pass_site
def delete(site: Site, /, attempt_ids: tuple[str, ...], is_all: bool, **given: Any) -> None:
    """Delete recordings of attempts, or all of a campaign, agent, client or time.

    The recording of a talk that goes on stays. Where Asterisk is away, or another node has the
    file, it goes as soon as that node's daemon looks.
    """
    if bool(attempt_ids) == is_all or is_all != any(given.values()):
        raise click.UsageError(MEANT)
    with site.database() as database:
        found = list(_chosen(site, database, attempt_ids, given))
        marked = set(_mark(database, [each["name"] for each in found]))
        detail = {"files": len(marked)}
        storage.note(database, Entry(now_ms(), "recording", "deleted", BY_COMMAND, detail=detail))
    live = [each for each in found if each["name"] not in marked]
    here = [each["name"] for each in found if each["node"] == site.config.node]
    trouble = _delete_files(site, [name for name in here if name in marked])
    say(f"{len(marked)} recordings deleted")
    if trouble or len(here) < len(found):
        hint(f"some files go later: {trouble or 'they are of another node'}")
    if live:
        raise Refused(f"{len(live)} are of talks that go on, and stay; delete them afterwards")


def _chosen(
    site: Site, database: Database, attempt_ids: tuple[str, ...], given: dict[str, Any]
) -> Iterator[Found]:
    for attempt_id in attempt_ids:
        yield from _of_attempt(database, attempt_id)
    if not attempt_ids:
        wanted = _filter(site, database, given)
        every = recordings.pages(database, wanted)
        yield from (each for each in every if each["state"] != RecordingState.DELETED)


def _mark(database: Database, names: list[str]) -> Iterator[str]:
    left = iter(names)
    while batch := list(islice(left, BATCH)):
        yield from storage.mark_deleted(database, batch, BY_COMMAND, now_ms())


def _delete_files(site: Site, names: list[str]) -> str:
    """Have Asterisk delete them; empty, or why some are still there."""
    from ccdialer.ari.stored import delete_all  # aiohttp: only this needs it
    from ccdialer.runtime.settings import ari_settings

    try:
        reasons = asyncio.run(delete_all(ari_settings(site.config), names)) if names else []
    except CcdialerError as error:
        return str(error)
    return reasons[0] if reasons else ""
