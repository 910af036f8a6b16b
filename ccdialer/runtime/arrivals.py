"""Arrivals: a caller whom the dialplan has sent into a queue is told to the core as soon as it is
known who he is: by the route a script has found for him, else by what we have had to do with his
number. A slow database does not hold him up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from ccdialer.ari.census import Census
from ccdialer.core.agent import Agent
from ccdialer.core.board import Run
from ccdialer.core.caller_id import clean, did_of, number_of
from ccdialer.core.card import LOGIN
from ccdialer.core.commands import CloseForgotten
from ccdialer.core.events import CallerArrived, CallerQueued, Event, LegEnded
from ccdialer.core.facts import Past
from ccdialer.core.phone import mask
from ccdialer.core.queue import Caller, QueueStatus
from ccdialer.core.queue_names import queue_meant, queue_names
from ccdialer.core.routing import Decision
from ccdialer.core.sending_back import answer
from ccdialer.runtime.clock import new_id
from ccdialer.runtime.driver import Driver

log = structlog.get_logger()

LONGEST_NAME = 80


class Route(Protocol):
    """What a script has found for a call."""

    @property
    def decision(self) -> Decision: ...
    @property
    def owner(self) -> Agent | None: ...
    @property
    def owner_wait_s(self) -> float: ...
    @property
    def may_be_called(self) -> bool: ...
    @property
    def news(self) -> str: ...


class Directory(Protocol):
    """Who knows about callers."""

    def route_of(self, call_id: str) -> Route | None:
        """The route of the call of that id, if one was found a while ago; at once."""

    async def past_soon(self, number: str, project_id: int) -> Past | None:
        """What we have had to do with a number; None: nobody could tell in time."""

    def agent_of(self, login: str) -> Agent | None:
        """Who has that login; at once."""


@dataclass(frozen=True, slots=True)
class _Guest:
    """A caller and the queue he has come into."""

    run: Run
    caller: Caller


class Arrivals:
    """Between Asterisk, which knows a channel, and the core, which wants a caller."""

    def __init__(self, driver: Driver, directory: Directory, region: str) -> None:
        self._driver = driver
        self._directory = directory
        self._region = region
        self._coming: dict[str, asyncio.Task[None]] = {}  # by leg, who is being looked up

    def found(self, census: Census, ending: Container[str]) -> None:
        """Callers who are in Asterisk now, before the core is told of its legs: whom nobody knows
        has come while we were away, unless his end was asked for. Who is in a bridge talks with
        an agent, whom nobody else may be given: he is not looked up first."""
        known = self._driver.dialer.board.legs
        talking = {leg.leg_id for leg in census.legs if leg.bridge_id is not None}
        for event in census.callers:
            if event.leg_id not in known and event.leg_id not in ending:
                self.arrived(event, is_looked_up=event.leg_id not in talking)

    def forgotten(self, census: Census) -> None:
        """Whose call was routed and whose channel was not among the living has gone, and nobody
        was told how."""
        before = self._driver.clock.at(census.counted_at)
        self._driver.to_storage(CloseForgotten(census.living, before))

    def hear(self, event: Event) -> bool:
        """Whether the event is ours to hear: a caller comes, or one who is being looked up goes.
        His end is told behind his coming, or he would wait for ever."""
        if isinstance(event, CallerArrived):
            self.arrived(event)
        elif isinstance(event, LegEnded) and event.leg_id in self._coming:
            self._coming[event.leg_id].add_done_callback(lambda _: self._driver.tell(event))
        else:
            return False
        return True

    def arrived(self, event: CallerArrived, is_looked_up: bool = True) -> None:
        """Take him in, at once if his route is known or nothing can be."""
        if event.leg_id in self._coming:
            return
        route = self._directory.route_of(event.call_id) if event.call_id else None
        run = self._queue(event.queue, "" if route is None else route.decision.did.project)
        caller = self._caller(event)
        if run is None:
            log.warning("no such queue", queue=clean(event.queue, LONGEST_NAME), did=caller.did)
            self._driver.to_switch(answer(caller, QueueStatus.UNKNOWN))
            return
        guest = _Guest(run, caller)
        if route is not None:
            self._tell(guest.run, _routed(guest, route))
        elif not (caller.number and is_looked_up):
            self._tell(run, caller)
        else:
            task = asyncio.get_running_loop().create_task(self._look_up(guest))
            self._coming[event.leg_id] = task
            task.add_done_callback(lambda _: self._coming.pop(event.leg_id, None))

    async def _look_up(self, guest: _Guest) -> None:
        caller, run = guest.caller, guest.run
        try:
            past = await self._directory.past_soon(caller.number, run.campaign.project_id)
            caller = self._remembered(guest, past)
        except Exception:  # he is a caller all the same
            log.exception("a caller's past was not read", number=mask(caller.number))
        self._tell(run, caller)

    def _remembered(self, guest: _Guest, past: Past | None) -> Caller:
        """His callback's agent, else who tried to reach him, else who talked with him last."""
        if past is None:
            return guest.caller
        logins = (past.callback_of, past.tried_by, past.last_agent)
        login = next((login for login in logins if login), "").removeprefix(LOGIN)
        owner = self._directory.agent_of(login) if login else None
        wait_s = guest.run.campaign.settings.queue.owner_first_s
        return replace(
            guest.caller,
            owner_id=owner.id if owner else None,
            owner_wait_s=wait_s if owner else 0.0,
            may_be_called=not past.is_listed,
            news=past.news,
        )

    def _tell(self, run: Run, caller: Caller) -> None:
        log.info(
            "caller queued",
            queue=run.campaign.name,
            call=caller.call_id,
            number=mask(caller.number) if caller.number else "hidden",
            did=caller.did,
        )
        self._driver.tell(CallerQueued(run.campaign.id, caller))

    def _caller(self, event: CallerArrived) -> Caller:
        return Caller(
            call_id=event.call_id or new_id(),
            leg_id=event.leg_id,
            number=number_of(event.number, self._region),
            name=clean(event.name, LONGEST_NAME),
            did=did_of(event.did, self._region),
        )

    def _queue(self, name: str, project: str) -> Run | None:
        """The one that is meant; `project` is that of the number he has called, where it is
        known."""
        queues = queue_names(self._driver.dialer.board)
        place = queue_meant(name, project, queues)
        return None if place is None else queues[place]

    async def close(self) -> None:
        """Nobody is looked up any more."""
        tasks = list(self._coming.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _routed(guest: _Guest, route: Route) -> Caller:
    """As his route wants it; where it names no wait, the queue does."""
    decision = route.decision
    return replace(
        guest.caller,
        owner_id=route.owner.id if route.owner else None,
        owner_wait_s=route.owner_wait_s,
        groups=decision.groups,
        priority=decision.priority,
        may_be_called=route.may_be_called,
        news=route.news,
    )
