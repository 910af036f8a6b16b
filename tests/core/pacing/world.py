"""A small seeded contact centre, enough to judge a pacing policy: agents, clients, a clock.

Clients answer with a chance that may change over time, ring times are gamma, talk and wrap-up
lognormal (PACING §5). A client who has met no agent after the grace is abandoned.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from math import log, sqrt
from random import Random

from ccdialer.core.campaign import CampaignSettings, Tally
from ccdialer.core.pacing.policy import Policy, Scene

GRACE_S, TICK_S, PAUSE_S, NO_ANSWER_S = 2.0, 2.0, 0.25, 25.0


@dataclass
class World:
    """`answer_rate` is a function of the time in seconds since the start."""

    policy: Policy
    agents: int
    answer_rate: Callable[[float], float]
    seed: int
    now: float = 0.0
    talk_s: float = 0.0
    answered: int = 0
    abandoned: int = 0
    dialed: int = 0
    most_in_flight: int = 0
    _idle: int = 0
    _talking: dict[int, float] = field(default_factory=dict)
    _wrapping: dict[int, float] = field(default_factory=dict)
    _flying: dict[int, float] = field(default_factory=dict)
    _waiting: list[int] = field(default_factory=list)
    _agenda: list[tuple[float, int, Callable[[int], None]]] = field(default_factory=list)
    _decided_at: float = -1.0

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self._idle, self._names = self.agents, iter(range(10**9))
        self._later(0.0, self._tick)

    def run(self, hours: float) -> World:
        """Until the time is over."""
        while self._agenda[0][0] <= hours * 3600.0:
            self.now, name, deed = heapq.heappop(self._agenda)
            deed(name)
        return self

    @property
    def abandonment_rate(self) -> float:
        return self.abandoned / max(1, self.answered)

    @property
    def utilisation(self) -> float:
        """Talk as a share of the agents' time."""
        running = sum(self.now - since for since in self._talking.values())
        return (self.talk_s + running) / (self.agents * self.now)

    def scene(self) -> Scene:
        return Scene(
            idle=self._idle,
            waiting=len(self._waiting),
            talking=self._ages(self._talking),
            wrapping=self._ages(self._wrapping),
            in_flight=self._ages(self._flying),
            free_lines=10_000,
            day=Tally(self.answered, self.abandoned),
            month=Tally(self.answered, self.abandoned),
        )

    def _ages(self, since: dict[int, float]) -> tuple[float, ...]:
        return tuple(self.now - at for at in since.values())

    def _later(self, after_s: float, deed: Callable[[int], None]) -> int:
        name = next(self._names)
        heapq.heappush(self._agenda, (self.now + after_s, name, deed))
        return name

    def _lognormal(self, mean: float, spread: float) -> float:
        variance = log(1.0 + spread * spread)
        return self.dice.lognormvariate(log(mean) - variance / 2.0, sqrt(variance))

    def _tick(self, _: int) -> None:
        self._decide()
        self._later(TICK_S, self._tick)

    def _decide(self) -> None:
        if self.now - self._decided_at < PAUSE_S:
            return
        self._decided_at = self.now
        decision = self.policy.decide(self.scene(), self.now)
        for _ in range(decision.place):
            self._dial()
        self.most_in_flight = max(self.most_in_flight, len(self._flying))
        if decision.let_go_after_s is not None:
            oldest = self.now - decision.let_go_after_s
            for name in [n for n, at in self._flying.items() if at <= oldest]:
                self._missed(name)

    def _dial(self) -> None:
        self.dialed += 1
        delay, ring = self._lognormal(2.5, 0.45), self.dice.gammavariate(2.5, 9.0 / 2.5)
        if self.dice.random() < self.answer_rate(self.now):
            name = self._later(delay + min(ring, 22.0 - delay), self._picked_up)
        elif self.dice.random() < 0.15:  # busy, or a number that does not work
            name = self._later(delay, self._missed)
        elif self.dice.random() < 0.3:  # a machine, found out
            name = self._later(min(NO_ANSWER_S, 18.5 + delay), self._missed)
        else:
            name = self._later(NO_ANSWER_S, self._missed)
        self._flying[name] = self.now

    def _missed(self, name: int) -> None:
        if name in self._flying:
            self.policy.call_ended(self.now - self._flying.pop(name), False)

    def _picked_up(self, name: int) -> None:
        if name not in self._flying:
            return
        self.policy.call_ended(self.now - self._flying.pop(name), True)
        self.answered += 1
        self._waiting.append(self._later(GRACE_S, self._given_up))
        self._match()

    def _given_up(self, name: int) -> None:
        if name in self._waiting:
            self._waiting.remove(name)
            self.abandoned += 1

    def _match(self) -> None:
        while self._idle and self._waiting:
            self._idle -= 1
            self._waiting.pop(0)
            name = self._later(self._lognormal(120.0, 0.9), self._hung_up)
            self._talking[name] = self.now
        self._decide()

    def _hung_up(self, name: int) -> None:
        lasted = self.now - self._talking.pop(name)
        self.talk_s += lasted
        self.policy.talk_ended(lasted)
        self._wrapping[self._later(self._lognormal(20.0, 0.6), self._ready)] = self.now

    def _ready(self, name: int) -> None:
        self.policy.wrap_up_ended(self.now - self._wrapping.pop(name))
        self._idle += 1
        self._match()


def settings(**changes: object) -> CampaignSettings:
    """A campaign whose agents end their wrap-up themselves."""
    return CampaignSettings(**{"dial": "PJSIP/{digits}@t", "wrap_up_s": 300.0, **changes})
