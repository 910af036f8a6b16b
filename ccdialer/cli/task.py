"""`ccdialer task`: import lists of clients, look at tasks, withdraw them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from ccdialer import storage
from ccdialer.cli.completion import campaign_names
from ccdialer.cli.helping import Noun
from ccdialer.cli.importing import (
    NAME_THE_ZONE,
    import_options,
    layout,
    mapping_of,
    told,
    zones_told,
)
from ccdialer.cli.output import format_option, hint, progress, say, show
from ccdialer.cli.site import Site, now_ms, pass_site, tasks_by_state
from ccdialer.core.campaign import Campaign, Mode
from ccdialer.core.task import OPEN_STATES, TaskState
from ccdialer.errors import Refused
from ccdialer.importing import TaskImport, import_tasks
from ccdialer.reports import attempts, tasks, words
from ccdialer.reports.table import Table, columns
from ccdialer.storage import Database, TaskFilter
from ccdialer.storage.coverage import zoneless

CANCEL_BATCH = 1000
CANCELLED_BY = "cancelled by command"


@click.group(cls=Noun)
def task() -> None:
    """Import, list, show and cancel tasks."""


@task.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--campaign", required=True, shell_complete=campaign_names, help="Into which campaign."
)
@click.option(
    *("--map", "pairs"),
    multiple=True,
    metavar="WHAT=COLUMN",
    help='Which column is what: --map phone="Tel."; WHAT is phone, phone1 to phone5, external_id, '
    "priority, due, zone, owner or group of a callback, or the name of a detail. May be repeated.",
)
@import_options
@pass_site
def import_(site: Site, /, path: Path, campaign: str, pairs: tuple[str, ...], **given: Any) -> None:
    """Put the rows of a CSV file into a campaign.

    Importing the same file twice changes nothing. Exit code 1 if no row could be used.
    """
    options = TaskImport(
        region=site.config.numbers.region,
        types=frozenset(site.config.numbers.types),
        mapping=mapping_of(pairs),
        layout=layout(given["encoding"], given["delimiter"]),
        dry_run=given["dry_run"],
        rejects=given["rejected"],
    )
    begun, begun_at = time.monotonic(), time.time()
    with site.database() as database:
        found = storage.find_campaign(database, campaign)
        if found.settings.mode is Mode.INBOUND:
            raise Refused(
                f'campaign "{campaign}" is a queue: clients call it, and it dials nobody; import'
                " tasks into a campaign of another mode"
            )
        with progress(path.name, None) as advance:
            report = import_tasks(database, found, path, options, advance)
        untold = zoneless(database, found, begun_at) if report.accepted else (0, 0)
    if found.settings.mode is Mode.CALLBACK:
        site.poke_callbacks(is_moved=False)
    if untold[0]:
        hint(f"{zones_told(untold)}; {NAME_THE_ZONE}")
    told(report, time.monotonic() - begun, given["shape"])


# --- looking ------------------------------------------------------------------------------------


@task.command("list")
@click.option("--campaign", shell_complete=campaign_names, help="Of this campaign only.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([str(state) for state in TaskState]),
    help="In this state only; may be repeated.",
)
@click.option(
    *("--limit", "limit"),
    type=click.IntRange(0),
    default=100,
    show_default=True,
    help="At most so many; 0: all.",
)
@format_option
@pass_site
def list_(
    site: Site, campaign: str | None, states: tuple[str, ...], limit: int, shape: str
) -> None:
    """List tasks in the order they were imported."""
    with site.database() as database:
        of = storage.find_campaign(database, campaign).id if campaign else None
        wanted = TaskFilter(of, [TaskState(state) for state in states], limit=limit)
        show(tasks.tasks(database, wanted), shape)


@task.command("show")
@click.argument("task_id", metavar="ID", type=int)
@format_option
@pass_site
def show_(site: Site, task_id: int, shape: str) -> None:
    """Show a task: its numbers, its details, its attempts."""
    with site.database() as database:
        found = storage.show_contact(database, task_id)
        found["campaign"] = storage.campaign_by_id(database, found["campaign_id"]).name
    if shape == "json":
        click.echo(json.dumps(_page(found), indent=2, ensure_ascii=False))
        return
    show(Table("", columns("key", "value"), list(_lines(found))), shape)
    if shape == "table":
        click.echo()
        show(Table("attempts", attempts.COLUMNS, map(attempts.row, found["tries"])), shape)


KEYS = (
    *("id", "campaign", "state", "reason", "held_by", "priority", "attempts", "external_id"),
    *("zone", "node"),
)
INSTANTS = ("due_at", "asked_at", "created_at", "changed_at")
"""`asked_at` is when a task that is held back had been due; without it, it is not held back."""


def _lines(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in KEYS:
        yield key, found[key]
    yield "owner", tasks.owner(found)
    for key in INSTANTS:
        yield key, words.local(found[key]) if found[key] else ""
    for entry in found["journal"]:
        yield f"journal.{words.local(entry['at'])}", f"{entry['state']} {entry['reason']}".strip()
    for place, number in enumerate(found["numbers"], 1):
        bad = ", does not exist" if number["bad"] else ""
        yield f"number.{place}", f'{number["e164"]} (written "{number["original"]}"){bad}'
    for key, value in json.loads(found["details"]).items():
        yield f"details.{key}", value
    yield "result", _result(found["result"])


def _result(given: dict[str, Any] | None) -> str:
    """What its agent said of it: `refusal, too expensive, "next year"`."""
    if given is None:
        return ""
    comment = f'"{given["comment"]}"' if given["comment"] else ""
    return ", ".join(filter(None, (given["result"], given["kind"] or given["reason"], comment)))


def _page(found: dict[str, Any]) -> dict[str, Any]:
    """A task as JSON tells it: instants in UTC, details as an object."""
    return {
        **{key: found[key] for key in KEYS},
        **{key: words.utc(found[key]) if found[key] else None for key in INSTANTS},
        "owner": found["owner"],
        "group": found["owner_group"],
        "details": json.loads(found["details"]),
        "numbers": found["numbers"],
        "result": found["result"],
        "tries": [attempts.record(one) for one in found["tries"]],
    }


# --- withdrawing --------------------------------------------------------------------------------


@task.command()
@click.argument("task_ids", metavar="[ID]...", nargs=-1, type=int)
@click.option("--campaign", shell_complete=campaign_names, help="Of this campaign; with --all.")
@click.option("--all", "is_all", is_flag=True, help="Every task of the campaign not settled yet.")
@pass_site
def cancel(site: Site, task_ids: tuple[int, ...], campaign: str | None, is_all: bool) -> None:
    """Withdraw tasks that are not settled yet. A live call goes on.

    Exit code 1 if none of the named tasks could be withdrawn.
    """
    if is_all != bool(campaign) or is_all == bool(task_ids):
        raise click.UsageError("name tasks by ID, or say --campaign NAME --all")
    with site.database() as database:
        if campaign:
            count = _cancel_all(database, storage.find_campaign(database, campaign))
        else:
            count = _cancel_named(database, task_ids)
    say(f"{count} cancelled")


def _cancel_named(database: Database, task_ids: tuple[int, ...]) -> int:
    for task_id in task_ids:
        storage.show_task(database, task_id)  # or it does not exist
    done = storage.cancel_tasks(database, task_ids, CANCELLED_BY, now_ms())
    for task_id in sorted(set(task_ids) - set(done)):
        state = storage.show_task(database, task_id)["state"]
        hint(f"task {task_id} is {state} already")
    if not done:
        raise click.exceptions.Exit(1)
    return len(done)


def _cancel_all(database: Database, of: Campaign) -> int:
    counts = tasks_by_state(database, of)
    wanted = TaskFilter(of.id, sorted(OPEN_STATES), limit=0)
    count = 0
    total = sum(counts[state] for state in OPEN_STATES)
    with progress("cancelling", total) as advance:
        found = (row["id"] for row in tasks.pages(database, wanted))
        for batch in _batches(found, CANCEL_BATCH):
            count += len(storage.cancel_tasks(database, batch, CANCELLED_BY, now_ms()))
            advance(count, total)
    return count


def _batches(ids: Iterable[int], size: int) -> Iterator[list[int]]:
    left = iter(ids)
    while batch := list(islice(left, size)):
        yield batch
