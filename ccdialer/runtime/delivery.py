"""Delivery: worker threads bring outside systems what they were promised to be told."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from ccdialer.core.notice import NoticeKind, Parcel
from ccdialer.core.phone import mask
from ccdialer.core.post import MOST_FAULTS, Refusal, Round, counts, refused, took, wait_s
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.taking import Taken, refusal_of
from ccdialer.errors import StorageUnavailable
from ccdialer.runtime.clock import wall_ms
from ccdialer.storage.database import Database
from ccdialer.storage.outbox import (
    Failure,
    Worker,
    claim_parcels,
    expire,
    keep_reference,
    park,
    prune,
    put_back,
    put_off,
    reference_of,
    settle_parcel,
    take_back,
)
from ccdialer.storage.write_back import key_of

log = structlog.get_logger()

DAY_MS = 86_400_000
LOOK_EVERY_S = 1.0
"""How often a worker with nothing to do looks whether something is due."""
AT_ONCE = 5
"""Notices that a worker takes at a time; what he does not come to goes back."""
STORAGE_PAUSE_S = 2.0
STOP_S = 15.0


class Receiver(Protocol):
    """Who takes notices down."""

    @property
    def name(self) -> str:
        """Of the connector."""

    def take(self, parcel: Parcel, memory: Memory) -> Taken:
        """Raises CrmFault, and its kind Refused where this one will never be taken. It returns
        within half a minute, whatever the other side does."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the other side has called things, for whoever delivers one of them."""

    database: Database
    parcel: Parcel

    def keep(self, reference: str) -> None:
        """Before the rest is delivered: the next try begins with it."""
        keep_reference(self.database, self.parcel, reference)

    def of(self, kind: NoticeKind) -> str:
        """What it called another notice of the same call; empty: nobody knows."""
        notice = self.parcel.notice
        return reference_of(self.database, key_of(self.parcel.connector, kind, notice.call_id))


@dataclass(frozen=True, slots=True)
class Route:
    """One receiver, and by how many threads at most so many notices a second go to it; by what it
    was made of another is known to be the same."""

    receiver: Receiver
    threads: int = 2
    per_s: float = 1000.0
    made_of: object = None


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long what is handled how is kept, days; what is older than `expires` is parked."""

    expires: float = 3.0
    done: float = 7.0
    parked: float = 90.0


@dataclass(frozen=True, slots=True)
class Clocks:
    """The instants and dice that are handed in: steady seconds, epoch ms, 0 to 1."""

    now: Callable[[], float] = time.monotonic
    wall_ms: Callable[[], int] = wall_ms
    dice: Callable[[], float] = random.random


class Delivery:
    """The workers of one node. What it has taken when it dies goes out again under the same key."""

    def __init__(
        self,
        database: Database,
        node: str,
        routes: Sequence[Route],
        keeping: Keeping | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        self._database = database
        self._node = node
        self._keeping = keeping or Keeping()
        self._clocks = clocks or Clocks()
        self._stopping = threading.Event()
        self.rounds = [_Round(route) for route in routes]
        self._threads: list[threading.Thread] = []
        self._is_started = False

    def start(self) -> None:
        """Begin, with what an earlier run of this node had in hand. Raises StorageUnavailable."""
        left = take_back(self._database, self._node, self._clocks.wall_ms())
        if left:
            log.info("notices of an earlier run go out again", notices=left)
        self._is_started = True
        self._hire(self.rounds)

    def take(self, routes: Sequence[Route], keeping: Keeping) -> None:
        """From now on these. A round whose route is made of the same goes on with what it knows;
        any other ends with the notice that it has in hand."""
        self._keeping = keeping
        before = self.rounds
        self.rounds = [_same(route, before) or _Round(route) for route in routes]
        for each in before:
            if each not in self.rounds:
                each.over.set()
        self._threads = [each for each in self._threads if each.is_alive()]
        if self._is_started:
            self._hire([each for each in self.rounds if each not in before])

    def _hire(self, rounds: Sequence[_Round]) -> None:
        for each in rounds:
            for _ in range(each.route.threads):
                thread = threading.Thread(
                    target=self._work, args=[each], name="delivery", daemon=True
                )
                self._threads.append(thread)
                thread.start()

    def close(self, timeout_s: float = STOP_S) -> None:
        """What is being delivered is, within that time; all else waits for the next run."""
        self._stopping.set()
        for each in self.rounds:
            each.over.set()
        until = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def tend(self) -> None:
        """Every now and then: whose lease is over, what is too old. Raises StorageUnavailable."""
        now, keeping = self._clocks.wall_ms(), self._keeping
        take_back(self._database, "", now)
        if old := expire(self._database, now - round(keeping.expires * DAY_MS), now):
            log.warning("notices are too old and parked", notices=old)
        done, parked = (now - round(days * DAY_MS) for days in (keeping.done, keeping.parked))
        prune(self._database, done, parked)

    # --- in the threads -------------------------------------------------------------------------

    def _work(self, post: _Round) -> None:
        while not post.over.is_set():
            try:
                pause_s = self.go(post)
            except StorageUnavailable as error:
                log.warning("the outbox is not seen", trouble=str(error))
                pause_s = STORAGE_PAUSE_S
            except Exception:
                log.exception("delivery failed", connector=post.name)
                pause_s = STORAGE_PAUSE_S
            post.over.wait(pause_s)

    def go(self, post: _Round) -> float:
        """One round to one receiver; in how many seconds the next."""
        rest_s = post.rest_s(self._clocks.now())
        if rest_s > 0:
            return min(rest_s, LOOK_EVERY_S)
        worker = Worker(self._node, post.name)
        parcels = claim_parcels(self._database, worker, AT_ONCE, self._clocks.wall_ms())
        for place, parcel in enumerate(parcels):
            if post.over.is_set() or not self._waited(post):
                put_back(self._database, parcels[place:])
                break
            self._deliver(post, parcel)
        return 0.0 if parcels else LOOK_EVERY_S

    def _waited(self, post: _Round) -> bool:
        """Whether its turn has come, by the receiver's rate; False if it wants to rest."""
        pause_s = post.turn(self._clocks.now())
        return pause_s is not None and not post.over.wait(pause_s)

    def _deliver(self, post: _Round, parcel: Parcel) -> None:
        if parcel.faults >= MOST_FAULTS:
            self._insist(park, parcel, "the daemon died each time while it was delivered")
            return
        try:
            taken = post.route.receiver.take(parcel, Memory(self._database, parcel))
        except CrmFault as fault:
            self._failed(post, parcel, refusal_of(fault), f"{fault.reason}: {fault}")
        except StorageUnavailable:
            raise
        except Exception as error:  # a slip of a connector must not keep others from their turn
            log.exception("a notice broke its connector", connector=post.name, key=parcel.key)
            self._failed(post, parcel, Refusal(), f"defect: {type(error).__name__}: {error}")
        else:
            post.note(took)
            self._insist(settle_parcel, parcel, taken.reference, taken.note)

    def _failed(self, post: _Round, parcel: Parcel, why: Refusal, error: str) -> None:
        now = self._clocks.now()
        state = post.note(lambda before: refused(before, parcel.id, why, now))
        blames = counts(state, why)
        if why.is_final or (blames and parcel.faults + 1 >= MOST_FAULTS):
            number = mask(parcel.notice.number)
            log.warning("notice parked", key=parcel.key, number=number, trouble=error)
            self._insist(park, parcel, error)
            return
        pause_ms = round(wait_s(parcel.tries, why, self._clocks.dice()) * 1000)
        due_at = self._clocks.wall_ms() + pause_ms
        put_off(self._database, parcel, due_at, Failure(error, blames))
        post.tell(error)

    def _insist(self, mark: Callable[..., bool], parcel: Parcel, *words: str) -> None:
        """What became of it is written down as soon as the database takes it: until then the
        notice would go out again."""
        while True:
            try:
                mark(self._database, parcel, *words, self._clocks.wall_ms())
                return
            except StorageUnavailable:
                if self._stopping.wait(STORAGE_PAUSE_S):
                    raise


@dataclass(slots=True, eq=False)
class _Round:
    """What the threads of one receiver know of it together."""

    route: Route
    state: Round = field(default_factory=Round)
    next_at: float = 0.0
    trouble: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def name(self) -> str:
        return self.route.receiver.name

    def rest_s(self, now: float) -> float:
        """How long it is still to be left alone."""
        with self.lock:
            return self.state.rests_until - now

    def turn(self, now: float) -> float | None:
        """Take the next turn: in how many seconds it comes; None: the receiver rests."""
        with self.lock:
            if self.state.rests_until > now:
                return None
            at = max(now, self.next_at)
            self.next_at = at + 1.0 / self.route.per_s
            return at - now

    def note(self, move: Callable[[Round], Round]) -> Round:
        """What a try means for the receiver."""
        with self.lock:
            was_troubled = self.state.is_troubled
            self.state = move(self.state)
            is_back = was_troubled and not self.state.is_troubled
            self.trouble = "" if is_back else self.trouble
            state = self.state
        if is_back:
            log.info("a connector takes notices again", connector=self.name)
        return state

    def tell(self, error: str) -> None:
        """Log a trouble when it begins, not at every try."""
        with self.lock:
            is_news = not self.trouble
            self.trouble = error
        if is_news:
            log.warning("a notice was not taken, it waits", connector=self.name, trouble=error)


def _same(route: Route, rounds: Sequence[_Round]) -> _Round | None:
    """The round whose route is made of the same."""
    alike = (each for each in rounds if route.made_of and each.route.made_of == route.made_of)
    return next(alike, None)
