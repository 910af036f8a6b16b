"""A floor for tests: the real driver, core, writer and database; Asterisk is the list of deeds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar

from ccdialer import storage
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.board import Call, FloorRules
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, Mode
from ccdialer.core.commands import OpenBridge, Originate, SwitchCommand
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.dialer import Dialer
from ccdialer.core.events import LegAnswered, LegEnded, LegJoined, LegRinging, SwitchFound
from ccdialer.runtime.clock import Clock, new_id
from ccdialer.runtime.driver import Driver
from ccdialer.runtime.library import Library
from ccdialer.runtime.reception import Reception
from ccdialer.runtime.writer import Writer
from ccdialer.storage import Database, TaskRow

NODE = "floor"
NUMBER = "+79161234567"
LIMIT_S = 10.0
Kind = TypeVar("Kind")


async def until(holds: Callable[[], object], what: str = "") -> None:
    """Let the loop turn until it holds. Raises AssertionError after a generous time."""
    deadline = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < deadline, f"still not: {what or holds}"
        await asyncio.sleep(0.005)


class Floor:
    """Agents anna (rung per call) and kate (kept up), a campaign, and whom it will call."""

    def __init__(self, db: Database, **rules: Any) -> None:
        self.db = db
        self.deeds: list[SwitchCommand] = []
        self.clock = Clock()
        brisk = FloorRules(**{"tick_s": 0.05, "poll_s": 0.05, **rules})
        self.driver = Driver(Dialer(new_id, brisk), self.clock)
        self.writer = Writer(
            lambda commands: storage.carry_out(db, commands, NODE, self.clock.to_wall),
            self._deliver,
        )
        self.library = Library(db, self.clock)
        self.reception = Reception(self.driver, self.library, self.writer)
        self.agents = {name: self._hire(name) for name in ("anna", "kate")}
        self.campaign = self._campaign(CampaignState.ACTIVE)

    def _hire(self, login: str) -> Agent:
        agent = Agent(0, login, login.title(), f"PJSIP/{login}", login == "kate", frozenset())
        storage.upsert_agent(self.db, agent, ["acme"], wall())
        return storage.agent_by_login(self.db, login)

    def _campaign(self, state: CampaignState) -> Campaign:
        settings = CampaignSettings(
            *("PJSIP/{digits}@trunk", Mode.PROGRESSIVE), wrap_up_s=600.0, calling_hours=AT_ANY_TIME
        )
        found = storage.upsert_campaign(self.db, "acme", "demo", settings, wall())
        return storage.set_campaign_state(self.db, found.id, state, wall())

    def _deliver(self, events: list[Any]) -> None:
        self._loop.call_soon_threadsafe(self.driver.tell_all, events)

    async def open(self) -> None:
        """Wire it up, with the campaign known; Asterisk is away."""
        self._loop = asyncio.get_running_loop()
        self.writer.start()
        self.driver.to_storage = self.writer.submit
        self.driver.to_switch = self.deeds.append
        self.driver.tell_all(await self.library.campaigns())

    async def close(self) -> None:
        self.driver.stop()
        assert await asyncio.to_thread(self.writer.close, LIMIT_S)
        self.library.close()

    # --- Asterisk -------------------------------------------------------------------------------

    def connect(self) -> None:
        self.driver.tell(SwitchFound(()))

    async def deed(self, kind: type[Kind], wants: Callable[[Kind], object] = bool) -> Kind:
        """The next deed of this kind, waited for; what came before it is dropped."""
        found: list[Kind] = []

        def look() -> bool:
            while self.deeds and not found:
                command = self.deeds.pop(0)
                if isinstance(command, kind) and (wants is bool or wants(command)):
                    found.append(command)
            return bool(found)

        await until(look, f"a {kind.__name__}")
        return found[0]

    async def call(self) -> Call:
        """A client is called, and his phone rings."""
        storage.insert_tasks(
            self.db, self.campaign.id, [TaskRow(((NUMBER, NUMBER),), wall())], wall()
        )
        ringing = await self.deed(Originate, lambda deed: deed.leg_id.endswith("-c1"))
        self.driver.tell(LegRinging(ringing.leg_id))
        (call,) = self.driver.dialer.board.calls.values()
        return call

    async def talk(self) -> Call:
        """The same, and he talks with the one agent on duty, who is rung for it."""
        call = await self.call()
        self.driver.tell(LegAnswered(call.leg_id))
        phone = await self.deed(Originate)
        self.driver.tell(LegAnswered(phone.leg_id))
        bridge = await self.deed(OpenBridge)
        for leg_id in bridge.leg_ids:
            self.driver.tell(LegJoined(bridge.bridge_id, leg_id))
        return call

    def hang_up(self, call: Call, cause: int = 16) -> None:
        self.driver.tell(LegEnded(call.leg_id, cause, 200))

    # --- what is seen ---------------------------------------------------------------------------

    def state(self, login: str) -> AgentState:
        seat = self.driver.dialer.board.seats.get(self.agents[login].id)
        return AgentState.OFFLINE if seat is None else seat.state


def wall() -> int:
    return time.time_ns() // 1_000_000
