"""The daemon under measurement while people call in and it dials: what its AGI sessions take at the
socket, and what its clients wait for their agents. Ends when its input does."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ccdialer.config import load
from ccdialer.core.commands import Command
from ccdialer.core.events import Event, HangUpAsked, LegJoined
from ccdialer.fastagi.session import Session
from ccdialer.runtime import daemon, logs
from ccdialer.runtime.daemon import Daemon
from ccdialer.runtime.lease import Lease
from ccdialer.storage.migrating import open_database
from tests.bench.agi_servers import timed
from tests.bench.engine import until_connected
from tests.bench.figures import _at as stamp_of

TALK_S = (0.5, 1.5)


@dataclass(slots=True)
class Seen:
    """Times in ms, each with the wall's second at which it ended."""

    sessions: list[tuple[float, float]] = field(default_factory=list)
    joins: list[tuple[float, float]] = field(default_factory=list)
    lags: list[tuple[float, float]] = field(default_factory=list)


def listen(engine: Daemon, seen: Seen) -> None:
    """Asterisk's own stamps: from a client's answer to the bridge of his agent."""
    receive = engine._switch._receive
    board = engine._driver.dialer.board
    answered: dict[str, float] = {}

    def receive_and_watch(message: dict[str, Any]) -> None:
        kind, leg = message["type"], (message.get("channel") or {}).get("id", "")
        if kind == "StasisStart" and board.call_of_leg(leg) is not None:
            answered[leg] = stamp_of(message)
        elif kind == "ChannelEnteredBridge" and leg in answered:
            at = stamp_of(message)
            seen.joins.append((at, (at - answered.pop(leg)) * 1000))
        receive(message)

    engine._switch._receive = receive_and_watch  # type: ignore[method-assign]


def desk(engine: Daemon) -> Any:
    """The hand of an agent on the hang-up key."""
    board, dice = engine._driver.dialer.board, random.Random(1)

    def look(fact: Event | None, deeds: list[Command]) -> None:
        if isinstance(fact, LegJoined):
            call = board.call_of_leg(fact.leg_id)
            if call is not None and call.agent_id is not None:
                asked = HangUpAsked(call.agent_id)
                loop = asyncio.get_running_loop()
                loop.call_later(dice.uniform(*TALK_S), engine._driver.tell, asked)

    return look


async def late(seen: Seen) -> None:
    """How late the loop is."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        seen.lags.append((time.time(), (time.perf_counter() - before - 0.005) * 1000))


async def run(path: Path) -> None:
    config = load(path)
    database = open_database(config.database)
    seen = Seen()
    timed(Session, seen.sessions)
    with Lease(database, config.node) as lease:
        engine = Daemon(config, path, database, lease)
        listen(engine, seen)
        with engine._driver.watched(desk(engine)):
            living = asyncio.ensure_future(engine.live())
            await until_connected(engine)
            await engine._reception.login(all=True)
            print("ready", flush=True)
            lateness = asyncio.ensure_future(late(seen))
            await asyncio.to_thread(sys.stdin.read)
            lateness.cancel()
            await engine._reception.logout(all=True)
            os.kill(os.getpid(), signal.SIGTERM)
            await living
    database.close()
    print(json.dumps(asdict(seen)), flush=True)


if __name__ == "__main__":
    logs.set_up("warning", "text", is_journal=False)
    sys.setswitchinterval(daemon.SWITCH_INTERVAL_S)
    with asyncio.Runner(loop_factory=daemon._loop_factory()) as loop:
        loop.run(run(Path(sys.argv[1])))
