"""`ccdialer why`: every task and attempt of a number, each with the reason of its state."""

from __future__ import annotations

import json
from typing import Any

import click

from ccdialer.cli.output import format_option, say, show
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.phone import NotANumber, NumberType, normalise
from ccdialer.errors import CcdialerError
from ccdialer.reports import attempts, words
from ccdialer.reports.table import Table, columns
from ccdialer.reports.why import Answer, Floor
from ccdialer.reports.why import why as answers_for

COLUMNS = columns(
    "task||count",
    "campaign",
    "state",
    "why",
    "-next_at||instant",
    "next_call|may be called next",
    "attempts||count",
)


@click.command()
@click.argument("number", nargs=-1, required=True)
@format_option
@pass_site
def why(site: Site, number: tuple[str, ...], shape: str) -> None:
    """Say why NUMBER was or was not called, and when it may be called next.

    Any usual spelling: 8 916 123-45-67, +79161234567. CSV lists the tasks; JSON holds their
    attempts too. Exit code 1 if no task has the number.
    """
    wanted = _read(" ".join(number), site)
    with site.database() as database:
        answers = answers_for(database, wanted, floor_of(site), now_ms())
    if shape == "json":
        click.echo(json.dumps([_page(answer) for answer in answers], indent=2, ensure_ascii=False))
    elif shape == "csv":
        show(Table("", COLUMNS, [_row(answer) for answer in answers]), shape)
    else:
        _tell(wanted, answers)


def _read(text: str, site: Site) -> str:
    found = normalise(text, site.config.numbers.region, frozenset(NumberType))
    if isinstance(found, NotANumber):
        raise click.BadParameter(found.reason, param_hint="NUMBER")
    return found


def floor_of(site: Site) -> Floor:
    """What the running daemon tells, or that there is none."""
    try:
        answer = site.ask("status")
    except CcdialerError as error:
        return Floor(trouble=str(error))
    floor = answer["snapshot"]
    trouble = ""
    if not floor["connected"]:
        trouble = f"Asterisk is not connected: {answer['daemon']['asterisk']}"
    elif floor["draining"]:
        trouble = "the daemon is stopping"
    return Floor(trouble, {row["name"]: row for row in floor["campaigns"]})


def _tell(number: str, answers: list[Answer]) -> None:
    say(number)
    for answer in answers:
        click.echo()
        say(f'task {answer.task["id"]} of campaign "{answer.campaign}"')
        say(f"  {answer.why}")
        say(f"  may be called next: {answer.next_call}")
        tries = answer.task["tries"]
        if tries:
            click.echo()
            show(Table("attempts", attempts.COLUMNS, [attempts.row(one) for one in tries]), "table")


def _row(answer: Answer) -> tuple[Any, ...]:
    return (
        *(answer.task["id"], answer.campaign, answer.state, answer.why),
        *(answer.next_at, answer.next_call, len(answer.task["tries"])),
    )


def _page(answer: Answer) -> dict[str, Any]:
    return {
        "task": answer.task["id"],
        "campaign": answer.campaign,
        "state": answer.state,
        "why": answer.why,
        "next_at": None if answer.next_at is None else words.utc(answer.next_at),
        "next_call": answer.next_call,
        "attempts": [attempts.record(one) for one in answer.task["tries"]],
    }
