"""When will a busy agent be free: talk and wrap-up, learned, as probabilities at given horizons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import mul

from ccdialer.core.pacing.durations import TALK_EDGES, WRAP_UP_EDGES, Durations
from ccdialer.core.pacing.outlook import Row

PRIOR_TALK_S, PRIOR_TALK_SPREAD = 120.0, 0.9
PRIOR_WRAP_UP_S, PRIOR_WRAP_UP_SPREAD = 20.0, 0.6


class Freeing:
    """P(an agent who talks, or wraps up, for so long is still busy after each horizon)."""

    def __init__(self, horizons_s: Sequence[float], wrap_up_limit_s: float) -> None:
        """`wrap_up_limit_s`: nobody wraps up longer; 0 where there is no wrap-up."""
        self._horizons = tuple(horizons_s)
        self._limit = wrap_up_limit_s
        wrap_up_s = max(1.0, min(PRIOR_WRAP_UP_S, 0.7 * wrap_up_limit_s))
        self._talk = Durations(TALK_EDGES, PRIOR_TALK_S, PRIOR_TALK_SPREAD)
        self._wrap_up = Durations(WRAP_UP_EDGES, wrap_up_s, PRIOR_WRAP_UP_SPREAD)
        self._talk_rows: dict[int, Row] = {}
        self._wrap_up_rows: dict[int, Row] = {}
        self._wrapped = self._wrapped_by_half_seconds()

    @property
    def handle_s(self) -> float:
        """Mean time an answered call takes of an agent."""
        return self._talk.mean_s + (self._wrap_up.mean_s if self._limit > 0.0 else 0.0)

    def talk_ended(self, duration_s: float) -> None:
        self._talk.ended(duration_s)

    def wrap_up_ended(self, duration_s: float) -> None:
        self._wrap_up.ended(duration_s)

    def refresh(self, talking: Sequence[float], wrapping: Sequence[float]) -> None:
        """Learn from what has ended and what still runs; the tables are made anew as needed."""
        self._talk.refresh(talking)
        self._wrap_up.refresh(wrapping)
        self._talk_rows, self._wrap_up_rows = {}, {}
        self._wrapped = self._wrapped_by_half_seconds()

    def busy_talking(self, elapsed_s: float) -> Row:
        index = self._talk.bin_of(elapsed_s)
        if index not in self._talk_rows:
            self._talk_rows[index] = self._talk_row(self._talk.middle_of(index))
        return self._talk_rows[index]

    def busy_wrapping(self, elapsed_s: float) -> Row:
        second = int(elapsed_s)
        if second not in self._wrap_up_rows:
            self._wrap_up_rows[second] = tuple(
                self._still_wrapping(second + 0.5, horizon) for horizon in self._horizons
            )
        return self._wrap_up_rows[second]

    def _still_wrapping(self, elapsed_s: float, more_s: float) -> float:
        if elapsed_s + more_s >= self._limit:
            return 0.0
        return self._wrap_up.outlasts(elapsed_s, more_s)

    def _wrapped_by_half_seconds(self) -> Row:
        """P(a wrap-up that begins now has ended) after 0.5, 1.5, 2.5 ... s."""
        seconds = int(max(self._horizons)) + 1
        return tuple(1.0 - self._still_wrapping(0.0, i + 0.5) for i in range(seconds))

    def _talk_row(self, elapsed_s: float) -> Row:
        """Talk that has lasted `elapsed_s`, then wrap-up: discrete convolution on 1-s steps."""
        lasts = [self._talk.outlasts(elapsed_s, s) for s in range(len(self._wrapped) + 1)]
        ends = [now - later for now, later in pairwise(lasts)]
        return tuple(1.0 - self._free_by(ends, horizon) for horizon in self._horizons)

    def _free_by(self, ends: Sequence[float], horizon_s: float) -> float:
        """P(talk and wrap-up have ended), of talks that end in each second with these chances."""
        whole = int(horizon_s)
        here: float = sum(map(mul, ends, self._wrapped[whole - 1 :: -1])) if whole else 0.0
        if whole == horizon_s:
            return here
        later: float = sum(map(mul, ends, self._wrapped[whole::-1]))
        return here + (horizon_s - whole) * (later - here)
