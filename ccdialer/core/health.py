"""Health: whether a trunk can be used, by its state in Asterisk and by what calls over it met."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf

from ccdialer.core.backing_off import doubled
from ccdialer.core.trunk import Trunk

FAILURES_MOST = 3
"""A trunk that could not carry so many calls in a row to a direction is left alone for a while."""
PAUSE_S, LONGEST_PAUSE_S = 30.0, 600.0
"""The first while; it doubles each time that the one call which tries again fails too."""
TRIAL_S = 60.0
"""That call is awaited so long, should nothing be heard of it."""
PROBE_S, MOST_STEPS = 2.0, 14
"""A trunk that had no line is tried with more calls in steps of so long."""
UNHEARD = "Asterisk has not told its state yet"


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long what failed is left alone."""

    first_s: float = PAUSE_S
    longest_s: float = LONGEST_PAUSE_S


OF_TRUNKS = Pauses()


@dataclass(frozen=True, slots=True)
class Breaker:
    """Of one trunk and one direction, or of one CRM; it closes by itself when a call gets
    through."""

    failures: int = 0  # in a row
    open_until: float = -inf  # then one call may try
    failed_at: float = -inf  # when it tripped, or when that call failed

    @property
    def is_tripped(self) -> bool:
        return self.failures >= FAILURES_MOST


def allows(breaker: Breaker, now: float) -> bool:
    """Whether a call may be placed that way."""
    return not breaker.is_tripped or now >= breaker.open_until


def taken(breaker: Breaker, now: float) -> Breaker:
    """A call goes that way: if the breaker has tripped, no other does until its word has come."""
    return replace(breaker, open_until=now + TRIAL_S) if breaker.is_tripped else breaker


def failed(breaker: Breaker, began_at: float, now: float, pauses: Pauses = OF_TRUNKS) -> Breaker:
    """The trunk did not carry a call that began then. One that was on its way already when the
    breaker opened says nothing new: only a call that tried again makes the pause longer."""
    if breaker.is_tripped and began_at < breaker.failed_at:
        return breaker
    failures = breaker.failures + 1
    beyond = max(0, failures - FAILURES_MOST)
    pause_s = doubled(pauses.first_s, pauses.longest_s, beyond)
    return Breaker(failures, now + pause_s if failures >= FAILURES_MOST else -inf, now)


@dataclass(slots=True, eq=False)
class TrunkAtWork:
    """A trunk as the dialer knows it at this moment."""

    trunk: Trunk
    is_usable: bool = False  # Asterisk can send calls to it
    why: str = UNHEARD  # it is not usable
    breakers: dict[str, Breaker] = field(
        default_factory=dict
    )  # by prefix; those that are clean not
    congested_at: float | None = None  # when it last had no line for one more
    lines_found: int = 0  # lines in use then
    capped_until: float = -inf  # its spending cap is reached until then
    cap: str = ""

    def breaker(self, prefix: str) -> Breaker:
        return self.breakers.get(prefix, Breaker())

    def trouble(self, now: float) -> str:
        """Why no call goes over it, whatever the number; empty: it may be used."""
        if not self.trunk.enabled:
            return "disabled"
        if not self.is_usable:
            return self.why
        return self.cap if now < self.capped_until else ""


@dataclass(slots=True, eq=False)
class LinesNow:
    """What a campaign has of lines at this moment."""

    free: int | None = None  # more calls that its trunks can take; None: it has a dial string
    blocked: str = ""  # why it can call nobody: no trunk can be used, a spending cap is reached
    congested_at: float | None = None  # when its dial string last had no line for one more
    found: int = 0  # lines in use then
    capped_until: float = -inf  # a spending cap is reached until then
    cap: str = ""


def lines_at(work: TrunkAtWork, now: float) -> int:
    """Calls at once over the trunk, as set, and after congestion as many as were found to go."""
    most = work.trunk.settings.lines
    return after_congestion(most, work.congested_at, work.lines_found, now)


def after_congestion(most: int, congested_at: float | None, found: int, now: float) -> int:
    """Lines to count on: after congestion no more than were found, then 1, 3, 7 ... more: a full
    trunk is not stormed, and one refusal by chance is soon forgotten."""
    if congested_at is None:
        return most
    steps = min(int((now - congested_at) / PROBE_S), MOST_STEPS)
    return min(most, found + (1 << steps) - 1)
