"""`ccdialer queue`: where callers wait, who waits now, and how they were served today."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from ccdialer import storage
from ccdialer.cli.campaign import name_argument, project_option
from ccdialer.cli.floor import caller_table, counted
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import format_option, hint, show
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.campaign import Campaign, Mode
from ccdialer.core.metrics import service_level
from ccdialer.errors import Refused
from ccdialer.reports.inbound import limits_of, names_of
from ccdialer.reports.table import Table, columns
from ccdialer.runtime.calendar import midnight
from ccdialer.storage import Database
from ccdialer.storage.inbound_statistics import InboundFilter, InboundTotals, inbound_totals

LIST = columns(
    *("queue", "project", "state", "agents", "waiting||count", "longest_s|longest wait|seconds"),
    *("talking||count", "offered|today|count", "answered||count", "left||count"),
    *("closed||count", "sent_on|sent on|count", "callbacks|callback asked|count"),
    *("service_level|service level|rate", "goal||rate"),
)
NOT_A_QUEUE = 'campaign "{0}" is no queue, its mode is {1}; see: ccdialer queue list'
NO_DAEMON = "not running: callers take the dialplan's own way"

Row = dict[str, Any]


@click.group(cls=Noun)
def queue() -> None:
    """Queues: campaigns in mode inbound, where callers wait for an agent."""


@queue.command("list")
@format_option
@pass_site
def list_(site: Site, shape: str) -> None:
    """List the queues: who waits now, and how today's callers were served.

    A queue is a campaign: it is made by campaign apply, and started and stopped likewise.
    """
    with site.database() as database:
        projects = storage.list_projects(database)
        found = [each for each in storage.list_campaigns(database) if _is_queue(each)]
        today, names = _today(database), names_of(database)
    snapshot = site.snapshot()
    live = _live(snapshot)
    rows = [
        (
            *(each.name, projects[each.project_id], str(each.state)),
            *_now(live.get(names[str(each.id)])),
            *_served(today.get(str(each.id), InboundTotals(each.name))),
            each.settings.queue.service_level_goal,
        )
        for each in found
    ]
    show(Table("queues", LIST, rows), shape)
    if not found:
        hint("there is no queue yet: ccdialer campaign apply FILE, with mode: inbound in it")
    elif snapshot is None:
        hint(f"the daemon is {NO_DAEMON}")


@queue.command("show")
@name_argument
@project_option
@format_option
@pass_site
def show_(site: Site, name: str, project: str | None, shape: str) -> None:
    """Show a queue: its settings, today's figures, and the callers who are in it now."""
    with site.database() as database:
        found = storage.find_campaign(database, name, project)
        if not _is_queue(found):
            raise Refused(NOT_A_QUEUE.format(name, found.settings.mode))
        today = _today(database, found).get(str(found.id), InboundTotals(name))
        name = names_of(database)[str(found.id)]
    snapshot = site.snapshot()
    live = _live(snapshot)
    rows: list[tuple[str, Any]] = [("queue", name), ("state", str(found.state))]
    rows += [(f"now.{key}", _word(value)) for key, value in _facts(live.get(name)).items()]
    rows += zip(("today.offered", *TODAY), (today.offered, *_served(today)[1:]), strict=True)
    rows += [(f"queue.{key}", _word(value)) for key, value in _settings(found).items()]
    rows += [(key, _word(getattr(found.settings, key))) for key in OF_CAMPAIGN]
    show(Table("", columns("key", "value"), rows), shape)
    callers = [row for row in (snapshot or {}).get("callers", ()) if row["queue"] == name]
    if callers and shape == "table":
        click.echo()
        show(caller_table(callers), shape)


TODAY = tuple(
    f"today.{key}"
    for key in ("answered", "left", "closed", "sent_on", "callbacks", "service_level")
)
OF_CAMPAIGN = ("priority", "weight", "agents", "calling_hours", "wrap_up_s", "record")


def _is_queue(found: Campaign) -> bool:
    return found.settings.mode is Mode.INBOUND


def _today(database: Database, found: Campaign | None = None) -> dict[str, InboundTotals]:
    """What became of today's callers, by the queue's id."""
    now = now_ms()
    since = round(midnight(now / 1000) * 1000)
    wanted = InboundFilter(
        since=since,
        until=now + 1,
        campaign_id=found.id if found else None,
        limits=limits_of(database),
    )
    return {totals.key: totals for totals in inbound_totals(database, wanted)}


def _served(totals: InboundTotals) -> tuple[Any, ...]:
    level = service_level(totals.in_time, totals.queued) if totals.queued else None
    numbers = (totals.offered, totals.answered, totals.left + totals.short)
    return (*numbers, totals.closed, totals.sent_on, totals.callbacks, level)


def _live(snapshot: Row | None) -> dict[str, Row]:
    """Queues as the daemon has them, by name; none, if none runs."""
    return {row["name"]: row for row in snapshot["queues"]} if snapshot else {}


def _now(row: Row | None) -> tuple[Any, ...]:
    """Without a daemon nobody waits with us."""
    if row is None:
        return ("", None, None, None)
    return (counted(row["agents"]), row["waiting"], row["longest_s"], row["talking"])


def _facts(row: Row | None) -> Row:
    if row is None:
        return {"daemon": NO_DAEMON}
    shown = ("is_open", "waiting", "longest_s", "talking", "expected_s")
    return {"agents": counted(row["agents"]), **{key: row[key] for key in shown}}


def _settings(found: Campaign) -> Row:
    """Of the queue, its rings in words."""
    settings = found.settings.queue
    rings = (
        f"from {step.after_s:g} s on {' or '.join(step.groups) or 'everybody'}"
        for step in settings.widening
    )
    return {**asdict(settings), "widening": ", ".join(rings)}


def _word(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} {part}" for key, part in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return round(value, 1) if isinstance(value, float) else value
