"""`ccdialer campaign forecast`: who will be called, when the list ends, how busy agents will be."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

import click

from ccdialer import storage
from ccdialer.campaign_file import changed
from ccdialer.cli.campaign import name_argument, project_option
from ccdialer.cli.completion import campaign_names
from ccdialer.cli.filters import hour_of_day
from ccdialer.cli.learn import log_span
from ccdialer.cli.output import hint, say, show
from ccdialer.cli.simulating import left_out, lived, origin_rows, seeds_option, set_option
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.campaign import Campaign, CampaignState, Mode
from ccdialer.core.limits import RULE_WORDS
from ccdialer.errors import Refused
from ccdialer.reports import words
from ccdialer.reports.table import Table, columns
from ccdialer.sim.forecasting import (
    QUANTITIES,
    Course,
    Forecast,
    Range,
    day_and_hour,
    mean_simulated,
    ranged,
)
from ccdialer.sim.laws import Times
from ccdialer.sim.learning import Learned, is_enough, learned
from ccdialer.sim.scenario import TALK, WRAP_UP, Callees, CampaignPlan, Scenario, Team
from ccdialer.sim.store import Called
from ccdialer.storage import Database
from ccdialer.storage.calllog import log_of
from ccdialer.storage.held_now import HeldNow, held_now
from ccdialer.storage.prospects import Group, Reason, Verdict, prospects, work

DAY_MS = 86_400_000
WRITTEN = {
    "rate": lambda value: f"{value:.1%}",
    "count": lambda value: f"{value:.0f}",
    "decimal": lambda value: f"{value:.1f}",
    "instant": day_and_hour,
}
NEVER = "not within the days looked at"


@dataclass(frozen=True, slots=True)
class Basis:
    """All that a forecast is made from."""

    campaign: Campaign
    reasons: list[tuple[Reason, int]]
    groups: list[Group]
    people: Learned
    held: HeldNow  # by hours and limits, were it started now
    origin: str  # whose history, in words


@click.command()
@name_argument
@project_option
@click.option("--agents", type=click.IntRange(1, 2000), required=True, help="How many will work.")
@click.option(
    *("--hours",),
    type=click.FloatRange(0.5, 24),
    default=8.0,
    show_default=True,
    help="Hours of a working day.",
)
@click.option(
    *("--days-max",),
    type=click.IntRange(1, 366),
    default=30,
    show_default=True,
    help="Look so many days ahead; every day is a working day.",
)
@click.option("--like", shell_complete=campaign_names, help="Without a log: take this campaign's.")
@click.option(
    "--answer-rate", type=click.FloatRange(0.001, 1), help="Assumed, where no log tells it: 0.3."
)
@click.option("--talk-s", type=click.FloatRange(1, 7200), help="The same, of mean talk: seconds.")
@click.option("--wrap-up-s", type=click.FloatRange(0, 3600), help="The same, of mean wrap-up.")
@set_option
@seeds_option(8)
@click.option(
    "--format",
    "shape",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print it.",
)
@pass_site
def forecast(
    site: Site, /, name: str, project: str | None, agents: int, hours: float, **given: Any
) -> None:
    """Foretell the campaign NAME: whom it will call, when its list ends, how busy agents will be.

    Who is skipped, and why, is counted in the database as it is now. Then working days are
    simulated, with as many agents as you say, until everybody is done with. People answer and talk
    as in the campaign's own call log of 30 days; without one, as in that of --like; without that,
    as you assume.
    """
    with site.database() as database:
        found = storage.find_campaign(database, name, project)
        mode = changed(found.settings, given["changes"]).mode
        if mode is Mode.INBOUND:
            raise Refused(
                f'campaign "{name}" is a queue: it dials nobody, and nobody foretells who will'
                " call; see: ccdialer report inbound"
            )
        if mode is Mode.PREVIEW:
            raise Refused(
                f'campaign "{name}" dials when its agents ask, and nobody foretells that; '
                "try it in another mode: --set mode=progressive"
            )
        basis = _basis(database, found, given)
    if not basis.groups:
        raise Refused(_nobody(basis, given["days_max"]))
    scenario = _scenario(basis, agents, hours, given["changes"])
    made = Forecast(scenario, _called(basis.groups), given["days_max"])
    courses = lived(made, given["seeds"], "forecast")
    (_as_json if given["shape"] == "json" else _as_tables)(basis, courses, agents)


# --- what it is made from -----------------------------------------------------------------------


def _basis(database: Database, found: Campaign, given: dict[str, Any]) -> Basis:
    now = now_ms()
    until = now + given["days_max"] * DAY_MS
    people, origin = _people(database, found, given)
    return Basis(
        campaign=found,
        reasons=prospects(database, found, now, until),
        groups=work(database, found, now, until),
        people=people,
        held=held_now(database, found, now),
        origin=origin,
    )


def _nobody(basis: Basis, days: int) -> str:
    """Why there is nothing to foretell."""
    name = basis.campaign.name
    why = ", ".join(f"{reason.words} {count}" for reason, count in basis.reasons if count)
    if not why:
        return f'campaign "{name}" has no tasks; ccdialer task import FILE --campaign {name}'
    return f'campaign "{name}" has nobody to call in {days} days: {why}'


def _people(database: Database, found: Campaign, given: dict[str, Any]) -> tuple[Learned, str]:
    """From the campaign's own log if people answered often enough, else from another's."""
    span = log_span(None, None)
    prior = _prior(given)
    log = log_of(database, found, span.since, span.until)
    source = found
    if given["like"] and not is_enough(log):
        source = storage.find_campaign(database, given["like"])
        log = log_of(database, source, span.since, span.until)
    told = learned(log, source.settings, hour_of_day, prior)
    if not is_enough(log):
        return told, "what is assumed, as too few people have answered yet to learn from"
    whose = "its own call log" if source is found else f'the call log of campaign "{source.name}"'
    return told, f"{whose} of the last 30 days"


def _prior(given: dict[str, Any]) -> Callees:
    """What is assumed: as said, else as shipped."""
    shipped = Callees()
    rate = given["answer_rate"]
    return replace(
        shipped,
        answer_rate=shipped.answer_rate if rate is None else {0.0: rate},
        talk=_of_mean(TALK, given["talk_s"]),
        wrap_up=_of_mean(WRAP_UP, given["wrap_up_s"]),
    )


def _of_mean(shipped: Times, mean_s: float | None) -> Times:
    return shipped if mean_s is None else replace(shipped, mean_s=mean_s)


def _scenario(basis: Basis, agents: int, hours: float, changes: tuple[str, ...]) -> Scenario:
    plan = CampaignPlan(
        name=basis.campaign.name,
        tasks=sum(group.tasks for group in basis.groups),
        settings=changed(basis.campaign.settings, changes),
        callees=basis.people.callees,
    )
    return Scenario(hours=hours, campaigns=(plan,), teams=(Team(agents=agents),))


def _called(groups: list[Group]) -> tuple[Called, ...]:
    """Tasks that are not simply due for the first time."""
    return tuple(
        Called(group.tasks, group.attempts, group.numbers, float(group.due_s))
        for group in groups
        if (group.attempts, group.due_s) != (0, 0) or group.numbers > 1
    )


# --- what it says -------------------------------------------------------------------------------


def _as_tables(basis: Basis, courses: list[Course], agents: int) -> None:
    say(f'campaign "{basis.campaign.name}", {agents} agents')
    reasons = [
        (str(reason.verdict), reason.words, count) for reason, count in basis.reasons if count
    ]
    show(Table("tasks", columns("verdict", "reason", "tasks||count"), reasons), "table")
    click.echo()
    rows = [(each.words, *_words(each.kind, ranged(each, courses))) for each in QUANTITIES]
    head = columns("what", "median", "low|8 of 10 from", "high|to")
    show(Table("forecast", head, rows, is_compared=True), "table")
    click.echo()
    origins = [row[:3] for row in origin_rows(basis.people)]
    show(Table("people", columns("quantity", "value", "origin"), origins), "table")
    for sentence in _remarks(basis, courses):
        hint(sentence)


def _words(kind: str, found: Range | None) -> tuple[str, str, str]:
    if found is None:
        return (NEVER, "", "")
    write = WRITTEN[kind]
    return (write(found.median), write(found.low), write(found.high))


def _remarks(basis: Basis, courses: list[Course]) -> list[str]:
    days = mean_simulated(courses)
    most = basis.campaign.settings.max_lines
    is_full = max(course.lines_peak for course in courses) >= most
    state = basis.campaign.state
    is_asleep = state is not CampaignState.ACTIVE
    start = f"ccdialer campaign start {basis.campaign.name}"
    return [
        *_held(basis.held),
        f"people are from {basis.origin}",
        f"{days:.1f} days of each of {len(courses)} seeds were simulated, "
        "those after them counted on at the same pace",
        *([left_out(basis.people)] if left_out(basis.people) else []),
        *([f"all of its max_lines, {most}, are in use at times"] * is_full),
        *([f"it is {state} and does not dial; start it: {start}"] * is_asleep),
    ]


def _held(held: HeldNow) -> list[str]:
    """Of those who are due: whom hours and limits would not let be called now; the simulated days
    know nothing of it."""
    of = f"the {held.due} due tasks"
    if held.asked < held.due:
        of = f"{held.asked} of {of}"
    sentences = []
    for rule, count in held.by_rule.most_common():
        first_at = held.first_at.get(rule)
        until = "" if first_at is None else f", the first until {words.local(first_at)[:16]}"
        told = f"now {count} ({count / held.asked:.0%}) of {of} would be held{until}"
        sentences.append(f"{told}: {RULE_WORDS[rule]}; the forecast does not know it")
    return sentences


def _as_json(basis: Basis, courses: list[Course], agents: int) -> None:
    called = (Verdict.NOW, Verdict.LATER)
    page = {
        "campaign": basis.campaign.name,
        "agents": agents,
        "called": sum(count for reason, count in basis.reasons if reason.verdict in called),
        "tasks": [
            {"verdict": reason.verdict, "reason": reason.key, "tasks": count}
            for reason, count in basis.reasons
        ],
        "forecast": {each.key: _numbers(ranged(each, courses)) for each in QUANTITIES},
        "days_simulated": round(mean_simulated(courses), 2),
        "people_from": basis.origin,
        "people": [asdict(origin) for origin in basis.people.origins],
        "left_out": basis.people.left_out,
        "held_now": {
            "due": basis.held.due,
            "asked": basis.held.asked,
            "by_rule": dict(basis.held.by_rule),
            "first_at": {rule: words.utc(at) for rule, at in basis.held.first_at.items()},
        },
    }
    click.echo(json.dumps(page, indent=2, ensure_ascii=False))


def _numbers(found: Range | None) -> dict[str, float] | None:
    """Instants are seconds since the beginning of the first day."""
    return None if found is None else {k: round(v, 4) for k, v in asdict(found).items()}
