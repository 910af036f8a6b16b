"""Bad minutes of a call centre: what callers, agents and the network do, drawn by a seed."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ccdialer.core.agent import Agent
from ccdialer.core.campaign import CampaignState
from ccdialer.errors import CcdialerError
from ccdialer.storage import agents, campaigns
from tests.lab import callers, reception, sipp
from tests.lab.callers import Call
from tests.lab.proxy import Proxy
from tests.lab.reception import CALLBACKS, DID, PROJECT
from tests.lab.running import Running
from tests.lab.sipp import Sipp, wait_until

WAITING, RATE = 200, 40.0
NUMBERS = [f"7900100{n:04}" for n in range(1000, 1180)]
PATIENCE_MS = (1_000, 22_000)  # from the moment when all are there, and the agents
HURRIED, HURRY_MS = 20, (300, 3_000)  # others, who leave before
WAIT_LIMIT_S = 120.0
DEEDS = (("logout", 3), ("login", 4), ("pause", 2), ("ready", 3), ("hang_up", 3))
PACE_S = (0.05, 0.25)  # from one agent's deed to the next
WAITS = """
    SELECT count(*) FROM inbound_call
    WHERE queued_at > 0 AND ended_at IS NULL AND number LIKE '+7900100%'"""
CUT_EVERY_S, CUT_S = (2.0, 5.0), (0.2, 2.0)


def crowd(dice: Random) -> list[Call]:
    """Callers of both queues, some of whom call again while they wait."""
    numbers = list(NUMBERS)
    dice.shuffle(numbers)
    again = dice.sample(numbers[: len(numbers) // 2], WAITING - len(numbers))
    return [Call(number, DID, dice.randrange(*PATIENCE_MS)) for number in numbers + again]


def hurried(dice: Random) -> list[Call]:
    """Callers who are known to nobody, and do not wait for long."""
    numbers = (f"7900200{n:04}" for n in range(HURRIED))
    return [Call(number, DID, dice.randrange(*HURRY_MS)) for number in numbers]


def furnish(running: Running) -> None:
    """Two queues with half of the agents each; of either half every second phone is kept up.
    Callbacks are made, and not dialed."""
    reception.furnish(running, max_waiting=WAITING + HURRIED)
    now = time.time_ns() // 1_000_000
    for n in range(1, running.site.plan.agents + 1):
        groups = frozenset({"sales" if n % 4 < 2 else "consultants"})
        known = (f"agent{n}", f"Agent {n}", f"PJSIP/agent{n}")
        agent = Agent(0, *known, not n % 2, frozenset(), groups)
        agents.upsert_agent(running.database, agent, [PROJECT], now)
    stages = dict.fromkeys(NUMBERS[::2], ("Proposal sent", ""))
    reception.write_clients(running.site, stages)
    promises = campaigns.find_campaign(running.database, CALLBACKS)
    campaigns.set_campaign_state(running.database, promises.id, CampaignState.PAUSED, now)
    assert running.site.phones is not None
    running.site.phones.stop()
    folder, port = running.site.folder / "moody", running.site.plan.phones_port
    running.site.phones = sipp.phones(folder, port, "moody")


@dataclass
class Weather:
    """What goes wrong, and when; `kills`: the daemon is killed too."""

    running: Running
    proxy: Proxy
    dice: Random
    kills: int = 0
    deeds: int = 0
    cuts: int = 0
    _under_way: list[threading.Thread] = field(default_factory=list)

    def rage(self, caller: Sipp) -> None:
        """Until the last caller has gone."""
        cut_at = time.monotonic() + self.dice.uniform(*CUT_EVERY_S)
        while caller.is_running():
            time.sleep(self.dice.uniform(*PACE_S))
            self._somebody_does_something()
            if time.monotonic() > cut_at:
                self.strike(caller)
                cut_at = time.monotonic() + self.dice.uniform(*CUT_EVERY_S)
        for deed in self._under_way:
            deed.join()

    def strike(self, caller: Sipp) -> None:
        """The daemon is killed, or its socket cut, and back after a while."""
        self.cuts += 1
        if self.kills and is_everybody_in(caller):
            self.kills -= 1
            self.running.kill()
            time.sleep(self.dice.uniform(*CUT_S))
            self.running.start()
            return
        self.proxy.cut()
        time.sleep(self.dice.uniform(*CUT_S))
        self.proxy.mend()
        wait_until(self.running.is_connected)

    def _somebody_does_something(self) -> None:
        """In a thread of its own: a sign-in is over when the phone is up."""
        words, weights = zip(*DEEDS, strict=True)
        (verb,) = self.dice.choices(words, weights)
        login = f"agent{self.dice.randrange(1, self.running.site.plan.agents + 1)}"
        many = verb in ("login", "logout")
        asked: dict[str, Any] = {"logins": [login]} if many else {"login": login}
        deed = threading.Thread(target=self._do, args=(verb, asked), daemon=True)
        deed.start()
        self._under_way.append(deed)

    def _do(self, verb: str, asked: dict[str, Any]) -> None:
        with contextlib.suppress(CcdialerError):  # he is not on duty, or Asterisk is away
            self.running.ask(verb, **asked)
            self.deeds += 1


def is_everybody_in(caller: Sipp) -> bool:
    """All have called and are in a queue: while the daemon is away, nobody else may come."""
    words = Counter(note.word for note in callers.notes_of(caller))
    return words["INVITE"] == WAITING == words["ANSWER"] + words["CANCEL"]


def crowd_waits(running: Running, dice: Random) -> tuple[Sipp, Sipp]:
    """Everybody calls, 40 a second, and no agent is there: until all wait at one instant. Who is in
    a hurry has gone by then."""
    folder, plan = running.site.folder, running.site.plan
    crowded = callers.crowd(folder / "crowd", crowd(dice), plan, RATE)
    others = callers.callers(folder / "hurried", hurried(dice), plan, rate=8.0)
    others.wait()

    def is_full() -> bool:
        return running.database.rows(WAITS) == [(WAITING,)] and is_everybody_in(crowded)

    wait_until(is_full, WAIT_LIMIT_S, "200 who wait")
    return crowded, others
