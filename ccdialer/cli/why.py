"""`ccdialer why`: every task, attempt and call of a number, each with the reason of its state."""

from __future__ import annotations

import json
from typing import Any

import click

from ccdialer.cli.naming import number_meant
from ccdialer.cli.output import format_option, say, show
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.errors import CcdialerError, NotFound
from ccdialer.reports import attempts, words
from ccdialer.reports.calls_in import calls_in as in_words
from ccdialer.reports.calls_in import record
from ccdialer.reports.inquiry import Floor
from ccdialer.reports.table import Table, columns
from ccdialer.reports.verdicts import Verdict
from ccdialer.reports.why import Answer, why_task
from ccdialer.reports.why import why as answers_for
from ccdialer.storage import Database
from ccdialer.storage.calls_in import calls_in
from ccdialer.storage.holds import Hold

COLUMNS = columns(
    "task||count",
    "campaign",
    "state",
    "why",
    "-next_at||instant",
    "next_call|may be called next",
    "attempts||count",
)

Found = dict[str, Any]  # a call that came in, as storage tells it

MARKS = {True: "ok", False: "holds", None: ""}


@click.command()
@click.argument("number", nargs=-1)
@click.option("--task", type=int, metavar="ID", help="One task instead of a number.")
@click.option("--all", "shows_all", is_flag=True, help="The rules that let it pass, too.")
@format_option
@pass_site
def why(site: Site, number: tuple[str, ...], task: int | None, shows_all: bool, shape: str) -> None:
    """Say why NUMBER was or was not called, and when it may be called next.

    Any usual spelling: 8 916 123-45-67, +79161234567. Every rule is asked anew, as if the task were
    called now; nothing is changed. Calls that came in from the number are told too, with what came
    of those that were lost. CSV lists the tasks; JSON holds every rule, their attempts and those
    calls too. Exit code 1 if no task has the number, and it has never called.
    """
    if (task is None) == (not number):
        raise click.UsageError("name a NUMBER or a --task")
    wanted = number_meant(" ".join(number), site.config.numbers.region) if number else ""
    floor, calls = floor_of(site), list[Found]()
    with site.database() as database:
        if task is not None:
            answers = [why_task(database, task, floor, now_ms())]
        else:
            answers, calls = _all_of(database, wanted, floor)
    if shape == "json":
        click.echo(json.dumps(_pages(answers, calls), indent=2, ensure_ascii=False))
    elif shape == "csv":
        show(Table("", COLUMNS, [_row(answer) for answer in answers]), shape)
    else:
        _tell(wanted, answers, shows_all)
        _tell_calls(calls)


def _all_of(database: Database, number: str, floor: Floor) -> tuple[list[Answer], list[Found]]:
    """The tasks that have the number, and its calls to us. Raises NotFound if it has neither."""
    calls = calls_in(database, number)
    try:
        return answers_for(database, number, floor, now_ms()), calls
    except NotFound:
        if not calls:
            raise
        return [], calls


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
    return Floor(
        trouble,
        campaigns={row["name"]: row for row in floor["campaigns"]},
        trunks={row["name"]: row for row in floor["trunks"]},
        agents={row["login"]: row["state"] for row in floor["agents"]},
    )


def _tell(number: str, answers: list[Answer], shows_all: bool) -> None:
    if number:
        say(number)
    for answer in answers:
        if number:
            click.echo()
        say(f'task {answer.task["id"]} of campaign "{answer.campaign}"')
        if answer.rules:
            say(f"  {answer.standing}")
            _tell_rules([*answer.rules, *answer.means], shows_all)
        else:
            say(f"  {answer.why}")
        say(f"  may be called next: {answer.next_call}")
        tries = answer.task["tries"]
        if tries:
            click.echo()
            show(Table("attempts", attempts.COLUMNS, [attempts.row(one) for one in tries]), "table")


def _tell_calls(calls: list[Found]) -> None:
    if calls:
        click.echo()
        say("calls to us, the last first")
        show(in_words(calls, now_ms()), "table")


def _tell_rules(verdicts: list[Verdict], shows_all: bool) -> None:
    """One line for each that holds; for the others too, or how many there are."""
    told = {_line(each): None for each in verdicts if shows_all or each.passes is False}
    for line in told:  # two rules may have one thing to say
        say(line)
    passing = sum(1 for each in verdicts if each.passes)
    if not shows_all:
        say(f"  {MARKS[True]:<6} {passing} other rules; see: --all")


def _line(verdict: Verdict) -> str:
    until = "" if verdict.until is None else f", until {words.at(verdict.until, now_ms())}"
    return f"  {MARKS[verdict.passes]:<6} {verdict.words}{until}"


def _row(answer: Answer) -> tuple[Any, ...]:
    return (
        *(answer.task["id"], answer.campaign, answer.state, answer.why),
        *(answer.next_at, answer.next_call, len(answer.task["tries"])),
    )


def _pages(answers: list[Answer], calls: list[Found]) -> list[dict[str, Any]]:
    """A page for each task; one of no task, where the number has only called."""
    told = {"calls_in": [record(call, now_ms()) for call in calls]}
    return [_page(answer) | told for answer in answers] or [{"task": None} | told]


def _page(answer: Answer) -> dict[str, Any]:
    return {
        "task": answer.task["id"],
        "campaign": answer.campaign,
        "state": answer.state,
        "why": answer.why,
        "next_at": None if answer.next_at is None else words.utc(answer.next_at),
        "next_call": answer.next_call,
        "may_be_called": answer.may_be_called,
        "rules": [_verdict(each) for each in answer.rules],
        "means": [_verdict(each) for each in answer.means],
        "held_on_the_way": [_met(*each) for each in answer.holds],
        "attempts": [attempts.record(one) for one in answer.task["tries"]],
    }


def _verdict(each: Verdict) -> dict[str, Any]:
    until = None if each.until is None else words.utc(each.until)
    return {"rule": each.rule, "passes": each.passes, "words": each.words, "until": until}


def _met(at: int, hold: Hold) -> dict[str, Any]:
    """A rule that will hold the task when its turn comes."""
    until = None if hold.until is None or hold.ends_by is not None else words.utc(hold.until)
    return {"at": words.utc(at), "rule": hold.rule, "reason": hold.reason, "until": until}
