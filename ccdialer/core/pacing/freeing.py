"""When will a busy agent be free: talk and wrap-up, learned, as probabilities at given horizons."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from operator import mul

from ccdialer.core.pacing.durations import TALK_EDGES, WRAP_UP_EDGES, Durations
from ccdialer.core.pacing.outlook import Group, Row, moments
from ccdialer.core.pacing.policy import Memory
from ccdialer.core.pacing.remembering import amount

PRIOR_TALK_S, PRIOR_TALK_SPREAD = 120.0, 0.9
PRIOR_WRAP_UP_S, PRIOR_WRAP_UP_SPREAD = 20.0, 0.6
LAST_S = TALK_EDGES[-1]
KINDS = tuple(bisect_right(TALK_EDGES, second + 0.5) - 1 for second in range(int(LAST_S) + 1))
"""Talks that began in these seconds before are alike."""


class Freeing:
    """P(an agent who talks, or wraps up, for so long is still busy after each horizon)."""

    def __init__(
        self,
        wrap_up_limit_s: float,
        talk: Durations | None = None,
        wrap_up: Durations | None = None,
    ) -> None:
        """`wrap_up_limit_s`: nobody wraps up longer; 0 where there is no wrap-up."""
        self._limit = wrap_up_limit_s
        wrap_up_s = max(1.0, min(PRIOR_WRAP_UP_S, 0.7 * wrap_up_limit_s))
        self._talk = talk or Durations(TALK_EDGES, PRIOR_TALK_S, PRIOR_TALK_SPREAD)
        self._wrap_up = wrap_up or Durations(WRAP_UP_EDGES, wrap_up_s, PRIOR_WRAP_UP_SPREAD)
        self._horizons: tuple[int, ...] = ()
        self._talk_rows: dict[int, Row] = {}
        self._wrap_up_rows: dict[int, Row] = {}
        self._wrapped: Row = ()

    def beside(self) -> Freeing:
        """The same experience, which goes on being learned there, to be asked at horizons of its
        own."""
        return Freeing(self._limit, self._talk, self._wrap_up)

    @property
    def handle_s(self) -> float:
        """Mean time an answered call takes of an agent."""
        return self._talk.mean_s + (self._wrap_up.mean_s if self._limit > 0.0 else 0.0)

    def memory(self) -> Memory:
        talk, wrap_up = self._talk.memory(), self._wrap_up.memory()
        return {"talk": talk, "wrap_up": wrap_up, "wrap_up_limit_s": self._limit}

    def remember(self, memory: Memory) -> None:
        """Go on from there; raises one of MISFITS.

        Wrap-ups that a lower limit has cut short say nothing about a higher one.
        """
        self._talk.remember(memory["talk"])
        if amount(memory["wrap_up_limit_s"]) >= self._limit:
            self._wrap_up.remember(memory["wrap_up"])

    def talk_ended(self, duration_s: float) -> None:
        self._talk.ended(duration_s)

    def wrap_up_ended(self, duration_s: float) -> None:
        self._wrap_up.ended(duration_s)

    def refresh(
        self, talking: Sequence[float], wrapping: Sequence[float], horizons_s: Sequence[int]
    ) -> None:
        """Learn from what has ended and what still runs; the tables are made anew as needed."""
        self._talk.refresh(talking)
        self._wrap_up.refresh(wrapping)
        self._horizons = tuple(horizons_s)
        self._talk_rows, self._wrap_up_rows = {}, {}
        self._wrapped = self._wrapped_by_half_seconds()

    def still_busy(self, talking: Sequence[float], wrapping: Sequence[float]) -> list[Group]:
        """These agents, grouped by what is alike, with P(still busy) at each horizon."""
        talks = Counter([KINDS[int(age)] if age < LAST_S else KINDS[-1] for age in talking])
        wraps = Counter(map(int, wrapping))
        return [
            *[
                (count, self._talk_rows.get(kind) or self._new_talk_row(kind))
                for kind, count in talks.items()
            ],
            *[
                (count, self._wrap_up_rows.get(second) or self._new_wrap_up_row(second))
                for second, count in wraps.items()
            ],
        ]

    def _new_talk_row(self, kind: int) -> Row:
        row = self._talk_rows[kind] = self._talk_row(self._talk.middle_of(kind))
        return row

    def _new_wrap_up_row(self, second: int) -> Row:
        chances = [self._still_wrapping(second + 0.5, horizon) for horizon in self._horizons]
        row = self._wrap_up_rows[second] = moments(chances)
        return row

    def _still_wrapping(self, elapsed_s: float, more_s: float) -> float:
        if elapsed_s + more_s >= self._limit:
            return 0.0
        return self._wrap_up.outlasts(elapsed_s, more_s)

    def _wrapped_by_half_seconds(self) -> Row:
        """P(a wrap-up that begins now has ended) after 0.5, 1.5, 2.5 ... s."""
        seconds = max(self._horizons) + 1
        return tuple(1.0 - self._still_wrapping(0.0, i + 0.5) for i in range(seconds))

    def _talk_row(self, elapsed_s: float) -> Row:
        """Talk that has lasted `elapsed_s`, then wrap-up: discrete convolution on 1-s steps."""
        lasts = [self._talk.outlasts(elapsed_s, s) for s in range(len(self._wrapped) + 1)]
        ends = [now - later for now, later in pairwise(lasts)]
        wrapped = self._wrapped
        return moments(
            [1.0 - sum(map(mul, ends, wrapped[whole - 1 :: -1])) for whole in self._horizons]
        )
