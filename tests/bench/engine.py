"""The daemon itself under measurement: its agents hang up as soon as they are joined."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from ccdialer.config import load
from ccdialer.core.commands import CloseAttempt, Command
from ccdialer.core.events import Event, HangUpAsked, LegJoined
from ccdialer.runtime import daemon, logs
from ccdialer.runtime.daemon import Daemon
from ccdialer.runtime.lease import Lease
from ccdialer.storage.migrating import open_database
from tests.bench.figures import Job, Watch, say

UNRESOLVED = """
    SELECT count(*) FROM attempt WHERE answered_at IS NOT NULL
    AND (disposition IS NULL OR disposition NOT IN ('talked', 'abandoned', 'left'))"""


def desk(engine: Daemon, watch: Watch) -> Any:
    """An agent's hand on the hang-up key, and a tally of closed attempts."""
    board = engine._driver.dialer.board

    def look(fact: Event | None, deeds: list[Command]) -> None:
        for deed in deeds:
            if isinstance(deed, CloseAttempt):
                watch.cycle_done()
        if isinstance(fact, LegJoined):
            call = board.call_of_leg(fact.leg_id)
            if call is not None and call.agent_id is not None:
                loop = asyncio.get_running_loop()
                asked = HangUpAsked(call.agent_id)
                loop.call_later(watch.talk_s(), engine._driver.tell, asked)

    return look


def listen(engine: Daemon, watch: Watch) -> None:
    """Let the watch see the stamps that Asterisk puts on its events, clients' legs only."""
    receive = engine._switch._receive
    board = engine._driver.dialer.board

    def receive_and_watch(message: dict[str, Any]) -> None:
        channel = message.get("channel")
        if channel is not None and board.call_of_leg(channel["id"]) is not None:
            watch.hear(message)
        receive(message)

    engine._switch._receive = receive_and_watch  # type: ignore[method-assign]


async def run(job: Job) -> None:
    """One run of the daemon; the figures are its last line."""
    path = Path(job.config)
    config = load(path)
    database = open_database(config.database)
    with Lease(database, config.node) as lease:
        engine = Daemon(config, path, database, lease)
        watch = Watch(job)
        listen(engine, watch)
        with engine._driver.watched(desk(engine, watch)):
            living = asyncio.ensure_future(engine.live())
            await until_connected(engine)
            await engine._reception.login(all=True)
            watch.started = asyncio.get_running_loop().time()
            while not watch.is_over():
                watch.is_measuring()
                await asyncio.sleep(0.1)
            figures = watch.figures()
            await engine._reception.logout(all=True)
            os.kill(os.getpid(), signal.SIGTERM)
            await living
        ((figures.unresolved,),) = database.rows(UNRESOLVED)
    database.close()
    say(figures)


async def until_connected(engine: Daemon) -> None:
    found = asyncio.Event()

    def look(fact: Event | None, deeds: list[Command]) -> None:
        if engine._driver.dialer.board.connected:
            found.set()

    with engine._driver.watched(look):
        await found.wait()


if __name__ == "__main__":
    logs.set_up("warning", "text", is_journal=False)
    sys.setswitchinterval(daemon.SWITCH_INTERVAL_S)
    with asyncio.Runner(loop_factory=daemon._loop_factory()) as loop:
        loop.run(run(Job(**json.loads(sys.argv[1]))))
