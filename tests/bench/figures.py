"""What a program that cycles calls tells about itself: cycles a second and time to join."""

from __future__ import annotations

import json
import random
import resource
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Job:
    """What bare script and engine are both told; times in seconds."""

    agents: int
    talk_s: float
    warm_up_s: float
    measure_s: float
    url: str
    username: str
    password: str
    app: str
    listen_port: int
    config: str = ""  # of the engine's site


@dataclass(slots=True)
class Figures:
    """Counted between the end of the warm-up and the end of the run."""

    cycles_per_s: float = 0.0
    joins: int = 0
    join_p50_ms: float = 0.0
    join_p99_ms: float = 0.0
    cpu_ms_per_cycle: float = 0.0
    unresolved: int = 0


@dataclass(slots=True)
class Watch:
    """Takes the times; stamps are Asterisk's own, so that a late reader cannot hide."""

    job: Job
    started: float = field(default_factory=time.monotonic)
    answered: dict[str, float] = field(default_factory=dict)
    joins_ms: list[float] = field(default_factory=list)
    cycles: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    _cpu: float = 0.0
    _begun: float | None = None

    def is_measuring(self) -> bool:
        """Whether the warm-up is over; the first True starts the count."""
        now = time.monotonic()
        if self._begun is None and now - self.started >= self.job.warm_up_s:
            self._begun, self._cpu = now, _cpu_s()
        return self._begun is not None

    def is_over(self) -> bool:
        return self._begun is not None and time.monotonic() - self._begun >= self.job.measure_s

    def talk_s(self) -> float:
        """How long the next talk lasts: spread, or all calls would come and go in one wave."""
        return self.job.talk_s * self.dice.uniform(0.5, 1.5)

    def hear(self, message: dict[str, object]) -> None:
        """One event of Asterisk."""
        kind = message["type"]
        if kind == "StasisStart":
            self.answered[_leg(message)] = _at(message)
        elif kind == "ChannelEnteredBridge":
            answered = self.answered.pop(_leg(message), None)
            if answered is not None and self.is_measuring():
                self.joins_ms.append((_at(message) - answered) * 1000)

    def cycle_done(self) -> None:
        if self.is_measuring() and not self.is_over():
            self.cycles += 1

    def figures(self) -> Figures:
        lasted = time.monotonic() - (self._begun or self.started)
        joins = sorted(self.joins_ms) or [0.0]
        return Figures(
            cycles_per_s=self.cycles / lasted,
            joins=len(self.joins_ms),
            join_p50_ms=joins[len(joins) // 2],
            join_p99_ms=joins[int(len(joins) * 0.99)],
            cpu_ms_per_cycle=(_cpu_s() - self._cpu) * 1000 / max(1, self.cycles),
        )


def _leg(message: dict[str, object]) -> str:
    channel = message["channel"]
    assert isinstance(channel, dict)
    return str(channel["id"])


def _at(message: dict[str, object]) -> float:
    return datetime.fromisoformat(str(message["timestamp"])).timestamp()


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def say(figures: Figures) -> None:
    """The last line of standard output."""
    print(json.dumps(asdict(figures)), flush=True)
