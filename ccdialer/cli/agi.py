"""`ccdialer agi`: the scripts that the dialplan can call, and a try of one with no PBX."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ccdialer.cli.helping import Noun
from ccdialer.cli.output import format_option, hint, printable, say, show, text_or_json_option
from ccdialer.cli.site import Site, pass_site
from ccdialer.config import LogFormat, LogLevel
from ccdialer.core.commands import RecordRoute
from ccdialer.errors import NotFound, Refused
from ccdialer.fastagi.finding import Scripts, find
from ccdialer.fastagi.rehearsal import Scene, Transcript, rehearse
from ccdialer.fastagi.script import EVERYWHERE, Script
from ccdialer.reports.table import Table, columns
from ccdialer.runtime import logs
from ccdialer.runtime.agi_desk import AgiDesk
from ccdialer.runtime.clock import Clock, wall_ms
from ccdialer.runtime.crms import cards_of, recall
from ccdialer.runtime.directing import Directing
from ccdialer.runtime.settings import script_folders
from ccdialer.runtime.wishes import NoWishes, Wishes
from ccdialer.storage import carry_out

COLUMNS = columns(*("script", "what", "arguments", "variables", "limit_s|limit s", "file"))
LAST_WISHES_S = 10.0


@click.group(cls=Noun)
def agi() -> None:
    """Scripts for the dialplan: list them, try one with no PBX."""


@agi.command("list")
@format_option
@pass_site
def list_(site: Site, shape: str) -> None:
    """List the scripts that the dialplan can call.

    Exit code 1 if a file is broken.
    """
    found = _scripts(site)
    rows = [_row(name, source.script, source.path) for name, source in found.sources.items()]
    show(Table("scripts", COLUMNS, rows), shape)
    for each in found.broken.values():
        hint(f"broken: {each.why}")
    if found.broken:
        raise click.exceptions.Exit(1)


def _row(name: str, script: Script, path: Path) -> tuple[Any, ...]:
    own = [n + ("" if a.is_needed else "?") for n, a in script.arguments.items() if _is_own(n)]
    return (name, script.doc, " ".join(own), " ".join(script.outputs), script.limit_s, str(path))


def _is_own(argument: str) -> bool:
    return argument not in EVERYWHERE


@agi.command()
@click.argument("name")
@click.option("--caller", default="", help="Number of the caller; left out: it is hidden.")
@click.option("--did", default="", help="Number that is called.")
@click.option("--caller-name", default="", help="Name that comes with the caller's number.")
@click.option("--arg", "args", multiple=True, metavar="NAME=VALUE", help="As the dialplan's line.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Of the channel.")
@click.option("--really", is_flag=True, help="Write what the script wants written.")
@text_or_json_option
@pass_site
def test(site: Site, /, name: str, caller: str, did: str, **given: Any) -> None:
    """Run the script NAME (or a file NAME.py) with no PBX, and show what is said and set.

    The site's database and CRM are asked. Nothing is written without --really. Exit code 1 unless
    CCD_STATUS is OK.
    """
    script = _script(site, name)
    arguments = _pairs(given["args"], "--arg")
    _refuse_unknown(script, arguments)
    scene = Scene(
        *(caller, did, given["caller_name"]),
        arguments,
        _pairs(given["variables"], "--var"),
        channel=f"rehearsal.{time.time_ns()}",
    )
    logs.set_up(LogLevel.WARNING, LogFormat.TEXT, False)  # to standard error
    notes: list[str] = []
    with _desk(site, given["really"], notes.append) as desk:
        told = rehearse(script, scene, desk)
    _tell(script, told, notes, given["shape"])
    if told.outcome.status != "OK":
        raise click.exceptions.Exit(1)


def _refuse_unknown(script: Script, arguments: Mapping[str, str]) -> None:
    """A call with an argument that nobody takes goes on without it; who tries it should know."""
    for name in arguments:
        if name not in script.arguments:
            known = ", ".join(script.arguments)
            raise Refused(f'--arg: {script.name} takes no argument "{name}"; it takes: {known}')


@contextmanager
def _desk(site: Site, is_real: bool, tell: Callable[[str], None]) -> Iterator[AgiDesk]:
    """What the daemon gives to a script, without a daemon."""
    with site.database() as database:
        clock, node = Clock(), site.config.node
        cards = cards_of(site.config, database)
        routes: list[RecordRoute] = []
        directing = Directing(database, clock, routes.append)
        directing.cards = cards
        wishes = Wishes(database)
        recall(database, cards, wall_ms())
        directing.read()
        try:
            yield AgiDesk(database, directing, wishes if is_real else NoWishes(tell), node)
        finally:
            wishes.close(LAST_WISHES_S)
            directing.close()
            cards.close()
        if is_real:
            carry_out(database, routes, node, clock.to_wall)
        elif routes:
            tell("not written (--really writes it): the route of the call")


def _tell(script: Script, told: Transcript, notes: list[str], shape: str) -> None:
    outcome = told.outcome
    if shape == "json":
        answer = {
            "script": script.name,
            "status": outcome.status,
            "reason": outcome.reason,
            "took_s": round(told.took_s, 4),
            "limit_s": script.limit_s,
            "variables": told.variables,
            "transcript": told.lines,
            "notes": notes,
            "trouble": outcome.trouble,
        }
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
        return
    for line in told.lines:
        click.echo(printable(line))
    for note in notes:
        hint(note)
    if outcome.trouble:
        hint(f"{outcome.where}: {outcome.trouble}")
    limit = f"{script.limit_s:g} s are allowed"
    say(f"{outcome.status} {outcome.reason}".strip() + f"; took {told.took_s:.3f} s, {limit}")


def _script(site: Site, name: str) -> Script:
    path = Path(name)
    found = find([path.resolve().parent]) if path.suffix == ".py" else _scripts(site)
    script = found.get(path.stem)
    if script is not None:
        return script
    for each in found.broken.values():
        if each.path.stem == path.stem:
            raise Refused(each.why)
    if path.suffix == ".py":
        raise NotFound(f"{name}: there is no such file")
    raise NotFound(f'there is no script "{name}"; there are: {", ".join(found.sources)}')


def _scripts(site: Site) -> Scripts:
    return find(script_folders(site.config))


def _pairs(given: tuple[str, ...], option: str) -> Mapping[str, str]:
    pairs = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f'"{text}" is no NAME=VALUE', param_hint=option)
        pairs[name] = value
    return pairs
