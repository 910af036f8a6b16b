"""What callers take of shared agents, as chances."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.pacing.blending import Blending, most_of
from ccdialer.core.pacing.freeing import Freeing
from ccdialer.core.pacing.outlook import Group
from ccdialer.core.pacing.policy import Callers

HORIZONS = [5, 10, 20]


def callers(rate: float = 0.0, talking: tuple[float, ...] = ()) -> Callers:
    return Callers(9, Freeing(0.0), talking, (), rate, kept=0)


def mean_at(groups: list[Group], index: int) -> float:
    return sum(count * row[index] for count, row in groups)


@given(st.floats(0.0, 0.5))
def test_as_many_come_as_the_rate_says(rate: float) -> None:
    groups = Blending(HORIZONS).taken_by([callers(rate)])
    for index, horizon in enumerate(HORIZONS):
        assert mean_at(groups, index) == pytest.approx(rate * horizon)


def test_none_comes_where_nobody_calls() -> None:
    assert Blending(HORIZONS).taken_by([callers()]) == []


def test_who_talks_with_a_caller_comes_back_by_the_queues_durations() -> None:
    long = Freeing(0.0)
    for _ in range(200):
        long.talk_ended(900.0)
    brief = callers(talking=(60.0,))
    lasting = Callers(8, long, (60.0,), (), 0.0, kept=0)
    (soon,) = Blending(HORIZONS).taken_by([brief])
    (late,) = Blending(HORIZONS).taken_by([lasting])
    assert soon[1][2] < late[1][2]


@given(st.floats(0.01, 20.0), st.floats(0.5, 0.99))
def test_more_come_at_most_as_seldom_as_said(mean: float, level: float) -> None:
    most = most_of(mean, level)
    chances, chance = [], exp(-mean)
    for n in range(most + 1):
        chances.append(chance)
        chance *= mean / (n + 1)
    assert sum(chances) >= level - 1e-9
    assert sum(chances[:-1]) < level or most == 0
