"""`ccdialer sim replay`: a past day as it was, and as it would have been under other settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ccdialer import storage
from ccdialer.campaign_file import changed
from ccdialer.cli.campaign import project_option
from ccdialer.cli.completion import campaign_names
from ccdialer.cli.filters import LocalDay
from ccdialer.cli.output import format_option, hint, show
from ccdialer.cli.simulating import lived, seeds_option, set_option
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.errors import Refused
from ccdialer.reports.table import Column, Table, columns
from ccdialer.reports.words import local
from ccdialer.sim.recalled import OUTCOMES
from ccdialer.sim.replaying import Line, Spread, real_day, rerun_of, side_by_side
from ccdialer.sim.scenario import CampaignPlan
from ccdialer.storage.calllog import Log, is_changed_since, list_of_then, log_of

WRITTEN: dict[str, Callable[[float], str]] = {
    "rate": lambda value: f"{value:.1%}",
    "count": lambda value: f"{value:.0f}",
    "decimal": lambda value: f"{value:.2f}",
}
COLUMNS = columns(
    *("*words|figure", "-figure", "*real|as it was", "*own|simulated", "fits||flag"),
    *("-real||decimal", "-own_mean||decimal", "-own_low||decimal", "-own_high||decimal"),
)
CHANGED = columns(
    "*changed", "-changed_mean||decimal", "-changed_low||decimal", "-changed_high||decimal"
)


@click.command()
@click.argument("campaign", shell_complete=campaign_names)
@project_option
@click.option(
    "--day", type=LocalDay(), default="yesterday", show_default=True, help="Which: 2026-11-24."
)
@set_option
@seeds_option(20)
@format_option
@pass_site
def replay(
    site: Site,
    campaign: str,
    project: str | None,
    day: tuple[int, int],
    changes: tuple[str, ...],
    seeds: int,
    shape: str,
) -> None:
    """Live a past day of CAMPAIGN again: as it was, simulated as it was, and with --set.

    Clients do what clients of that day and hour did; the agents are those who were there, from
    their signing in to their leaving. Simulated figures are the mean over the seeds and, in
    brackets, the lowest and the highest day.
    """
    with site.database() as database:
        found = storage.find_campaign(database, campaign, project)
        settings = changed(found.settings, changes)
        log = log_of(database, found, *day)
        _refuse_without_calls(log, found.name, day[0])
        plan = CampaignPlan(found.name, list_of_then(database, found, *day), found.settings)
        is_newer = is_changed_since(database, found, day[0])
    rerun = rerun_of(log, plan)
    own = lived(rerun, seeds, "as it was")
    other = lived(rerun.under(settings), seeds, "changed") if changes else []
    lines = side_by_side(real_day(log, plan), own, other)
    show(_table(lines, ", ".join(changes)), shape)
    for sentence in _remarks(lines, log, seeds, is_newer):
        hint(sentence)


def _refuse_without_calls(log: Log, name: str, midnight: int) -> None:
    date = local(midnight)[:10]
    if midnight > now_ms():
        raise Refused(f"{date} has not come yet; --day takes a day that is past")
    if not log.calls:
        when = "ccdialer report attempts"
        raise Refused(f'campaign "{name}" placed no calls on {date}; when it did: {when}')


def _table(lines: list[Line], changes: str) -> Table:
    head = (*COLUMNS, *_changed_columns(changes)) if changes else COLUMNS
    return Table("", head, [_row(line) for line in lines], is_compared=True)


def _changed_columns(changes: str) -> tuple[Column, ...]:
    first, *rest = CHANGED
    return (Column(first.key, changes, first.kind, first.audience), *rest)


def _row(line: Line) -> tuple[Any, ...]:
    figure, own, other = line.figure, line.own, line.changed
    found: tuple[Any, ...] = (
        *(figure.words, figure.key, WRITTEN[figure.kind](line.real), _words(line, own)),
        *(line.fits, line.real, own.mean, own.low, own.high),
    )
    if other is None:
        return found
    return (*found, _words(line, other), other.mean, other.low, other.high)


def _words(line: Line, spread: Spread) -> str:
    write = WRITTEN[line.figure.kind]
    return f"{write(spread.mean)} ({write(spread.low)} to {write(spread.high)})"


def _remarks(lines: list[Line], log: Log, seeds: int, is_newer: bool) -> list[str]:
    strays = [line.figure.words for line in lines if not line.fits]
    fit = f"{len(lines) - len(strays)} of {len(lines)} figures lie among the {seeds} simulated days"
    chance = f"by chance one in {(seeds + 1) / 2:.0f} lies outside"
    unknown = sum(call.disposition not in OUTCOMES for call in log.calls)
    return [
        f"{fit}; outside: {', '.join(strays)} ({chance})" if strays else fit,
        *(["the settings have been changed since; they are taken as they are now"] * is_newer),
        *([f"{unknown} calls of unknown outcome have no fate to give"] * bool(unknown)),
    ]
