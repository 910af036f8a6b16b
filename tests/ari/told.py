"""What a switch tells its owner, written down, and waiting for it."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from ccdialer.ari import AriSettings, Census, Hooks, Switch
from ccdialer.core.commands import Originate
from ccdialer.core.events import Event, LegAnswered
from ccdialer.errors import SwitchUnreachable
from tests.lab.asterisk import Plan

LIMIT_S = 15.0
_RUN = os.urandom(4).hex()
_serial = itertools.count(1)


@dataclass
class Told:
    """Everything the hooks were given."""

    events: list[Event] = field(default_factory=list)
    found: list[Census] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    troubles: list[SwitchUnreachable] = field(default_factory=list)

    def hooks(self) -> Hooks:
        return Hooks(self.events.append, self.found.append, self.lost.append, self.troubles.append)

    def of(self, kind: type, leg_id: str = "") -> list[Event]:
        """Events of a kind, of one leg if given."""
        return [
            event
            for event in self.events
            if isinstance(event, kind) and leg_id in ("", getattr(event, "leg_id", ""))
        ]


async def until(holds: Callable[[], object], limit_s: float = LIMIT_S, what: object = "") -> None:
    """Look again and again until it holds. Raises AssertionError after `limit_s`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limit_s
    while not holds():
        assert loop.time() < deadline, f"not within {limit_s} s: {what}"
        await asyncio.sleep(0.01)


def settings_of(plan: Plan, connect: str) -> AriSettings:
    """How the daemon of that site is set up. Inbound: an application of its own."""
    return AriSettings(
        url=plan.ari_url,
        username=plan.ari_user,
        password=plan.ari_password,
        app=plan.app if connect == "outbound" else f"{plan.app}-inbound",
        connect=connect,
        listen_port=plan.daemon_port,
        retry_s=0.1,
        retry_max_s=0.5,
    )


@asynccontextmanager
async def switched(settings: AriSettings) -> AsyncIterator[tuple[Switch, Told]]:
    """A switch that has found its Asterisk."""
    told = Told()
    switch = Switch(settings, told.hooks())
    await switch.start()
    try:
        await until(lambda: told.found, what=told.troubles)
        yield switch, told
    finally:
        await switch.close()


def new_leg() -> str:
    """An id as the core makes them: fixed length, never used before."""
    return f"ccd-{_RUN}{next(_serial):024x}-c1"


def call(number: str, **changes: object) -> Originate:
    """A call to the carrier's callee of that number."""
    made = Originate(new_leg(), f"PJSIP/{number}@carrier", "4930123456", 10, 60)
    return replace(made, **changes)  # type: ignore[arg-type]


async def answered(switch: Switch, told: Told, command: Originate) -> str:
    """Dial and wait for the answer; the leg's id."""
    switch.perform(command)
    await until(lambda: told.of(LegAnswered, command.leg_id), what=told.events)
    return command.leg_id
