"""How long the core thinks when a talk ends while 200 callers wait for 50 agents."""

from __future__ import annotations

import itertools
import time

from ccdialer.core import events as e
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, History, Mode
from ccdialer.core.commands import Command, Join
from ccdialer.core.dialer import Dialer
from ccdialer.core.queue import Caller, QueueSettings
from tests.bench.rows import Goal, Row

AGENTS, WAITING, TALKS = 50, 200, 1000
LIMIT_MS = 5.0
CHOICE = Goal(
    "queue-choice",
    "a talk ends, 200 wait: next caller chosen, p99 of processor time",
    "ms",
    at_most=1,
)


def crowd() -> list[Row]:
    """Each caller who leaves is followed by another, so that 200 wait all the time."""
    dialer, serial = _floor(), itertools.count(1)
    talking = [leg for _ in range(AGENTS + WAITING) for leg in _comes(dialer, next(serial))]
    took_ms = []
    for _ in range(TALKS):
        gone = talking.pop(0)
        begun = time.thread_time()
        commands = dialer.receive(e.LegEnded(gone, 16), 2.0)
        took_ms.append((time.thread_time() - begun) * 1000)
        talking += _joined(dialer, commands)
        talking += _comes(dialer, next(serial))
    took_ms.sort()
    return [CHOICE.row(took_ms[int(len(took_ms) * 0.99)], LIMIT_MS)]


def _floor() -> Dialer:
    ids = itertools.count(1)
    dialer = Dialer(lambda: f"{next(ids):032x}")
    settings = CampaignSettings(
        mode=Mode.INBOUND, wrap_up_s=0.0, queue=QueueSettings(max_waiting=999)
    )
    campaign = Campaign(1, 1, "bench", CampaignState.ACTIVE, settings)
    dialer.receive(e.SwitchFound(()), 1.0)
    dialer.receive(e.CampaignLoaded(campaign, History()), 1.0)
    for n in range(1, AGENTS + 1):
        agent = Agent(n, f"a{n}", "", f"PJSIP/{n}", True, frozenset({1}))
        dialer.receive(e.SignInAsked(agent, f"s{n}", f"phone{n}"), 1.0)
        dialer.receive(e.LegJoined(dialer.board.seats[n].bridge_id, f"phone{n}"), 1.0)
    return dialer


def _comes(dialer: Dialer, n: int) -> list[str]:
    """A caller; his leg, if he is joined at once."""
    caller = Caller(f"{n:032x}", f"leg{n}", f"+7916{n:07d}")
    return _joined(dialer, dialer.receive(e.CallerQueued(1, caller), 2.0))


def _joined(dialer: Dialer, commands: list[Command]) -> list[str]:
    joins = [command for command in commands if isinstance(command, Join)]
    for join in joins:
        dialer.receive(e.LegJoined(join.bridge_id, join.leg_id), 2.0)
    return [join.leg_id for join in joins]
