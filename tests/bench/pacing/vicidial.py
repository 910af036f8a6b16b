"""VICIdial's pacing as it is described: a level of lines per agent, corrected by idle agents.

Placing, adapting and the drop rules are those of PACING §2.1; the numbers are its shipped defaults.
It sees only a Scene: agents who have asked to pause are in none of its counts.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from math import floor

from ccdialer.core.campaign import Tally
from ccdialer.core.pacing.policy import NOTHING, Decision, Memory, Scene, affordable
from tests.bench.pacing.beat import Beat

PLACE_S, SAMPLE_S, ADAPT_S, COUNT_S = 2.5, 1.0, 15.0, 60.0
SAMPLES = 15
FEW_CALLS = 50  # of the day, below which no drop rule speaks
FLOOD_CALLS, FLOOD_DROPS = 20, 0.5  # of the last minute: then the level is halved
FULL_TAPER = 1000.0  # clock time as hhmm: with ten hours left nothing is taken away
SENTENCE = "level {0:.2f}: {1} lines wanted, {2} in use: placed {3}"


class Method(StrEnum):
    """dial_method: what happens to the level while too many calls were dropped today."""

    HARD_LIMIT = "hard"  # back to one line per agent
    AVERAGE = "average"  # halved with each correction
    TAPERED = "tapered"  # less, the less of the day is left
    RATIO = "ratio"  # the level is fixed


@dataclass(frozen=True, slots=True)
class Knobs:
    """A campaign's settings; times in seconds."""

    method: Method
    level: float = 1.0  # auto_dial_level: at the start; of RATIO: for good
    most: float = 3.0  # adaptive_maximum_level
    intensity: int = 0  # adaptive_intensity
    difference: int = 0  # adaptive_dl_diff_target: calls that are to wait, less idle agents
    drop_limit: float = 0.03  # adaptive_dropped_percentage, as a share
    ready_only: bool = False  # available_only_ratio_tally: agents in a call are not counted
    closes_s: float = 75600.0  # adaptive_latest_server_time, since midnight


class Vicidial:
    """Lines wanted = level x agents; the level follows the mean number of idle agents."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self.level = knobs.level
        self._samples: deque[tuple[int, int, int]] = deque(maxlen=SAMPLES)
        self._placing, self._sampling = Beat(PLACE_S), Beat(SAMPLE_S)
        self._adapting, self._counting = Beat(ADAPT_S), Beat(COUNT_S)
        self._calls = 0  # ended today
        self._today_calls = self._minute_calls = 0  # as of the last count
        self._today = self._minute = NOTHING

    def decide(self, scene: Scene, now: float) -> Decision:
        if self._sampling.is_due(now):
            agents = scene.idle + len(scene.talking) + len(scene.wrapping)
            self._samples.append((scene.idle, scene.waiting, agents))
        if self._counting.is_due(now):
            self._count(scene.day)
        if self._adapting.is_due(now) and self._knobs.method is not Method.RATIO:
            self.level = self._limited(self._adapted(), now)
        place = self._missing(scene) if self._placing.is_due(now) else 0
        wanted, used = self._wanted(scene), self._used(scene)
        return Decision(affordable(place, scene), SENTENCE, (self.level, wanted, used, place))

    def _missing(self, scene: Scene) -> int:
        return self._wanted(scene) - self._used(scene)

    def _wanted(self, scene: Scene) -> int:
        agents = scene.idle + (0 if self._knobs.ready_only else len(scene.talking))
        return floor(self.level * agents + 0.5)

    def _used(self, scene: Scene) -> int:
        talking = 0 if self._knobs.ready_only else len(scene.talking)
        return len(scene.in_flight) + scene.waiting + talking

    def _count(self, day: Tally) -> None:
        """Statistics are refreshed once a minute; until then the old ones are believed."""
        before, self._today = self._today, day
        self._minute = Tally(day.answered - before.answered, day.abandoned - before.abandoned)
        self._minute_calls = self._calls - self._today_calls
        self._today_calls = self._calls

    def _adapted(self) -> float:
        """The level, corrected by how many agents were idle, and clients waiting, of late."""
        ready, waiting, agents = map(sum, zip(*self._samples, strict=True))
        if agents == 0:
            return self.level
        count = len(self._samples)
        change = ((ready - waiting) / count + self._knobs.difference) / (agents / count)
        eagerness = self._knobs.intensity / 100.0
        change *= abs(eagerness - 1.0) if change < 0.0 else eagerness + 1.0
        return min(self._knobs.most, max(1.0, self.level * (1.0 + change)))

    def _limited(self, level: float, now: float) -> float:
        """What the drop rules leave of it."""
        flood = self._minute.abandoned > FLOOD_DROPS * self._minute.answered
        if flood and self._minute_calls > FLOOD_CALLS:
            level /= 2.0
        today = self._today
        is_over = today.abandoned > self._knobs.drop_limit * today.answered
        if is_over and self._today_calls > FEW_CALLS:
            level *= self._kept(now)
        return max(1.0, level)

    def _kept(self, now: float) -> float:
        """The share of the level that too many dropped calls leave."""
        if self._knobs.method is Method.HARD_LIMIT:
            return 0.0
        if self._knobs.method is Method.AVERAGE:
            return 0.5
        left = _clock(self._knobs.closes_s) - _clock(now % 86400.0)
        return min(1.0, max(0.0, left / FULL_TAPER))

    def call_ended(self, age_s: float, answered: bool) -> None:
        self._calls += 1

    def talk_ended(self, duration_s: float) -> None:
        """Nothing to learn."""

    def wrap_up_ended(self, duration_s: float) -> None:
        """Nothing to learn."""

    def memory(self) -> Memory:
        return {}


def _clock(seconds: float) -> int:
    """Seconds since midnight as hhmm, which is not a number to subtract; VICIdial does."""
    minutes = int(seconds // 60.0)
    return minutes // 60 * 100 + minutes % 60
