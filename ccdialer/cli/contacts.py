"""`ccdialer agent next, call, skip, result`: an agent works at his assignments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from ccdialer.cli.completion import agent_logins, campaign_names
from ccdialer.cli.filters import Instant, Lasting
from ccdialer.cli.output import format_option, say, show
from ccdialer.cli.site import Site, pass_site
from ccdialer.core.result import Result
from ccdialer.reports import words
from ccdialer.reports.table import Table, columns

login_argument = click.argument("login", shell_complete=agent_logins)


@click.command("next")
@login_argument
@click.option("--campaign", shell_complete=campaign_names, help="Of this assignment only.")
@format_option
@pass_site
def next_(site: Site, login: str, campaign: str | None, shape: str) -> None:
    """Give an agent his next contact to read; it is his alone from now on.

    It goes back to the queue if he signs out, pauses, skips it, or reads too long. Asked again, the
    same contact is shown. Exit code 1 if none is due.
    """
    contact = site.ask("next", login=login, campaign=campaign)["contact"]
    if shape == "json":
        click.echo(json.dumps(contact, indent=2, ensure_ascii=False))
        return
    show(Table("", columns("key", "value"), list(_lines(contact))), shape)


def _lines(contact: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in ("task", "campaign", "description", "script"):
        yield key, contact[key]
    for place, number in enumerate(contact["numbers"], 1):
        yield f"number.{place}", number + (" (next)" * (number == contact["next_number"]))
    for key, value in contact["details"].items():
        yield f"details.{key}", value
    for row in contact["tries"]:
        told = words.result(row["disposition"]), row["agent"] or ""
        yield f"call of {words.local(row['opened_at'])}", ", ".join(filter(None, told))
    if (last := contact["result"]) is not None:
        said = (last["result"], last["kind"] or last["reason"], last["comment"])
        yield "last result", ", ".join(filter(None, said))
    for row in contact["history"]:
        noted = (row["result"], row["kind"] or row["reason"], row["comment"], row["agent"])
        yield f"history of {words.local(row['at'])}", ", ".join(filter(None, noted))


@click.command("call")
@login_argument
@click.option("--number", default="", help="Which of the contact's numbers: 2, or +79161234567.")
@pass_site
def call(site: Site, login: str, number: str) -> None:
    """Call the contact that an agent reads: his own phone first, then the contact's."""
    answer = site.ask("call", login=login, number=number)
    say(f"task {answer['task']}: the agent's phone first, then {answer['number']}")


@click.command("skip")
@login_argument
@pass_site
def skip(site: Site, login: str) -> None:
    """Put the contact that an agent reads behind all that are due."""
    say(f"task {site.ask('skip', login=login)['task']} goes behind all that are due")


@click.command("result")
@login_argument
@click.argument("result", type=click.Choice([str(each) for each in Result]))
@click.option("--kind", default="", help="Of a success: one of the campaign's success_kinds.")
@click.option("--reason", default="", help="Of a refusal: one of the campaign's refusal_reasons.")
@click.option("--comment", default="", help="Free text, kept in the client's history.")
@click.option("--quick", type=int, help="Number of one of the campaign's comment_variants.")
@click.option("--in", "minutes", type=Lasting(), help="Of a callback: in 10m, 2h, 1d.")
@click.option("--at", "at_ms", type=Instant(), help='Of a callback: exactly "2026-11-26 15:00".')
@pass_site
def result(site: Site, /, login: str, at_ms: int | None, **said: Any) -> None:
    """Say what an agent's talk, or his last call, came to: success, refusal or callback.

    Given again, the last word counts.
    """
    if at_ms is not None and said["minutes"] is not None:
        raise click.UsageError("a callback is --in a time or --at an instant, not both")
    at = None if at_ms is None else at_ms / 1000
    answer = site.ask("result", login=login, at=at, **said)
    say(f"task {answer['task']}: {answer['result']}")


DEEDS = (next_, call, skip, result)
"""They go below `ccdialer agent`."""
