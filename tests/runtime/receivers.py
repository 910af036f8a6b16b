"""Receivers that keep what they were brought, and fail as they are told to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ccdialer.core.notice import Parcel
from ccdialer.crm.taking import Memory, Taken
from ccdialer.storage import Database

Deed = Callable[[Parcel], None]


def nothing(parcel: Parcel) -> None:
    """It is taken."""


@dataclass(eq=False)
class Ledger:
    """A CRM that knows keys: what comes again under one is seen, and not written again."""

    name: str = "crm"
    first: Deed = nothing  # before it is written
    then: Deed = nothing  # after that
    brought: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, parcel: Parcel, memory: Memory) -> Taken:
        with self.lock:
            self.brought.append(parcel.notice.call_id)
        self.first(parcel)
        with self.lock:
            if parcel.notice.call_id not in self.written:
                self.written.append(parcel.notice.call_id)
        self.then(parcel)
        return Taken(f"ref-{parcel.notice.call_id}")


@dataclass(eq=False)
class Time:
    """Clocks that a test moves."""

    at_s: float = 1000.0
    dice: Iterator[float] = field(default_factory=lambda: iter(()))

    def now(self) -> float:
        return self.at_s

    def wall_ms(self) -> int:
        return round(1_800_000_000_000 + self.at_s * 1000)

    def throw(self) -> float:
        return next(self.dice, 0.0)


def states(db: Database) -> Sequence[tuple[str, str]]:
    """Call and state of all that was promised, in order."""
    rows = db.rows("SELECT key, state FROM outbox ORDER BY id")
    return [(str(key).rpartition("/")[2], str(state)) for key, state in rows]
