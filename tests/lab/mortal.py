"""A daemon that ends by SIGKILL at its n-th step, or at its n-th of a name, counted from the first
attempt it opens, the first end of a wait that it writes down, or the first caller who comes.

    python -m tests.lab.mortal N        (with CCDIALER_CONFIG, as `ccdialer run`)
    python -m tests.lab.mortal N "before the core hears LegJoined"

A step is everything after which the world could have changed: a batch before and after its
commit, a request to Asterisk before and after it is sent, a fact from Asterisk before the core
has it (SQLite's way of testing: fail at the first point, at the second, ... until all are passed).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from ccdialer.ari.connection import Connection
from ccdialer.ari.rest import Rest
from ccdialer.cli import main
from ccdialer.core.commands import OpenAttempt, RecordMiss, RecordRoute
from ccdialer.core.events import CallerArrived
from ccdialer.runtime import daemon

BEGINNINGS = (OpenAttempt, RecordMiss, RecordRoute)


class Fate:
    """Counts the steps, or those in whose names the words are, and ends the process at one."""

    def __init__(self, last: int, words: str = "") -> None:
        self.last = last
        self.words = words
        self.passed = 0
        self.is_begun = False

    def step(self, name: str) -> None:
        if not self.is_begun or self.words not in name:
            return
        self.passed += 1
        if self.passed == self.last:
            print(f"killed at step {self.last}: {name}", file=sys.stderr, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)


def bind(fate: Fate) -> None:
    """Put the steps where the daemon meets the world."""
    carry_out, heard, request = daemon.carry_out, daemon.Daemon._heard, Rest.request

    def carried(database: Any, commands: Any, *rest: Any) -> Any:
        fate.is_begun |= any(isinstance(command, BEGINNINGS) for command in commands)
        kinds = ", ".join(sorted({type(command).__name__ for command in commands}))
        fate.step(f"before the commit of {kinds}")
        events = carry_out(database, commands, *rest)
        fate.step(f"after the commit of {kinds}")
        return events

    def told(self: daemon.Daemon, event: Any) -> None:
        fate.is_begun |= isinstance(event, CallerArrived)  # perhaps before his route is written
        fate.step(f"before the core hears {type(event).__name__}")
        heard(self, event)

    async def asked(self: Rest, wanted: Any) -> Any:
        fate.step(f"before {wanted.method} {wanted.path}")
        reply = await request(self, wanted)
        fate.step(f"after {wanted.method} {wanted.path}")
        return reply

    daemon.carry_out = carried
    daemon.Daemon._heard = told  # type: ignore[method-assign]
    Rest.request = asked  # type: ignore[method-assign]
    Connection.send = _before(Connection.send, fate)  # type: ignore[method-assign]


def _before(send: Callable[..., None], fate: Fate) -> Callable[..., None]:
    def sent(self: Connection, request: Any, on_reply: Any) -> None:
        fate.step(f"before {request.method} {request.path} by websocket")
        send(self, request, on_reply)

    return sent


if __name__ == "__main__":
    bind(Fate(int(sys.argv[1]), *sys.argv[2:]))
    main(["run"])
