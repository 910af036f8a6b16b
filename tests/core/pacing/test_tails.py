"""Poisson-binomial tails, against counting every outcome."""

from itertools import product
from math import comb, prod
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.pacing.tails import Event, ExactTail, near_tail

CHANCES = st.lists(st.floats(0.0, 1.0), max_size=8)


def counted(chances: list[float], need: int) -> float:
    outcomes = product((0, 1), repeat=len(chances))
    return sum(
        prod(p if hit else 1.0 - p for p, hit in zip(chances, outcome, strict=True))
        for outcome in outcomes
        if sum(outcome) >= need
    )


def nearly(events: list[Event], need: int) -> float:
    variances = [(n * p * (1.0 - p), p) for n, p in events]
    return near_tail(
        need,
        sum(n * p for n, p in events),
        sum(v for v, _ in variances),
        sum(v * (1.0 - 2.0 * p) for v, p in variances),
    )


@given(CHANCES, st.integers(-2, 10))
def test_exact_is_what_counting_gives(chances: list[float], need: int) -> None:
    tail = ExactTail([(1, p) for p in chances], need)
    assert tail.probability() == pytest.approx(counted(chances, need), abs=1e-9)


@given(CHANCES, st.floats(0.0, 1.0), st.integers(0, 5), st.integers(0, 8))
def test_events_alike_may_come_together(
    chances: list[float], probability: float, count: int, need: int
) -> None:
    together = ExactTail([(1, p) for p in chances], need)
    together.add(probability, count)
    apart = ExactTail([(1, p) for p in [*chances, *[probability] * count]], need)
    assert together.probability() == pytest.approx(apart.probability(), abs=1e-12)


def test_binomial_tail() -> None:
    expected = sum(comb(20, k) * 0.3**k * 0.7 ** (20 - k) for k in range(9, 21))
    assert ExactTail([(20, 0.3)], 9).probability() == pytest.approx(expected)


@pytest.mark.parametrize(("busy", "ringing"), [(10, 22), (20, 40), (60, 60)])
def test_approximation_is_close_where_it_is_used(busy: int, ringing: int) -> None:
    dice = Random(busy)
    events = [(1, dice.uniform(0.75, 1.0)) for _ in range(busy)]
    events += [(1, dice.uniform(0.0, 0.35)) for _ in range(ringing)]
    for need in range(busy + ringing):
        near = nearly(events, need)
        assert near == pytest.approx(ExactTail(events, need).probability(), abs=0.004)


@pytest.mark.parametrize(("need", "tail"), [(3, 1.0), (4, 0.0), (0, 1.0)])
def test_approximation_of_certain_events(need: int, tail: float) -> None:
    assert nearly([(3, 1.0), (9, 0.0)], need) == tail
