"""A CRM at work: its few threads, its breaker, and one look-up at a time for a number."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, runtime_checkable

import structlog

from ccdialer.core.card import Card
from ccdialer.core.health import FAILURES_MOST, Breaker, Pauses, allows, failed, taken
from ccdialer.core.phone import mask
from ccdialer.crm.fault import PACED, CrmFault, too_late

log = structlog.get_logger()

LONGEST_PAUSES = 8  # times the first pause
WAITING_PER_WORKER = 8
PREPARE_S = 30.0

_DIGITS = re.compile(r"\+?\d{7,}")

Answer = Future[Card | None]


class Connector(Protocol):
    """Who answers "who has this number?"; raises CrmFault when it cannot."""

    name: str

    def find(self, number: str, within_s: float) -> Card | None:
        """None: nobody. It returns within about `within_s`, whatever the other side does. Of a
        connector that is asked by project `number` is `project/number`."""


@runtime_checkable
class Preparing(Protocol):
    """A connector that first needs to know more than the caller: how stages are called."""

    def prepare(self, within_s: float) -> None:
        """Ask for it now, so that no caller waits for it. Raises CrmFault."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a connector is used."""

    timeout_s: float = 3.0
    workers: int = 4
    pause_s: float = 10.0
    projects: frozenset[str] = frozenset()  # empty: all
    fresh_s: float = 300.0  # a card of that age is used without asking
    is_by_project: bool = False  # each project has clients of its own
    owners: Mapping[str, str] = field(default_factory=dict)  # login by the id in the CRM


@dataclass(slots=True)
class Counts:
    """What became of the look-ups since the start."""

    asked: int = 0
    found: int = 0
    unknown: int = 0
    failed: int = 0
    late: int = 0  # later than the caller could wait
    spared: int = 0  # not asked, for the breaker is open


@dataclass(slots=True, eq=False)
class Lookup:
    """One question under way; whoever asks the same meanwhile gets the same answer."""

    number: str
    began_at: float
    answer: Answer = field(default_factory=Future)
    is_late: bool = False


class CrmSource:
    """One connector with its threads. May be asked from any thread; asking never waits.

    The threads are daemons: one that hangs in a name server's or a driver's hands does not keep
    the process from ending.
    """

    def __init__(
        self,
        connector: Connector,
        terms: Terms,
        heard: Callable[[str, str, Card | None], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = connector.name
        self.terms = terms
        self.breaker = Breaker()
        self.counts = Counts()
        self.last_fault = ""
        self.last_fault_at: float | None = None
        self._connector = connector
        self._heard = heard
        self._clock = clock
        self._pauses = Pauses(terms.pause_s, terms.pause_s * LONGEST_PAUSES)
        self._lookups: dict[str, Lookup] = {}
        self._lock = threading.Lock()
        self._waiting: deque[Lookup] = deque()
        self._called = threading.Condition(self._lock)
        self._threads = 0
        self._is_closed = False
        self._since = clock()

    def question(self, number: str, project: str) -> str:
        """What is asked, and remembered, about a caller of a project; empty: nothing."""
        if self.terms.projects and project not in self.terms.projects:
            return ""
        if not self.terms.is_by_project:
            return number
        return f"{project}/{number}" if project else ""

    def prepare(self) -> None:
        """What the connector must know before the first caller, on a thread of its own."""
        if isinstance(self._connector, Preparing):
            threading.Thread(target=self._prepare, args=(self._connector,), daemon=True).start()

    def ask(self, number: str) -> Answer:
        """Who it is: a future with a card, None or a CrmFault."""
        with self._lock:
            known = self._lookups.get(number)
            if known is not None:
                return known.answer
            now = self._clock()
            if not allows(self.breaker, now):
                self.counts.spared += 1
                return _refused(CrmFault("crm_spared", f"{self.name} is left alone for a while"))
            if len(self._waiting) >= self.terms.workers * WAITING_PER_WORKER:
                return _refused(CrmFault("crm_busy", f"{self.name}: too many look-ups at once"))
            lookup = Lookup(number, now)
            self._waiting.append(lookup)
            self.breaker = taken(self.breaker, now)
            self.counts.asked += 1
            self._lookups[number] = lookup
            self._hire()
            self._called.notify()
        return lookup.answer

    def give_up(self, number: str) -> None:
        """The caller cannot wait any longer: that counts as a failure, once for a look-up; the
        answer is still kept when it comes."""
        with self._lock:
            lookup = self._lookups.get(number)
            if lookup is None or lookup.is_late:
                return
            self.counts.late += 1
            self._note(CrmFault("crm_timeout", "no answer within the caller's budget"), lookup)
            lookup.is_late = True

    def figures(self) -> dict[str, Any]:
        """For `ccdialer crm status`; a breaker is closed, open, or lets one look-up try."""
        with self._lock:
            now = self._clock()
            breaker, fault_at = self.breaker, self.last_fault_at
            return {
                "name": self.name,
                "state": "open" if breaker.is_tripped else "closed",
                "tries_in_s": max(0.0, breaker.open_until - now) if breaker.is_tripped else None,
                "since_s": now - self._since,
                "under_way": len(self._lookups),
                **asdict(self.counts),
                "last_fault": self.last_fault,
                "last_fault_s": None if fault_at is None else now - fault_at,
            }

    def close(self) -> None:
        """Another takes its place: who has asked it, or asks it yet, is answered, but nothing is
        heard of that any more. Threads end when there is nothing to do."""
        with self._lock:
            self._is_closed = True
            self._called.notify_all()

    def _prepare(self, connector: Preparing) -> None:
        try:
            connector.prepare(PREPARE_S)
        except CrmFault as fault:
            log.warning("a CRM does not answer", crm=self.name, trouble=f"{fault.reason}: {fault}")

    # --- in the threads -------------------------------------------------------------------------

    def _hire(self) -> None:
        if self._threads < min(self.terms.workers, len(self._lookups)):
            self._threads += 1
            threading.Thread(target=self._work, name=f"crm-{self.name}", daemon=True).start()

    def _next(self) -> Lookup | None:
        """Wait for a look-up; None: there will be none."""
        with self._lock:
            while not self._waiting:
                if self._is_closed:
                    self._threads -= 1
                    return None
                self._called.wait()
            return self._waiting.popleft()

    def _work(self) -> None:
        while (lookup := self._next()) is not None:
            left_s = lookup.began_at + self.terms.timeout_s - self._clock()
            try:
                if left_s <= 0:
                    raise too_late("its threads are all busy")
                card = self._connector.find(lookup.number, left_s)
            except CrmFault as fault:
                self._failed(lookup, fault)
            except Exception as error:  # a slip of a connector is no reason to lose its thread
                log.exception("a CRM connector broke", crm=self.name, number=mask(lookup.number))
                self._failed(lookup, CrmFault("crm_defect", f"{type(error).__name__}: {error}"))
            else:
                self._found(lookup, card)

    def _found(self, lookup: Lookup, card: Card | None) -> None:
        with self._lock:
            if not self._is_closed:
                self._heard(self.name, lookup.number, card)
            self._lookups.pop(lookup.number, None)
            self.counts.found += card is not None
            self.counts.unknown += card is None
            if not lookup.is_late:
                self.breaker = Breaker()
        lookup.answer.set_result(card)

    def _failed(self, lookup: Lookup, fault: CrmFault) -> None:
        with self._lock:
            self._lookups.pop(lookup.number, None)
            self.counts.failed += 1
            self._note(fault, lookup)
        lookup.answer.set_exception(fault)

    def _note(self, fault: CrmFault, lookup: Lookup) -> None:
        """A failure for the breaker, once for each look-up; a CRM that asks for rest gets it."""
        now = self._clock()
        self.last_fault, self.last_fault_at = f"{fault.reason}: {_masked(str(fault))}", now
        was_tripped = self.breaker.is_tripped
        if not lookup.is_late and fault.reason != PACED:
            self.breaker = failed(self.breaker, lookup.began_at, now, self._pauses)
        if fault.rest_s > 0:
            until = max(now + fault.rest_s, self.breaker.open_until)
            self.breaker = Breaker(max(FAILURES_MOST, self.breaker.failures), until, now)
        if self.breaker.is_tripped and not was_tripped:
            log.warning("a CRM is left alone for a while", crm=self.name, trouble=self.last_fault)


def _masked(sentence: str) -> str:
    """A database may quote the number that it was asked for."""
    return _DIGITS.sub(lambda found: mask(found[0]), sentence)


def _refused(fault: CrmFault) -> Answer:
    answer: Answer = Future()
    answer.set_exception(fault)
    return answer
