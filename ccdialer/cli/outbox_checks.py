"""What `doctor` says of the outbox: who takes nothing, and what a person must decide."""

from __future__ import annotations

from collections.abc import Iterator

from ccdialer import storage
from ccdialer.cli.finding import Finding, ok, warn
from ccdialer.cli.site import now_ms
from ccdialer.config import Config
from ccdialer.errors import CcdialerError
from ccdialer.reports import words
from ccdialer.storage.outbox_listing import Backlog, backlogs

LATE_S = 600.0
"""A notice that is not delivered after this is late."""


def outbox_checks(found: Config) -> Iterator[Finding]:
    """A line for each connector that is told anything, or was."""
    try:
        with storage.open_database(found.database) as database:
            known = {each.connector: each for each in backlogs(database)}
    except CcdialerError:
        return  # told already
    told = [each.name for each in found.crm.connectors if getattr(each, "writes", ())]
    for name in told:
        yield backlog(known.pop(name, Backlog(name, 0, 0, 0, None)), now_ms())
    for rest in known.values():
        seen = f"{rest.connector}: {left(rest)}, and config.yaml names no such connector"
        yield warn("outbox", seen, f"ccdialer outbox drop --connector {rest.connector}")


def left(each: Backlog) -> str:
    """`3 wait, 1 is parked`, in words."""
    return f"{each.waiting + each.sending} to be delivered, {each.parked} parked"


def backlog(each: Backlog, now: int) -> Finding:
    """Of one connector; `now` in epoch ms."""
    seen = f"{each.connector}: {left(each)}"
    age_s = 0.0 if each.oldest_at is None else (now - each.oldest_at) / 1000
    if age_s > LATE_S:
        remedy = f"see why: ccdialer outbox list --connector {each.connector}"
        return warn("outbox", f"{seen}, the oldest for {words.lasting(age_s)}", remedy)
    if each.parked:
        remedy = f"see why: ccdialer outbox list --state parked --connector {each.connector}"
        return warn("outbox", seen, remedy)
    return ok("outbox", seen)
