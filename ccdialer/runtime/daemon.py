"""The daemon: opens the database, finds Asterisk, runs until it is told to stop, and drains."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import structlog

from ccdialer.ari import AriSettings, Census, Hooks, Switch
from ccdialer.config import Config, load
from ccdialer.core.board import FloorRules
from ccdialer.core.commands import StorageCommand
from ccdialer.core.dialer import Dialer
from ccdialer.core.events import DrainAsked, Event, PhoneCalled, SwitchFound, SwitchLost
from ccdialer.errors import ConfigError, StorageUnavailable, SwitchUnreachable
from ccdialer.runtime import jobs, logs
from ccdialer.runtime.clock import Clock, new_id
from ccdialer.runtime.control import Control
from ccdialer.runtime.driver import Driver
from ccdialer.runtime.library import Library
from ccdialer.runtime.notify import notify, watchdog_interval_s
from ccdialer.runtime.reception import LOGIN, Reception
from ccdialer.runtime.writer import CarryOut, Writer
from ccdialer.storage.carrying import carry_out
from ccdialer.storage.database import Database
from ccdialer.storage.locks import NodeLock, lock_node
from ccdialer.storage.migrating import open_database
from ccdialer.storage.recovery import open_attempts_of, sessions_of
from ccdialer.storage.tasks import release_reserved

log = structlog.get_logger()

STATUS_EVERY_S = 5.0
LOCK_EVERY_S = 10.0
LOOK_EVERY_S = 0.1
FLUSH_S = 30.0
SWITCH_INTERVAL_S = 0.0005
"""The writing thread gives way to the event loop within this; Python's own 5 ms would be felt in
the time from answer to agent."""


def run(config: Config, config_path: Path) -> None:
    """`ccdialer run`: until SIGTERM or SIGINT. Raises CcdialerError for what an admin can mend."""
    logs.set_up(config.log.level, config.log.format, is_journal="JOURNAL_STREAM" in os.environ)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    database = open_database(config.database)
    try:
        with (
            lock_node(database, config.node) as lock,
            asyncio.Runner(loop_factory=_loop_factory()) as runner,
        ):
            runner.run(_live(config, config_path, database, lock))
    finally:
        database.close()


async def _live(config: Config, config_path: Path, database: Database, lock: NodeLock) -> None:
    await Daemon(config, config_path, database, lock).live()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed (pip install 'ccdialer[fast]')."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def floor_rules(config: Config) -> FloorRules:
    """The site's decisions about agents, as the core takes them."""
    agents = config.agents
    return FloorRules(
        agent_ring_s=agents.ring_timeout_s,
        max_missed=agents.max_missed,
        max_session_s=agents.max_session_s,
        pause_reasons={str(digit): reason for digit, reason in agents.pause_reasons.items()},
    )


def ari_settings(config: Config) -> AriSettings:
    """How Asterisk is reached, as the room wants it told."""
    ari = config.ari
    host, _, port = ari.listen.rpartition(":")
    return AriSettings(
        url=ari.url,
        username=ari.username,
        password=ari.password,
        app=ari.app,
        connect=ari.connect,
        listen_host=host.strip("[]"),
        listen_port=int(port),
    )


class Daemon:
    """One life of the daemon, from an open database to the last call's end."""

    def __init__(
        self, config: Config, config_path: Path, database: Database, lock: NodeLock
    ) -> None:
        self._config = config
        self._config_path = config_path
        self._database = database
        self._lock = lock
        self._clock = Clock()
        self._driver = Driver(Dialer(new_id, floor_rules(config)), self._clock)
        self._library = Library(database)
        self._writer = Writer(self._carry_out(), self._deliver)
        self._reception = Reception(self._driver, self._library, self._writer)
        self._reception.node = config.node
        self._control = Control(Path(config.socket), self._reception.verbs)
        hooks = Hooks(self._heard, self._found, self._lost, self._trouble)
        self._switch = Switch(ari_settings(config), hooks)
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def live(self) -> None:
        """Start, run until asked to stop, drain, end."""
        self._loop = asyncio.get_running_loop()
        await self._recover()
        self._writer.start()
        self._driver.to_storage = self._writer.submit
        self._driver.to_switch = self._switch.perform
        await self._control.start()
        await self._switch.start()
        self._mind_signals()
        scheduler = jobs.schedule(self._jobs())
        notify("READY=1")
        log.info("ccdialer runs", node=self._config.node, database=self._database.shown)
        await self._stopping.wait()
        await self._drain()
        scheduler.shutdown(wait=False)
        await self._end()

    def _carry_out(self) -> CarryOut:
        node, to_wall = self._config.node, self._clock.to_wall
        return lambda commands: carry_out(self._database, commands, node, to_wall)

    # --- start ----------------------------------------------------------------------------------

    async def _recover(self) -> None:
        """What an earlier run left: its hopper goes back, its calls and agents are believed to
        live until Asterisk has been asked."""
        node = self._config.node
        released = await self._library.read(release_reserved, node)
        self._driver.tell_all(await self._library.campaigns())
        sessions = await self._library.read(sessions_of, node)
        attempts = await self._library.read(open_attempts_of, node)
        held: list[StorageCommand] = []
        self._driver.to_storage = held.append
        self._driver.tell_all([*sessions, *attempts])
        for command in held:
            self._writer.submit(command)
        if released or attempts or sessions:
            log.info(
                "an earlier run left work",
                attempts=len(attempts),
                agents=len(sessions),
                tasks_released=released,
            )

    # --- from Asterisk --------------------------------------------------------------------------

    def _heard(self, event: Event) -> None:
        if isinstance(event, PhoneCalled) and event.feature == LOGIN:
            self._reception.phone_called(event)
        else:
            self._driver.tell(event)

    def _found(self, census: Census) -> None:
        self._reception.asterisk = "connected"
        log.info("Asterisk found", version=census.version, legs=len(census.legs))
        bridges = tuple(bridge.bridge_id for bridge in census.bridges)
        self._driver.tell(SwitchFound(census.legs, bridges))

    def _lost(self, reason: str) -> None:
        self._reception.asterisk = f"lost: {reason}"
        log.warning("Asterisk lost, no new calls until it is back", reason=reason)
        self._driver.tell(SwitchLost())

    def _trouble(self, error: SwitchUnreachable) -> None:
        self._reception.asterisk = str(error)
        log.error("Asterisk cannot be reached", trouble=str(error))

    # --- from storage ---------------------------------------------------------------------------

    def _deliver(self, events: list[Event]) -> None:
        """Called in the writing thread."""
        if events and self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nobody is there to dial
                self._loop.call_soon_threadsafe(self._driver.tell_all, events)

    # --- by the clock ---------------------------------------------------------------------------

    def _jobs(self) -> dict[str, tuple[float, Callable[[], Awaitable[None]]]]:
        wanted: dict[str, tuple[float, Callable[[], Awaitable[None]]]] = {
            "status": (STATUS_EVERY_S, self._tell_systemd),
            "edits": (self._config.daemon.reload_every_s, self._look_for_edits),
            "lock": (LOCK_EVERY_S, self._mind_lock),
        }
        watchdog_s = watchdog_interval_s()
        if watchdog_s is not None:
            wanted["watchdog"] = (watchdog_s, self._feed_watchdog)
        return wanted

    async def _feed_watchdog(self) -> None:
        notify("WATCHDOG=1")

    async def _tell_systemd(self) -> None:
        board = self._driver.dialer.board
        asterisk = "" if board.connected else f"; Asterisk {self._reception.asterisk}"
        notify(f"STATUS={len(board.calls)} calls, {len(board.seats)} agents{asterisk}")

    async def _look_for_edits(self) -> None:
        try:
            await self._reception.reload()
        except StorageUnavailable as error:
            log.warning("edits not seen", trouble=str(error))

    async def _mind_lock(self) -> None:
        """PostgreSQL was restarted: take the lock again, or leave the field to who has it."""
        if await self._library.read(lambda database: self._lock.held()):
            return
        try:
            self._lock = await self._library.read(lock_node, self._config.node)
        except StorageUnavailable as error:
            log.error("the node lock is lost", trouble=str(error))
            if "another daemon" in str(error):
                self._stopping.set()

    # --- signals --------------------------------------------------------------------------------

    def _mind_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload)

    def _reload(self) -> None:
        notify("RELOADING=1")
        try:
            fresh = load(self._config_path)
        except ConfigError as error:
            log.error("config.yaml has faults, the running configuration stays", faults=str(error))
        else:
            logs.set_up(fresh.log.level, fresh.log.format, "JOURNAL_STREAM" in os.environ)
            self._driver.dialer.board.rules = floor_rules(fresh)
            log.info("configuration read again; sockets, database and Asterisk need a restart")
        self._reloading = asyncio.ensure_future(self._look_for_edits())
        notify("READY=1")

    # --- the end --------------------------------------------------------------------------------

    async def _drain(self) -> None:
        """No new calls; live ones may end by themselves within the limit. A second signal does
        not wait. Agents stay signed in: their phones are found again by the next run."""
        limit_s = self._config.daemon.drain_s
        board = self._driver.dialer.board
        notify("STOPPING=1")
        log.info("stopping", calls=len(board.calls), limit_s=limit_s)
        self._stopping.clear()
        self._driver.tell(DrainAsked(limit_s))
        until = self._clock.now() + limit_s + board.rules.hang_up_grace_s + 1
        while board.calls and board.connected and self._clock.now() < until:
            if self._stopping.is_set():
                break
            await asyncio.sleep(LOOK_EVERY_S)

    async def _end(self) -> None:
        self._driver.stop()
        await self._control.close()
        await self._switch.close()
        flushed = await asyncio.to_thread(self._writer.close, FLUSH_S)
        if not flushed:
            log.error("storage did not take everything", commands=self._writer.depth)
        self._library.close()
        log.info("stopped")
