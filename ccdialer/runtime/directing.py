"""Directing: finds for a caller where he goes, in the time that a caller can be kept.

What it needs at hand is held in memory; who he is and what we have had to do with him is asked of
the CRM and of the database at once, each within its limit, and rules do without what did not come
in time. The route is written down behind the caller's back.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import structlog

from ccdialer.core.agent import Agent
from ccdialer.core.caller_id import clean, did_of, number_of
from ccdialer.core.commands import RecordRoute
from ccdialer.core.facts import NOTHING_PAST, Facts, Past
from ccdialer.core.found import CardStatus, Found
from ccdialer.core.phone import mask
from ccdialer.core.routing import WAITED_FOR, Decision, route
from ccdialer.runtime.clock import Clock
from ccdialer.runtime.past import past_of
from ccdialer.runtime.route_book import RouteBook, read_book
from ccdialer.runtime.routed_calls import Directed, RoutedCalls
from ccdialer.storage.database import Database
from ccdialer.storage.routed import trace_text

log = structlog.get_logger()

PAST_WITHIN_S = 0.15
"""So long the database may keep a caller waiting; it answers within some ms if it can."""
READERS, MOST_READING = 2, 16
"""Behind more unanswered questions than this nobody asks another: the database hangs."""
LONGEST_TEXT = 150  # of a name, an id, a stage; characters
NO_NUMBER = Found(None, CardStatus.NONE, "hidden_number")


@dataclass(frozen=True, slots=True)
class Ringing:
    """A call that asks where to go, as the line and the dialplan tell of it."""

    leg_id: str  # Asterisk's channel
    number: str  # of the caller, in any spelling; empty or anonymous: hidden
    did: str  # the number that was called
    name: str = ""


class Cards(Protocol):
    """Who a caller is, by the CRM."""

    def find(self, number: str, project: str = "") -> Found:
        """Within its budget. Never raises."""


class NoCards:
    """A site without a CRM."""

    def find(self, number: str, project: str = "") -> Found:
        return Found(None, CardStatus.NONE, "no_crm")


PastOf = Callable[[Database, str, int, RouteBook], Past]
"""What we have had to do with a number (E.164) in a project, by its id."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call about which answers are awaited."""

    ringing: Ringing
    call_id: str
    facts: Facts
    project: str
    past: Future[Past | None]
    past_until: float  # monotonic

    @property
    def left_s(self) -> float:
        return max(0.0, self.past_until - time.monotonic())


class Directing:
    """Routes calls, from any thread."""

    def __init__(
        self, database: Database, clock: Clock, submit: Callable[[RecordRoute], None]
    ) -> None:
        self.cards: Cards = NoCards()
        self.past_of: PastOf = past_of
        self.known = RouteBook()
        self.calls = RoutedCalls()
        self._database = database
        self._clock = clock
        self._submit = submit
        self._past = _PastReader(database)

    async def reload(self) -> None:
        """Take rules, agents and queues as they are in the database now. Raises
        StorageUnavailable: then what was known stays."""
        await asyncio.to_thread(self.read)

    def read(self) -> None:
        """The same on the thread that calls."""
        before = self.known.book.version
        self.known = read_book(self._database, self.known, time.time())
        if self.known.book.version != before:
            log.info("routes in force", version=self.known.book.version)

    # --- a call ---------------------------------------------------------------------------------

    def direct(self, ringing: Ringing) -> Directed:
        """Where the call goes. Never raises, and takes no longer than the CRM's budget or
        PAST_WITHIN_S, whichever is more."""
        asked = self._ask(ringing)
        number = asked.facts.number
        found = self.cards.find(number, asked.project) if number else NO_NUMBER
        with suppress(TimeoutError):
            asked.past.result(asked.left_s)
        return self._decide(asked, found)

    def _ask(self, ringing: Ringing) -> _Asked:
        """What the line tells; the database is asked for the rest. The call has its id from now
        on: who hangs up meanwhile is told of before he is routed."""
        call_id = self.calls.id_of(ringing.leg_id, time.monotonic())
        known, region = self.known, self._database.home
        number, did = number_of(ringing.number, region), did_of(ringing.did, region)
        project = known.book.did(did).project
        facts = Facts(did=did, number=number, at=self._clock.to_wall(self._clock.now()) / 1000)
        past = self._past.ask(self.past_of, number, known.projects.get(project), known)
        return _Asked(ringing, call_id, facts, project, past, time.monotonic() + PAST_WITHIN_S)

    def _decide(self, asked: _Asked, found: Found) -> Directed:
        known = self.known
        past = asked.past.result() if asked.past.done() else None
        facts = known.complete(asked.facts, found, past)
        directed = self._directed(asked, facts, found, route(known.book, facts))
        self.calls.keep(directed)
        self._submit(_record(asked.ringing, directed, known.book.version, self._clock.now()))
        decision = directed.decision
        log.info(
            "call routed",
            call=directed.call_id,
            number=mask(facts.number) if facts.number else "hidden",
            did=facts.did,
            to=str(decision.target or ""),
            why=decision.reason,
        )
        return directed

    def _directed(self, asked: _Asked, facts: Facts, found: Found, decision: Decision) -> Directed:
        known, project = self.known, decision.did.project
        owner = known.agents.get(decision.owner)
        wait_s = decision.owner_first_s
        if wait_s is None:
            wait_s = known.wait_s(project, decision.queue)
        project_id = known.projects.get(project)
        wait_s = 0.0 if owner is None else wait_s
        return Directed(asked.call_id, decision, facts, found, project_id, owner, wait_s)

    # --- a caller in a queue --------------------------------------------------------------------

    def route_of(self, call_id: str) -> Directed | None:
        """The route that was found for the call; None: none was, or an earlier run has."""
        return self.calls.find(call_id)

    async def past_soon(self, number: str, project_id: int) -> Past | None:
        """What we have had to do with a number (E.164), within PAST_WITHIN_S; None: nobody could
        tell."""
        past = self._past.ask(self.past_of, number, project_id, self.known)
        if not past.done():
            await asyncio.wait([asyncio.wrap_future(past)], timeout=PAST_WITHIN_S)
        return past.result() if past.done() else None

    def agent_of(self, login: str) -> Agent | None:
        return self.known.agents.get(login)

    def close(self) -> None:
        self._past.close()


def _record(ringing: Ringing, directed: Directed, version: int, at: float) -> RecordRoute:
    decision, facts, card = directed.decision, directed.facts, directed.found.card
    target = decision.target
    return RecordRoute(
        call_id=directed.call_id,
        leg_id=clean(ringing.leg_id, LONGEST_TEXT),
        number=facts.number,
        did=facts.did,
        at=at,
        target_kind="" if target is None else target.kind,
        target="" if target is None else target.name,
        reason=decision.reason,
        trace=trace_text(facts, decision, version),
        caller_name=clean(ringing.name, LONGEST_TEXT),
        project_id=directed.project_id,
        ad_channel=decision.did.ad_channel,
        client_id="" if card is None else clean(f"{card.source}:{card.client_id}", LONGEST_TEXT),
        client_name="" if card is None else clean(card.name, LONGEST_TEXT),
        stage=facts.stage,
        pipeline=facts.pipeline,
        owner_id=None if directed.owner is None else directed.owner.id,
        card_status=facts.card.lower(),
        ends_here=target is None or target.kind not in WAITED_FOR,
    )


class _PastReader:
    """Asks the database what we have had to do with callers, a bounded number of times at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="directing")
        self._reading = 0
        self._lock = threading.Lock()

    def ask(
        self, past_of: PastOf, number: str, project_id: int | None, known: RouteBook
    ) -> Future[Past | None]:
        """None comes of it: the database does not answer. Nothing is there to be asked of who hides
        his number."""
        if not number or project_id is None:
            return _told(NOTHING_PAST)
        with self._lock:
            if self._reading >= MOST_READING:
                return _told(None)
            self._reading += 1
        return self._threads.submit(self._read, past_of, number, project_id, known)

    def _read(self, past_of: PastOf, number: str, project_id: int, known: RouteBook) -> Past | None:
        try:
            return past_of(self._database, number, project_id, known)
        except Exception as error:
            log.warning("a caller's past was not read", number=mask(number), trouble=str(error))
            return None
        finally:
            with self._lock:
                self._reading -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)


def _told(past: Past | None) -> Future[Past | None]:
    future: Future[Past | None] = Future()
    future.set_result(past)
    return future
