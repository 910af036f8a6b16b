"""Reception: what people ask of the daemon over the local socket or from a phone."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

import structlog

import ccdialer
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.board import Seat
from ccdialer.core.commands import Command, HangUp, RecordAgentState
from ccdialer.core.events import (
    CallbacksChanged,
    Event,
    HangUpAsked,
    PauseAsked,
    PhoneCalled,
    ReadyAsked,
    SignInAsked,
    SignOutAsked,
)
from ccdialer.core.snapshot import snapshot
from ccdialer.errors import CcdialerError, NotFound, Refused, StorageUnavailable
from ccdialer.runtime.assignments import Assignments
from ccdialer.runtime.clock import new_id
from ccdialer.runtime.driver import Driver
from ccdialer.runtime.library import Library
from ccdialer.runtime.writer import Writer

log = structlog.get_logger()

ARRIVAL_LIMIT_S = 30.0
LOGIN = "login"
UNSETTLED = (AgentState.SIGNING_IN,)
NO_REASONS: Mapping[int, str] = MappingProxyType({})


class Reception:
    """Turns requests into facts for the core, and answers with what became of them."""

    def __init__(self, driver: Driver, library: Library, writer: Writer) -> None:
        self._driver = driver
        self._library = library
        self._writer = writer
        self._started_at = time.monotonic()
        self.node = ""
        self.asterisk = "not connected yet"
        self.agi: Callable[[], dict[str, Any]] = dict  # figures of the AGI port
        self.crm: Callable[[], dict[str, Any]] = dict  # and of the CRMs
        self.inbound: Callable[[], Awaitable[None]] = _nothing  # calls that come in: read again
        self._visits: set[asyncio.Task[None]] = set()
        self._one_reload = asyncio.Lock()
        self._assignments = Assignments(driver, library, self._seat)

    @property
    def verbs(self) -> dict[str, Callable[..., Awaitable[dict[str, Any]]]]:
        """What the local socket offers."""
        return {
            "status": self.status,
            "login": self.login,
            "logout": self.logout,
            "pause": self.pause,
            "ready": self.ready,
            "hangup": self.hang_up,
            "reload": self.reload,
            "next": self._assignments.next,
            "skip": self._assignments.skip,
            "call": self._assignments.call,
            "result": self._assignments.result,
            "callbacks": self.callbacks,
        }

    async def status(self) -> dict[str, Any]:
        """Everything `ccdialer status` shows."""
        stalled = self._writer.stalled_since
        return {
            "spending": await self._of_storage(self._library.spending),
            "next": await self._of_storage(self._library.next_due),
            "served": await self._of_storage(self._library.served),
            "outbox": await self._of_storage(self._library.outbox),
            "snapshot": asdict(snapshot(self._driver.dialer.board, self._driver.clock.now())),
            "agi": self.agi(),
            "crm": self.crm(),
            "daemon": {
                "node": self.node,
                "version": ccdialer.__version__,
                "pid": os.getpid(),
                "up_s": time.monotonic() - self._started_at,
                "storage_stalled_s": 0.0 if stalled is None else time.monotonic() - stalled,
                "storage_trouble": self._writer.trouble,
                "queue_depth": self._writer.depth,
                "asterisk": self.asterisk,
            },
        }

    async def _of_storage(self, read: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """What a read brings; nothing while the database does not answer."""
        if self._writer.stalled_since is None:
            with suppress(StorageUnavailable):
                return await read()
        return {}

    async def login(self, logins: Iterable[str] = (), all: bool = False) -> dict[str, Any]:
        """Sign agents in; kept-up phones are rung, and the answer waits for them."""
        wanted = await self._wanted(logins, all)
        self._refuse_in_vain([agent for agent in wanted if agent.id not in self._seats])
        departures = _Departures()
        with self._driver.watched(departures.look):
            for agent in wanted:  # who is on duty takes a sign-out back by it
                self._driver.tell(SignInAsked(agent, new_id()))
            await self._settled(wanted)
        return self._told(wanted, departures.reasons)

    def _refuse_in_vain(self, agents: list[Agent]) -> None:
        board = self._driver.dialer.board
        if board.draining and agents:
            raise Refused("the daemon is stopping; sign in when it runs again")
        if not board.connected and any(agent.kept_up for agent in agents):
            raise Refused(f"no phone can be rung while Asterisk is away: {self.asterisk}")

    async def logout(self, logins: Iterable[str] = (), all: bool = False) -> dict[str, Any]:
        """Sign agents out, those in a call after it."""
        wanted = [seat.agent for seat in self._seats.values()]
        if not all:
            wanted = [self._on_duty(agent).agent for agent in await self._wanted(logins, False)]
        for agent in wanted:
            self._driver.tell(SignOutAsked(agent.id))
        return self._told(wanted)

    async def pause(self, login: str, reason: str = "pause") -> dict[str, Any]:
        """Pause an agent, after the call he is in."""
        seat = await self._seat(login)
        self._driver.tell(PauseAsked(seat.agent.id, reason))
        return self._told([seat.agent])

    async def ready(self, login: str) -> dict[str, Any]:
        """End an agent's pause or wrap-up."""
        seat = await self._seat(login)
        self._driver.tell(ReadyAsked(seat.agent.id))
        return self._told([seat.agent])

    async def hang_up(self, login: str) -> dict[str, Any]:
        """End the call an agent is in."""
        seat = await self._seat(login)
        self._driver.tell(HangUpAsked(seat.agent.id))
        return self._told([seat.agent])

    async def reload(self) -> dict[str, Any]:
        """Projects, campaigns, agents, trunks, routes or the emergency stop were edited in the
        database."""
        async with self._one_reload:  # what was read earlier must not be told later
            on_duty = frozenset(self._seats)
            self._driver.tell_all(await self._library.projects())
            self._driver.tell_all(await self._library.site())
            self._driver.tell_all(await self._library.edits(on_duty))
            self._driver.tell_all(await self._library.hours())
            await self.inbound()
        return {}

    async def callbacks(self, moved: bool = False) -> dict[str, Any]:
        """Callbacks were added to the database, or were moved there."""
        self._driver.tell(CallbacksChanged(moved))
        return {}

    def phone_called(self, event: PhoneCalled) -> None:
        """A sign-in by feature code: who sits at that phone stands in the database."""
        visit = asyncio.get_running_loop().create_task(self._sign_in_from(event))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def _sign_in_from(self, event: PhoneCalled) -> None:
        try:
            agent = await self._library.agent_at(event.phone)
        except NotFound:
            self._driver.tell(PhoneCalled(event.leg_id, event.phone, "unknown", ""))
        except Exception as error:
            is_known = isinstance(error, CcdialerError)
            log.error(
                "sign-in by phone failed", phone=event.phone, exc_info=not is_known, why=error
            )
            self._driver.to_switch(HangUp(event.leg_id))
        else:
            self._driver.tell(SignInAsked(agent, new_id(), event.leg_id))

    # --- who is meant ---------------------------------------------------------------------------

    @property
    def _seats(self) -> dict[int, Seat]:
        return self._driver.dialer.board.seats

    async def _wanted(self, logins: Iterable[str], is_all: bool) -> list[Agent]:
        if is_all:
            return await self._library.agents()
        if isinstance(logins, str):
            logins = [logins]
        return [await self._library.agent(str(login)) for login in logins]

    def _on_duty(self, agent: Agent) -> Seat:
        seat = self._seats.get(agent.id)
        if seat is None:
            raise Refused(f'agent "{agent.login}" is not signed in; ccdialer agent login first')
        return seat

    async def _seat(self, login: str) -> Seat:
        return self._on_duty(await self._library.agent(login))

    async def _settled(self, wanted: list[Agent]) -> None:
        """Wait until no phone of theirs is being rung any more."""
        changed = asyncio.Event()
        with self._driver.watched(lambda fact, deeds: changed.set()), suppress(TimeoutError):
            async with asyncio.timeout(ARRIVAL_LIMIT_S):
                while any(self._state(agent) in UNSETTLED for agent in wanted):
                    changed.clear()
                    await changed.wait()

    def _state(self, agent: Agent) -> AgentState:
        seat = self._seats.get(agent.id)
        return AgentState.OFFLINE if seat is None else seat.state

    def _told(
        self, wanted: list[Agent], why_away: Mapping[int, str] = NO_REASONS
    ) -> dict[str, Any]:
        return {"agents": [self._line(agent, why_away.get(agent.id, "")) for agent in wanted]}

    def _line(self, agent: Agent, why_away: str) -> dict[str, str]:
        seat = self._seats.get(agent.id)
        note = why_away if seat is None else seat.reason
        if seat is not None and seat.call is not None and (seat.leave_after or seat.pause_after):
            note = "after this call"
        return {"login": agent.login, "state": str(self._state(agent)), "note": note}


async def _nothing() -> None:
    """Where nobody calls in."""


class _Departures:
    """Why agents left while somebody looked on."""

    def __init__(self) -> None:
        self.reasons: dict[int, str] = {}

    def look(self, fact: Event | None, deeds: list[Command]) -> None:
        for deed in deeds:
            if isinstance(deed, RecordAgentState) and deed.state is AgentState.OFFLINE:
                self.reasons[deed.agent_id] = deed.reason
