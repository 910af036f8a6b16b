"""`ccdialer route test` and `explain`: the path of a call that may come, and of calls that came."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click

from ccdialer.cli.filters import Instant
from ccdialer.cli.output import say, text_or_json_option
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.caller_id import did_of, number_of
from ccdialer.core.card import LOGIN, Card, Deal
from ccdialer.core.facts import Facts, Past
from ccdialer.core.found import CardStatus, Found
from ccdialer.core.phone import NotANumber, normalise
from ccdialer.core.routes import Routes
from ccdialer.core.routing import Book, Decision, book_of, route
from ccdialer.errors import NotFound, Refused
from ccdialer.reports import words
from ccdialer.reports.route_words import Judged, judged, lines_of, went, why
from ccdialer.routes_file import read_routes
from ccdialer.runtime.crms import cards_of, recall
from ccdialer.runtime.past import past_of
from ccdialer.runtime.route_book import RouteBook, read_book, site_calendar
from ccdialer.schema import plain
from ccdialer.storage import Database
from ccdialer.storage.routed import Routed, routed_call, routed_of
from ccdialer.storage.routes import routes_of_version
from ccdialer.storage.site_rules import rules_text

HIDDEN = ("hidden", "anonymous", "")
CALL_ID = re.compile(r"[0-9a-f]{32}")
SILENCE = [status.lower() for status in CardStatus]


# --- a call that may come -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Given:
    """What stands in for the CRM."""

    stage: str
    pipeline: str
    owner: str
    deals: int | None
    fields: tuple[str, ...]
    status: str | None

    def found(self) -> Found | None:
        """What a CRM would have said; None: it is to be asked."""
        words = (self.stage, self.pipeline, self.owner, self.fields)
        says_something = any(words) or self.deals is not None
        if self.status is None and not says_something:
            return None
        status = CardStatus((self.status or CardStatus.OK).upper())
        is_known = status in (CardStatus.OK, CardStatus.STALE)
        return Found(self._card() if is_known else None, status, "given")

    def _card(self) -> Card:
        count = 1 if self.deals is None and (self.stage or self.pipeline) else self.deals or 0
        deals = tuple(Deal(str(n), self.stage, self.pipeline) for n in range(count))
        fields = dict(map(_field, self.fields))
        return Card("given", owner=self._owner(), deals=deals, fields=fields, stage=self.stage)

    def _owner(self) -> str:
        return self.owner if ":" in self.owner or not self.owner else LOGIN + self.owner


def _field(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise click.BadParameter(f'"{text}" is no NAME=VALUE', param_hint="--field")
    return name.strip(), value.strip()


@click.command()
@click.argument("number")
@click.option("--did", default="", help="The number called; needless where there is only one.")
@click.option("--at", type=Instant(), help="When, instead of now: 2026-11-28 21:30.")
@click.option("--rules", type=click.Path(path_type=Path), help="By this file, before it holds.")
@click.option("--stage", default="", help="As if the CRM said so.")
@click.option("--pipeline", default="", help="The same of the deal's pipeline.")
@click.option("--owner", default="", help="The same of who is responsible, by login.")
@click.option("--deals", type=click.IntRange(0), help="The same of the number of open deals.")
@click.option("--field", "fields", multiple=True, metavar="NAME=VALUE", help="The same of a field.")
@click.option("--crm", "status", type=click.Choice(SILENCE), help="As if it answered like this.")
@text_or_json_option
@pass_site
def test(
    site: Site,
    /,
    number: str,
    did: str,
    at: int | None,
    rules: Path | None,
    shape: str,
    **given: Any,
) -> None:
    """Show the path of a call from NUMBER: how each rule is judged, and where it goes.

    Nothing is called and nothing is written. The site's CRM is asked who the caller is, unless
    --stage, --owner, --field or --crm say it. NUMBER may be `hidden`.
    """
    stands_in = Given(**given).found()
    with site.database() as database:
        known = _known(database, rules, site)
        asked = _asked(number, did, known.book, site, at)
        found = stands_in or _looked_up(database, asked, known, site)
        project_id = known.projects.get(known.book.did(asked.did).project)
        past = Past()
        if asked.number and project_id is not None:
            past = past_of(database, asked.number, project_id, known)
    facts = known.complete(asked, found, past)
    decision = route(known.book, facts)
    wait_s = decision.owner_first_s
    if wait_s is None:
        wait_s = known.wait_s(decision.did.project, decision.queue)
    _tell(judged(facts, decision, wait_s), decision, shape)


def _known(database: Database, rules: Path | None, site: Site) -> RouteBook:
    known = read_book(database, RouteBook(), now_ms() / 1000)
    if rules is None:
        return known
    found = read_routes(rules, site.config.numbers.region)
    return replace(known, book=with_holidays(database, found.routes))


def with_holidays(database: Database, routes: Routes, version: int = 0) -> Book:
    """The rules, ready to be asked, with the site's holidays."""
    year = words.on_the_wall(now_ms()).year
    return book_of(routes, site_calendar(rules_text(database), year), version)


def _asked(number: str, did: str, book: Book, site: Site, at: int | None) -> Facts:
    """What the line would tell."""
    region = site.config.numbers.region
    caller = ""
    if number.lower() not in HIDDEN:
        caller = number_of(number, region)
        if not caller:
            raise Refused(f"{_reason(number, region)}; of a caller who hides his write: hidden")
    dids = list(book.routes.dids)
    if not did and len(dids) != 1:
        raise Refused("say which number is called: --did; see: ccdialer route numbers")
    called = did_of(did, region) if did else dids[0]
    return Facts(did=called, number=caller, at=(now_ms() if at is None else at) / 1000)


def _reason(number: str, region: str) -> str:
    read = normalise(number, region)
    return read.reason if isinstance(read, NotANumber) else f"{number} is no number"


def _looked_up(database: Database, asked: Facts, known: RouteBook, site: Site) -> Found:
    if not asked.number:
        return Found(None, CardStatus.NONE, "hidden_number")
    cards = cards_of(site.config, database)
    try:
        recall(database, cards, now_ms())
        return cards.find(asked.number, known.book.did(asked.did).project)
    finally:
        cards.close()


def _tell(found: Judged, decision: Decision, shape: str) -> None:
    if shape == "json":
        click.echo(json.dumps(_page(found, decision), indent=2, ensure_ascii=False))
        return
    for line in lines_of(found):
        say(line)


def _page(found: Judged, decision: Decision) -> dict[str, Any]:
    target = decision.target
    return {
        "facts": plain(asdict(replace(found.facts, fields=dict(found.facts.fields)))),
        "number": plain(asdict(found.did)),
        "rules": [_step(step) for step in found.steps],
        "target_kind": "" if target is None else target.kind.value,
        "target": "" if target is None else target.name,
        "queue": decision.queue,
        "rule": decision.rule,
        "reason": decision.reason,
        "owner": decision.owner,
        "owner_as": decision.first,
    }


def _step(step: Any) -> dict[str, Any]:
    return {"rule": step.rule, "matched": step.is_match, "words": step.words}


# --- calls that came ----------------------------------------------------------------------------


@click.command()
@click.argument("what", metavar="CALL_ID|NUMBER", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=5, show_default=True, help="Calls.")
@text_or_json_option
@pass_site
def explain(site: Site, what: tuple[str, ...], limit: int, shape: str) -> None:
    """Tell why past calls went where they went, by what was known then.

    CALL_ID is that of `${CCD_CALL}` and of reports; of a NUMBER the last calls are told, the newest
    first; `hidden` stands for those without a number.
    """
    with site.database() as database:
        calls = _calls(database, " ".join(what), limit, site)
        found = [(call, _past_call(database, call)) for call in calls]
    if shape == "json":
        pages = [_past_page(call, one) for call, one in found]
        click.echo(json.dumps(pages, indent=2, ensure_ascii=False))
        return
    for place, (call, one) in enumerate(found):
        if place:
            click.echo()
        say(f"call {call.row['id']}, {words.local(call.row['arrived_at'])}")
        for line in lines_of(one):
            say(line)


def _calls(database: Database, what: str, limit: int, site: Site) -> list[Routed]:
    if CALL_ID.fullmatch(what):
        call = routed_call(database, what)
        found = [] if call is None else [call]
    else:
        number = "" if what.lower() in HIDDEN else number_of(what, site.config.numbers.region)
        if not number and what.lower() not in HIDDEN:
            raise Refused(_reason(what, site.config.numbers.region))
        found = routed_of(database, number, limit)
    if not found:
        raise NotFound(f"no call of {what} was routed by rules")
    return found


def _past_call(database: Database, call: Routed) -> Judged:
    row, facts = call.row, call.facts
    did = Book(_routes(database, call), {}, {}).did(facts.did)
    goes = f"went to: {went(row)} ({why(row['reason'])}, version {call.version} of the rules)"
    if row["owner"]:
        goes += f"; offered first: {row['owner']}"
    if row["fate"]:
        goes += f"; then: {words.fate(row['fate'], row['fate_reason'])}"
    return Judged(facts, did, call.steps, goes)


def _routes(database: Database, call: Routed) -> Routes:
    return routes_of_version(database, call.version).routes if call.version else Routes()


def _past_page(call: Routed, found: Judged) -> dict[str, Any]:
    facts = replace(call.facts, fields=dict(call.facts.fields))
    return call.row | {
        "version": call.version,
        "rule": call.rule,
        "facts": plain(asdict(facts)),
        "rules": [_step(step) for step in call.steps],
        "told": list(lines_of(found)),
    }
