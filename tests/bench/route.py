"""How many calls a second are decided by 200 rules for 500 numbers called, and how many go through
directing as a whole, with what is written down of them.

Machine time of this process is measured, so that neighbors on the machine do not count.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace

from ccdialer import storage
from ccdialer.core.card import Card, Deal
from ccdialer.core.commands import RecordRoute
from ccdialer.core.facts import Facts, with_card
from ccdialer.core.found import CardStatus, Found
from ccdialer.core.routes import Did, Routes, Rule, When
from ccdialer.core.routing import Book, book_of, route
from ccdialer.reports.route_replay import calls_between, replayed
from ccdialer.runtime.clock import Clock
from ccdialer.runtime.directing import Directing, Ringing
from ccdialer.storage.routed import trace_text
from ccdialer.storage.routes import Applied, apply_routes
from tests.bench.rows import Goal, Row

RULES, DIDS = 200, 500
COUNT = 3000
NOON = 1_795_510_800.0
LEAST_PER_S = 500.0
"""Ten times the calls of the issue's load, 50 new ones a second, on one core and nothing else."""


def routes() -> Routes:
    """Rules by stage and segment, the last of which fits whoever no other one does."""
    rules = [
        Rule(
            f"rule {n}",
            When(stage=(f"Stage {n}", f"Phase {n}"), fields={"segment": ("gold", "vip")}),
            f"queue q{n}",
        )
        for n in range(RULES - 1)
    ]
    numbers = {
        f"+7484240{n:04}": Did("sales", f"channel {n}", "Kaluga", "office", fallback="queue q0")
        for n in range(DIDS)
    }
    return Routes(
        zone="Europe/Moscow",
        schedules={"office": {"daily": "always"}},
        dids=numbers,
        scenarios={"all": (*rules, Rule("rest", to="queue rest"))},
    )


def facts(n: int) -> Facts:
    """A known client, at each rule in turn."""
    deal = Deal("1", f"stage {n % RULES}", "new", changed_at=1.0)
    card = Card("crm", str(n), "Ivan", "login:anna", (deal,), {"segment": "gold"})
    asked = Facts(did=f"+7484240{n % DIDS:04}", number=f"+7916{n:07}", at=NOON)
    return with_card(asked, Found(card, CardStatus.OK))


class _Crm:
    """A CRM whose cards are all at hand."""

    def find(self, number: str, project: str = "") -> Found:
        n = int(number[5:])
        deal = Deal("1", f"stage {n % RULES}", "new", changed_at=1.0)
        card = Card("crm", str(n), "Ivan", "login:anna", (deal,), {"segment": "gold"})
        return Found(card, CardStatus.OK)


def decisions() -> list[Row]:
    """The rules alone, at a middle rule and at the last; the whole path but for Asterisk."""
    book = book_of(routes())
    calls = [facts(n) for n in range(COUNT)]
    unknown = [replace(each, stage="none of these") for each in calls]
    return [
        _row("route-any", "at each in turn", _rate(lambda n: route(book, calls[n]))),
        _row("route-last", "at the last", _rate(lambda n: route(book, unknown[n]))),
        _directed(),
        _replayed(),
    ]


def _rate(deed: Callable[[int], object], count: int = COUNT) -> float:
    begun = time.process_time()
    for n in range(count):
        deed(n)
    return count / (time.process_time() - begun)


def _row(id: str, what: str, rate: float) -> Row:
    text = f"calls decided by {RULES} rules for {DIDS} numbers, {what}"
    return Goal(id, text, "calls/s", at_least=1.0).row(rate, LEAST_PER_S)


def _directed() -> Row:
    """A caller's whole way: number read, CRM (at hand), past read, rules, row made."""
    with tempfile.TemporaryDirectory() as folder:
        database = storage.connect(f"sqlite:///{folder}/bench.db")
        with database:
            storage.migrate(database)
            storage.ensure_project(database, "sales", 1)
            apply_routes(database, Applied("#", routes(), "bench"), 1)
            written: list[RecordRoute] = []
            directing = Directing(database, Clock(), written.append)
            directing.cards = _Crm()
            directing.read()
            rate = _rate(lambda n: directing.direct(_ringing(n)), COUNT // 3)
            directing.close()
    text = f"calls directed by {RULES} rules, past read from SQLite, row made"
    return Goal("route-directed", text, "calls/s", at_least=1.0).row(rate, LEAST_PER_S)


def _replayed() -> Row:
    """Calls by what was stored of them, over two sets of rules."""
    place = tempfile.TemporaryDirectory()
    with place as folder, storage.connect(f"sqlite:///{folder}/bench.db") as database:
        storage.migrate(database)
        book = book_of(routes())
        rows = [_stored(book, n) for n in range(COUNT)]
        storage.carry_out(database, rows, "bench", lambda at: round(at * 1000))
        begun = time.process_time()
        found = replayed(calls_between(database, 0, 2**60), book, book_of(routes()))
        rate = found.calls / (time.process_time() - begun)
    text = f"past calls replayed over two sets of {RULES} rules"
    return Goal("route-replay", text, "calls/s", at_least=1.0).row(rate, LEAST_PER_S)


def _stored(book: Book, n: int) -> RecordRoute:
    call = facts(n)
    decision = route(book, call)
    target = decision.target
    assert target is not None
    return RecordRoute(
        call_id=f"{n:032x}",
        leg_id=f"1.{n}",
        number=call.number,
        did=call.did,
        at=call.at,
        target_kind=target.kind,
        target=target.name,
        reason=decision.reason,
        trace=trace_text(call, decision, 1),
    )


def _ringing(n: int) -> Ringing:
    return Ringing(f"1.{n}", f"8916{n:07}", f"8484240{n % DIDS:04}")
