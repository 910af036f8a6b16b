"""The daemon: opens the database, finds Asterisk, runs until it is told to stop, and drains."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import structlog

from ccdialer.ari import Census, Hooks, Switch
from ccdialer.config import Config, LogLevel
from ccdialer.core.attempt import CallState
from ccdialer.core.commands import StorageCommand
from ccdialer.core.dialer import Dialer
from ccdialer.core.events import (
    DrainAsked,
    Event,
    PhoneCalled,
    RecordingEnded,
    RecordingFailed,
    SwitchFound,
    SwitchLost,
)
from ccdialer.errors import StorageUnavailable, SwitchUnreachable
from ccdialer.runtime import logs
from ccdialer.runtime.announcing import Announcing
from ccdialer.runtime.clock import Clock, new_id
from ccdialer.runtime.control import Control
from ccdialer.runtime.diary import Diary
from ccdialer.runtime.driver import Driver
from ccdialer.runtime.inbound import Inbound
from ccdialer.runtime.jobs import Housekeeping, Jobs
from ccdialer.runtime.keeping import Keeping
from ccdialer.runtime.kept_calls import KEPT_EVERY_S
from ccdialer.runtime.lease import Lease
from ccdialer.runtime.library import Library
from ccdialer.runtime.notify import notify, watchdog_interval_s
from ccdialer.runtime.receivers import delivery_of, retell, wishes_of
from ccdialer.runtime.reception import LOGIN, Reception
from ccdialer.runtime.reloading import Reloading, changed
from ccdialer.runtime.retention import TEND_EVERY_S, Retention
from ccdialer.runtime.settings import ari_settings, floor_rules
from ccdialer.runtime.trunk_watch import TrunkWatch
from ccdialer.runtime.writer import Writer
from ccdialer.storage.carrying import carry_out
from ccdialer.storage.database import Database
from ccdialer.storage.inbound import callers_of
from ccdialer.storage.locks import NodeTaken
from ccdialer.storage.migrating import open_database
from ccdialer.storage.recovery import open_attempts_of, sessions_of
from ccdialer.storage.tasks import release_reserved

log = structlog.get_logger()

EDITS, WATCHDOG = "edits", "watchdog"
STATUS_EVERY_S = 5.0
LEASE_EVERY_S = 10.0
TRUNKS_EVERY_S = 5.0
SAVE_EVERY_S = 60.0
PRUNE_EVERY_S = 3600.0
SPEAK_EVERY_S = 2.0
LOOK_EVERY_S = 0.1
BLIND_S = 3.0
"""A drain goes on so long without Asterisk: a cut socket is mended by then, and calls whose end
nobody sees are settled by the next run."""
LAST_DEEDS_S = 2.0
FLUSH_S = 30.0
SLOW = "the database is slow"
UNWRITTEN = "the last results are not written, and the next run settles those calls"
SWITCH_INTERVAL_S = 0.0005
"""The writing thread gives way to the event loop within this; Python's own 5 ms would be felt in
the time from answer to agent."""

GC_THRESHOLDS = (10_000, 20, 50)
"""What is loaded stays; to look through it for garbage again and again stops every call at once."""


def run(config: Config, config_path: Path) -> None:
    """`ccdialer run`: until SIGTERM or SIGINT. Raises CcdialerError for what an admin can mend."""
    logs.set_up(config.log.level, config.log.format, logs.is_journal())
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with (
        open_database(config.database, config.numbers.region) as database,
        Lease(database, config.node) as lease,
        asyncio.Runner(loop_factory=_loop_factory()) as runner,
    ):
        database.wishes = wishes_of(config)
        runner.run(_live(config, config_path, database, lease))


async def _live(config: Config, config_path: Path, database: Database, lease: Lease) -> None:
    await Daemon(config, config_path, database, lease).live()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed (pip install 'ccdialer[fast]')."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


class Daemon:
    """One life of the daemon, from an open database to the last call's end."""

    def __init__(self, config: Config, config_path: Path, database: Database, lease: Lease) -> None:
        self._config = config
        self._database = database
        self._lease = lease
        self._clock = Clock()
        self._driver = Driver(Dialer(new_id, floor_rules(config)), self._clock)
        self._diary = Diary(self._driver.dialer.board)
        self._keeping = Keeping(self._driver)
        self._library = Library(database, self._clock)
        self._announcing = Announcing(config.speech)
        self._library.heard = self._announcing.heard
        self._writer = Writer(self._carry_out, self._deliver)
        self._reception = Reception(self._driver, self._library, self._writer)
        self._reception.node = config.node
        self._inbound = Inbound(config, database, self._driver, self._writer.submit)
        self._reception.agi = self._inbound.figures
        self._reception.crm = self._inbound.crm_figures
        self._reception.inbound = self._inbound.look
        self._control = Control(Path(config.socket), self._reception.verbs)
        hooks = Hooks(self._heard, self._found, self._lost, self._trouble)
        self._switch = Switch(ari_settings(config), hooks)
        self._inbound.kept.keeper = self._switch
        self._retention = Retention(self._library, self._driver, self._switch.delete)
        self._retention.take(config)
        self._trunks = TrunkWatch(self._driver, self._switch.endpoints)
        self._delivery = delivery_of(config, database)
        self._stopping = asyncio.Event()
        self._is_ending = False
        self._usurper: NodeTaken | None = None  # another daemon has our name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reloading = Reloading(config_path, self._take, self._look_for_edits)
        self._housekeeping = Housekeeping()

    async def live(self) -> None:
        """Start, run until asked to stop, drain, end. Raises StorageUnavailable if another daemon
        has taken the name, or if the last results could not be written."""
        self._loop = asyncio.get_running_loop()
        self._mind_signals()
        self._diary.keep(_is_talkative(self._config))
        with self._driver.watched(self._diary.look), self._driver.watched(self._keeping.look):
            try:
                await self._start()
                await self._stopping.wait()
                await self._drain()
            finally:
                is_flushed = await self._end()
        if self._usurper is not None:
            raise self._usurper
        if not is_flushed:
            raise StorageUnavailable(f"{self._writer.trouble or SLOW}; {UNWRITTEN}")

    # --- start ----------------------------------------------------------------------------------

    async def _start(self) -> None:
        await self._recover()
        self._writer.start()
        await asyncio.to_thread(self._delivery.start)
        self._driver.to_storage = self._writer.submit
        self._driver.to_switch = self._switch.perform
        await self._control.start()
        await self._switch.start()
        await self._inbound.start()
        self._housekeeping.start(self._jobs())
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
        notify("READY=1")
        await self._tell_systemd()
        log.info("ccdialer runs", node=self._config.node, database=self._database.shown)

    async def _recover(self) -> None:
        """What an earlier run left: its hopper goes back, its calls and agents are believed to
        live until Asterisk has been asked."""
        node = self._config.node
        released = await self._library.read(release_reserved, node)
        self._driver.tell_all(await self._library.projects())
        self._driver.tell_all(await self._library.site())
        self._driver.tell_all(await self._library.campaigns())
        self._driver.tell_all(await self._library.hours())
        sessions = await self._library.read(sessions_of, node)
        attempts = await self._library.read(open_attempts_of, node)
        held: list[StorageCommand] = []
        self._driver.to_storage = held.append
        callers = await self._library.read(callers_of, node)
        self._driver.tell_all([*sessions, *attempts, *callers])
        for command in held:
            self._writer.submit(command)
        if released or attempts or sessions or callers:
            log.info(
                "an earlier run left work",
                attempts=len(attempts),
                callers=len(callers),
                agents=len(sessions),
                tasks_released=released,
            )

    # --- from Asterisk --------------------------------------------------------------------------

    def _heard(self, event: Event) -> None:
        if isinstance(event, PhoneCalled) and event.feature == LOGIN:
            self._reception.phone_called(event)
        elif isinstance(event, RecordingEnded | RecordingFailed):
            self._retention.hear(event)
        elif not self._inbound.arrivals.hear(event):
            self._driver.tell(event)

    def _found(self, census: Census) -> None:
        self._reception.asterisk = "connected"
        log.info("Asterisk found", version=census.version, legs=len(census.legs))
        bridges = tuple(bridge.bridge_id for bridge in census.bridges)
        ending = set(self._driver.dialer.board.farewells.values())
        self._inbound.found(census, ending)
        self._driver.tell(SwitchFound(census.legs, bridges))
        self._trunks.look_soon()

    def _lost(self, reason: str) -> None:
        if self._is_ending:
            return  # it is we who leave; what is still to be told is the next run's
        self._reception.asterisk = f"lost: {reason}"
        log.warning("Asterisk lost, no new calls until it is back", reason=reason)
        self._driver.tell(SwitchLost())

    def _trouble(self, error: SwitchUnreachable) -> None:
        self._reception.asterisk = str(error)
        log.error("Asterisk cannot be reached", trouble=str(error))

    # --- to and from storage, in the writing thread ----------------------------------------------

    def _carry_out(self, commands: Sequence[StorageCommand]) -> list[Event]:
        if self._writer.stalled_since is not None:
            self._lease.renew()  # while the database was away, another may have taken the name
        return carry_out(self._database, commands, self._config.node, self._clock.to_wall)

    def _deliver(self, events: list[Event]) -> None:
        if events and self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nobody is there to dial
                self._loop.call_soon_threadsafe(self._driver.tell_all, events)

    # --- by the clock ---------------------------------------------------------------------------

    def _jobs(self) -> Jobs:
        wanted: Jobs = {
            "status": (STATUS_EVERY_S, self._tell_systemd),
            EDITS: (self._config.daemon.reload_every_s, self._look_for_edits),
            "lease": (LEASE_EVERY_S, self._mind_lease),
            "trunks": (TRUNKS_EVERY_S, self._trunks.look),
            "memory": (SAVE_EVERY_S, self._save_memory),
            "prune": (PRUNE_EVERY_S, self._prune),
            "speech": (SPEAK_EVERY_S, self._speak),
            "recordings": (TEND_EVERY_S, self._retention.tend),
            "outbox": (TEND_EVERY_S, self._tend_outbox),
            "kept calls": (KEPT_EVERY_S, self._inbound.kept.look),
        }
        watchdog_s = watchdog_interval_s()
        if watchdog_s is not None:
            wanted[WATCHDOG] = (watchdog_s, self._feed_watchdog)
        return wanted

    async def _feed_watchdog(self) -> None:
        notify("WATCHDOG=1")

    async def _tell_systemd(self) -> None:
        board = self._driver.dialer.board
        asterisk = "" if board.connected else f"; Asterisk: {self._reception.asterisk}"
        notify(f"STATUS={len(board.calls)} calls, {len(board.seats)} agents{asterisk}")

    async def _look_for_edits(self) -> None:
        if self._writer.stalled_since is not None:
            return  # storage would count without what waits to be written
        try:
            await self._reception.reload()
        except StorageUnavailable as error:
            log.warning("edits not seen", trouble=str(error))

    async def _mind_lease(self) -> None:
        """PostgreSQL was restarted: take the name again, or leave the field to who has it."""
        try:
            await self._library.read(lambda database: self._lease.renew())
        except NodeTaken as error:
            self._usurper = error
            self._stopping.set()
        except StorageUnavailable as error:
            log.error("the node's name is lost with the database", trouble=str(error))

    async def _save_memory(self) -> None:
        self._keeping.save()
        await self._inbound.save()

    async def _prune(self) -> None:
        self._keeping.prune()

    async def _speak(self) -> None:
        await self._announcing.prepare(self._look_for_edits)

    async def _tend_outbox(self) -> None:
        await asyncio.to_thread(self._delivery.tend)

    # --- signals --------------------------------------------------------------------------------

    def _mind_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._hung_up)

    def _hung_up(self) -> None:
        if not self._is_ending:
            self._reloading.begin()

    async def _take(self, fresh: Config) -> None:
        self._config = changed(self._config, fresh)
        logs.set_up(fresh.log.level, fresh.log.format, logs.is_journal())
        self._diary.keep(_is_talkative(fresh))
        self._driver.dialer.board.rules = floor_rules(fresh)
        self._retention.take(self._config)
        self._housekeeping.change(EDITS, fresh.daemon.reload_every_s)
        await self._inbound.reload(self._config)
        await asyncio.to_thread(retell, self._delivery, self._database, self._config)

    # --- the end --------------------------------------------------------------------------------

    async def _drain(self) -> None:
        """No new calls; live ones may end by themselves within the limit. A second signal does
        not wait. Agents stay signed in: their phones are found again by the next run."""
        notify("STOPPING=1")
        if self._usurper is not None:
            log.error("another daemon has our name: the calls are its own now")
            return
        self._keeping.save()  # the drain may be cut short
        limit_s = self._config.daemon.drain_s
        board = self._driver.dialer.board
        log.info("stopping", calls=len(board.calls), limit_s=limit_s)
        self._stopping.clear()
        self._driver.tell(DrainAsked(limit_s))
        until = self._clock.now() + limit_s + board.rules.hang_up_grace_s + 1
        seen_at = self._clock.now()
        while self._is_something_live() and not self._stopping.is_set():
            now = self._clock.now()
            seen_at = now if board.connected else seen_at
            if now > until or now - seen_at > BLIND_S:
                break
            await asyncio.sleep(LOOK_EVERY_S)

    def _is_something_live(self) -> bool:
        """A call whose attempt a stalled database does not commit is none."""
        calls = self._driver.dialer.board.calls.values()
        is_stalled = self._writer.stalled_since is not None
        return any(not (is_stalled and call.state is CallState.OPENING) for call in calls)

    async def _end(self) -> bool:
        """Leave Asterisk, write what is known; False if the database did not take it all. systemd
        hears that we live until the last line."""
        self._is_ending = True
        self._housekeeping.leave_only(WATCHDOG)
        self._driver.stop()
        await self._control.close()
        await self._inbound.close()
        await self._last_deeds()
        await self._switch.close()
        if self._usurper is None:
            self._keeping.finish()
        limit_s = FLUSH_S if self._usurper is None else 0.0
        is_flushed = await asyncio.to_thread(self._writer.close, limit_s)
        await asyncio.to_thread(self._delivery.close)
        self._library.close()
        self._housekeeping.end()
        log.info("stopped")
        return is_flushed

    async def _last_deeds(self) -> None:
        """What was asked of Asterisk a moment ago, such as the end of a leg, is still done."""
        until = self._clock.now() + LAST_DEEDS_S
        while self._switch.in_flight:
            if self._clock.now() > until:
                break
            await asyncio.sleep(LOOK_EVERY_S)


def _is_talkative(config: Config) -> bool:
    """Whether lines of level info are logged."""
    return config.log.level in (LogLevel.DEBUG, LogLevel.INFO)
