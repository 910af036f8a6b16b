"""The daemon under measurement while people call in."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from ccdialer.core.attempt import is_ours
from ccdialer.core.commands import CloseInbound, Command
from ccdialer.core.events import Event
from ccdialer.runtime import daemon, logs
from ccdialer.runtime.daemon import Daemon
from tests.bench import engine
from tests.bench.figures import Job, Watch

_desk = engine.desk


def desk(running: Daemon, watch: Watch) -> Any:
    """An agent's hand on the hang-up key, and a tally of callers who are over."""
    hand = _desk(running, watch)

    def look(fact: Event | None, deeds: list[Command]) -> None:
        for deed in deeds:
            if isinstance(deed, CloseInbound):
                watch.cycle_done()
        hand(fact, deeds)

    return look


def listen(running: Daemon, watch: Watch) -> None:
    """Stamps of callers' channels, which are not of our making."""
    receive = running._switch._receive

    def receive_and_watch(message: dict[str, Any]) -> None:
        channel = message.get("channel")
        if channel is not None and not is_ours(channel["id"]):
            watch.hear(message)
        receive(message)

    running._switch._receive = receive_and_watch  # type: ignore[method-assign]


engine.desk, engine.listen = desk, listen
engine.UNRESOLVED = "SELECT count(*) FROM inbound_call WHERE fate IS NULL OR fate <> 'answered'"


if __name__ == "__main__":
    logs.set_up("warning", "text", is_journal=False)
    sys.setswitchinterval(daemon.SWITCH_INTERVAL_S)
    with asyncio.Runner(loop_factory=daemon._loop_factory()) as loop:
        loop.run(engine.run(Job(**json.loads(sys.argv[1]))))
