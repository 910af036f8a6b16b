"""`ccdialer sim`: simulated days, under settings that nobody dares to try on people."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import click

from ccdialer.cli.completion import scenario_names
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import format_option, hint, progress, say, show
from ccdialer.cli.sim_output import in_rows, side_by_side
from ccdialer.cli.simulating import refuse_nowhere
from ccdialer.errors import ConfigError
from ccdialer.reports.table import Table, columns
from ccdialer.sim import chart
from ccdialer.sim.record import record
from ccdialer.sim.scenario import Scenario
from ccdialer.sim.scenario_file import changed, path_of, read_scenario, shipped
from ccdialer.sim.trials import Trial, Variant, live


@click.group(cls=Noun)
def sim() -> None:
    """Simulate days: shipped scenarios, or your own."""


@sim.command("list")
@format_option
def list_(shape: str) -> None:
    """List the scenarios that come with ccdialer."""
    found = [(name, read_scenario(path)) for name, path in shipped().items()]
    rows = [(name, _agents(each), each.hours, each.about) for name, each in found]
    head = columns("name", "agents||count", "hours||decimal", "about")
    show(Table("scenarios", head, rows, is_compared=True), shape)


@sim.command("show")
@click.argument("name", shell_complete=scenario_names)
def show_(name: str) -> None:
    """Print the scenario NAME, to be copied and changed."""
    click.echo(path_of(name).read_text(encoding="utf-8"), nl=False)


@sim.command()
@click.argument("scenario", shell_complete=scenario_names)
def check(scenario: str) -> None:
    """Name every mistake of the file SCENARIO at its line; exit code 2 if there is one."""
    found = read_scenario(path_of(scenario))
    parts = (
        _counted(len(found.campaigns), "campaign"),
        _counted(_agents(found), "agent"),
        *(f"{found.hours:g} h", _counted(found.days, "day")),
    )
    say(f"{scenario}: no faults; {', '.join(parts)}")


@sim.command()
@click.argument("scenario", shell_complete=scenario_names)
@click.option(
    "--seeds",
    type=click.IntRange(1, 10_000),
    default=5,
    show_default=True,
    help="Live it with so many seeds: as many other lists and other days.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 10**9),
    default=1,
    show_default=True,
    help="The first of them.",
)
@click.option("--days", type=click.IntRange(1, 366), help="Days of each seed; else the scenario's.")
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Change a setting of all campaigns, or a key of people, teams or site. Repeatable.",
)
@click.option(
    "--compare",
    metavar="KEY=VALUE,VALUE...",
    help="Live the same days under each of these values, and show them side by side.",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page with figures and charts to this file, too.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 1024),
    help="Processes at work; else one for each core.",
)
@format_option
def run(
    scenario: str,
    seeds: int,
    seed: int,
    days: int | None,
    settings: tuple[str, ...],
    compare: str | None,
    html: Path | None,
    jobs: int | None,
    shape: str,
) -> None:
    """Live the days of SCENARIO, a shipped one's name or a file, and print what came of them.

    The same seed gives the same days, to the byte.
    """
    found = read_scenario(path_of(scenario))
    for text in (*settings, *([f"days={days}"] if days else [])):
        key, value = _parted(text, "--set")
        found = _changed(found, key, value, "--set")
    if html:
        refuse_nowhere(html, "--html")
    variants = lived(compared(found, compare), range(seed, seed + seeds), jobs)
    _print(variants, shape)
    if html:
        html.write_text(chart.page(variants), encoding="utf-8")
        hint(f"{html} written")


def compared(scenario: Scenario, compare: str | None) -> dict[str, Scenario]:
    """The scenario under each value of `KEY=VALUE,VALUE`, by what sets it apart."""
    if not compare:
        return {scenario.name: scenario}
    key, values = _parted(compare, "--compare")
    texts = [text.strip() for text in values.split(",")]
    return {f"{key}={text}": _changed(scenario, key, text, "--compare") for text in texts}


def lived(scenarios: dict[str, Scenario], seeds: Sequence[int], jobs: int | None) -> list[Variant]:
    """What becomes of each scenario under these seeds; progress is shown on standard error."""
    trials = [Trial(scenario, seed) for scenario in scenarios.values() for seed in seeds]
    done = []
    with progress("days", len(trials)) as told:
        for days in live(trials, jobs or os.cpu_count() or 1):
            done.append(days)
            told(len(done), len(trials))
    found = iter(done)
    return [
        Variant(name, scenario, tuple(day for _ in seeds for day in next(found)))
        for name, scenario in scenarios.items()
    ]


def _print(variants: list[Variant], shape: str) -> None:
    if shape == "json":
        click.echo(json.dumps(record(variants), ensure_ascii=False, indent=1))
    else:
        show(in_rows(variants) if shape == "csv" else side_by_side(variants), shape)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _agents(scenario: Scenario) -> int:
    return sum(team.agents for team in scenario.teams)


def _changed(scenario: Scenario, key: str, text: str, option: str) -> Scenario:
    try:
        return changed(scenario, key, text)
    except ConfigError as error:
        raise ConfigError([f"{option} {fault}" for fault in error.faults]) from None


def _parted(text: str, option: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not (key.strip() and sign and value.strip()):
        raise ConfigError([f'{option} "{text}": expected KEY=VALUE, such as max_abandonment=0.02'])
    return key.strip(), value.strip()
