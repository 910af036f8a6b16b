"""Assignments: what agents ask about contacts over the local socket, and the results they give."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from ccdialer.core import contacts, results
from ccdialer.core.agent import AgentState
from ccdialer.core.board import Board, Run, Seat
from ccdialer.core.commands import Command
from ccdialer.core.events import (
    AttemptOpened,
    AttemptRefused,
    CallAsked,
    ContactAsked,
    Event,
    ResultGiven,
    SkipAsked,
)
from ccdialer.core.result import Given, Result, fault
from ccdialer.core.task import Task, next_number
from ccdialer.errors import NotFound, Refused
from ccdialer.runtime.driver import Driver
from ccdialer.runtime.library import Library
from ccdialer.schema import nearest
from ccdialer.storage.contacts import show_contact

STORAGE_LIMIT_S = 10.0
BUSY = {
    AgentState.SIGNING_IN: "is signing in; wait until his phone is up",
    AgentState.RESERVED: "is being joined with a client",
    AgentState.TALKING: "talks with a client",
    AgentState.PAUSED: "is paused; ccdialer agent ready {login} first",
}
FIELDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("result", "kind", "reason", "comment"), (str,)),
    **{"quick": (int,), "minutes": (int,), "at": (int, float)},
}
SLOW = "the database has not answered in time; ccdialer status tells why"


class Assignments:
    """Turns the requests into facts for the core, and answers with what became of them."""

    def __init__(
        self, driver: Driver, library: Library, on_duty: Callable[[str], Awaitable[Seat]]
    ) -> None:
        """`on_duty` finds an agent by his login, or raises NotFound or Refused."""
        self._driver = driver
        self._library = library
        self._on_duty = on_duty

    @property
    def _board(self) -> Board:
        return self._driver.dialer.board

    async def next(self, login: str, campaign: str | None = None) -> dict[str, Any]:
        """The agent's next contact, his alone from now on; who reads one is told of it again.
        Raises Refused if none is due."""
        seat = await self._on_duty(login)
        if seat.state is not AgentState.READING:
            campaign_id = None if campaign is None else self._assignment(seat, campaign)
            self._refuse_in_vain(seat)
            self._driver.tell(ContactAsked(seat.agent.id, campaign_id))
        await self._until(lambda: seat.contact or seat.state is not AgentState.READING)
        if seat.contact is None or seat.run is None:
            raise Refused(
                f'no contact is due for "{login}"; ccdialer campaign show NAME tells when one is'
            )
        return {"contact": await self._told(seat.contact, seat.run)}

    def _assignment(self, seat: Seat, name: str) -> int:
        runs = contacts.assignments(self._board, seat)
        found = [run.campaign.id for run in runs if run.campaign.name == name]
        if not found:
            known = nearest(name, [run.campaign.name for run in runs] or ["none"])
            raise NotFound(f'"{seat.agent.login}" has no active assignment "{name}"; {known}')
        return found[0]

    def _refuse_in_vain(self, seat: Seat) -> None:
        login = seat.agent.login
        if self._board.draining:
            raise Refused("the daemon is stopping; ask when it runs again")
        self._refuse_while_stopped()
        if seat.state in BUSY:
            raise Refused(f'agent "{login}" {BUSY[seat.state].format(login=login)}')
        if seat.pause_after is not None:
            raise Refused(f'agent "{login}" is about to pause; ccdialer agent ready {login} first')
        if seat.kept_for is not None:
            name = seat.kept_for.campaign.name
            raise Refused(f'a client of campaign "{name}" is being rung for "{login}"')
        if not contacts.assignments(self._board, seat):
            raise Refused(
                f'agent "{login}" has no active assignment: a campaign of mode preview in one of '
                "his projects, started, and from its date on; see: ccdialer campaign list"
            )

    def _refuse_while_stopped(self) -> None:
        if self._board.stopped is not None:
            raise Refused(f"nothing is dialed: {self._board.stopped}; see: ccdialer resume-all")

    async def _told(self, task: Task, run: Run) -> dict[str, Any]:
        """The contact as the agent reads it."""
        shown = await self._library.read(show_contact, task.id)
        settings = run.campaign.settings
        return {
            "task": task.id,
            "campaign": run.campaign.name,
            "description": settings.description,
            "script": settings.script,
            "numbers": list(task.numbers),
            "next_number": next_number(task),
            "details": json.loads(shown["details"]),
            "result": shown["result"],
            "history": shown["history"],
            "tries": [_try(row) for row in shown["tries"]],
            "reading_s": settings.reading_s,
            "success_kinds": settings.success_kinds,
            "refusal_reasons": settings.refusal_reasons,
            "comment_variants": settings.comment_variants,
        }

    async def skip(self, login: str) -> dict[str, Any]:
        """Leave the contact for later, behind all that are due."""
        seat, contact = await self._reading(login)
        self._driver.tell(SkipAsked(seat.agent.id))
        return {"task": contact.id}

    async def call(self, login: str, number: str = "") -> dict[str, Any]:
        """Ring the agent's phone, then the contact's; answered when the attempt is committed.
        `number` is one of the contact's, or which of them (1 is the first)."""
        seat, contact = await self._reading(login)
        chosen = _chosen(contact, number)
        if not self._board.connected:
            raise Refused("no phone can be rung while Asterisk is away; ccdialer status tells why")
        self._refuse_while_stopped()
        opening = _Opening()
        with self._driver.watched(opening.look):
            self._driver.tell(CallAsked(seat.agent.id, chosen))
            if seat.call is None:
                raise Refused("the campaign does not dial any more; see: ccdialer campaign list")
            attempt_id, dialed = seat.call.attempt_id, seat.call.number
            await self._until(lambda: attempt_id in opening.answers)
        if (reason := opening.answers[attempt_id]) is not None:
            raise Refused(f"not called: {reason}")
        return {"task": contact.id, "attempt": attempt_id, "number": dialed}

    async def result(self, login: str, **said: Any) -> dict[str, Any]:
        """What the agent's talk, or his last call, came to; `said` is of FIELDS, `at` in epoch
        seconds, `quick` the number of one of the campaign's comments."""
        seat = await self._on_duty(login)
        about = results.subject(seat)
        if about is None:
            raise Refused(f'agent "{login}" has no call that a result could be given to')
        settings = about.run.campaign.settings
        given = self._given(said, settings.comment_variants)
        trouble = fault(settings, given)
        if given.result is Result.REFUSAL and not given.reason and settings.refusal_reasons:
            trouble = f"a refusal has a reason: {', '.join(settings.refusal_reasons)}"
        if trouble:
            raise Refused(f'campaign "{about.run.campaign.name}": {trouble}')
        self._driver.tell(ResultGiven(seat.agent.id, given))
        return {"task": about.task.id, "attempt": about.attempt_id, "result": given.result}

    def _given(self, said: dict[str, Any], variants: tuple[str, ...]) -> Given:
        words = {key: value for key, value in said.items() if value is not None}
        wrong = [key for key in words if not isinstance(words[key], FIELDS.get(key, ()))]
        if wrong or words.get("result") not in list(Result):
            raise Refused(f"a result is {', '.join(Result)}, with {', '.join(FIELDS)} of it")
        quick, at = words.pop("quick", None), words.pop("at", None)
        if quick is not None:
            if not 1 <= quick <= len(variants):
                listed = ", ".join(f"{n} {text}" for n, text in enumerate(variants, 1))
                raise Refused(f"there is no quick comment {quick}; {listed or 'there is none'}")
            words["comment"] = " ".join(filter(None, (variants[quick - 1], words.get("comment"))))
        if at is not None:
            words["at"] = at - self._driver.clock.drift()
            if words["at"] <= self._driver.clock.now():
                raise Refused("the time of the callback is past; give a later one")
        words["result"] = Result(words["result"])
        return Given(**words)

    async def _reading(self, login: str) -> tuple[Seat, Task]:
        seat = await self._on_duty(login)
        if seat.contact is None:
            raise Refused(f'agent "{login}" reads no contact; ccdialer agent next {login} first')
        return seat, seat.contact

    async def _until(self, holds: Callable[[], object]) -> None:
        """Wait for the core to be told something. Raises Refused if that takes too long."""
        changed = asyncio.Event()
        with self._driver.watched(lambda fact, deeds: changed.set()):
            try:
                async with asyncio.timeout(STORAGE_LIMIT_S):
                    while not holds():
                        changed.clear()
                        await changed.wait()
            except TimeoutError:
                raise Refused(SLOW) from None


class _Opening:
    """What storage says of attempts while somebody looks on: None is yes, else why not."""

    def __init__(self) -> None:
        self.answers: dict[str, str | None] = {}

    def look(self, fact: Event | None, deeds: list[Command]) -> None:
        if isinstance(fact, AttemptOpened):
            self.answers[fact.attempt_id] = None
        elif isinstance(fact, AttemptRefused):
            self.answers[fact.attempt_id] = fact.reason


def _chosen(contact: Task, number: str) -> str:
    """The number that is meant; empty: the next in turn."""
    if not number or number in contact.numbers:
        return number
    if number.isascii() and number.isdecimal() and 0 < int(number) <= len(contact.numbers):
        return contact.numbers[int(number) - 1]
    listed = ", ".join(f"{n} {each}" for n, each in enumerate(contact.numbers, 1))
    raise Refused(f'the contact has no number "{number}"; it has {listed}')


def _try(row: dict[str, Any]) -> dict[str, Any]:
    keys = ("opened_at", "number", "disposition", "agent")
    return {key: row[key] for key in keys}
