"""Laws of chance: means, deviations and bounds come out as they were asked for."""

from random import Random
from statistics import fmean, pstdev

import pytest

from ccdialer.sim.laws import Shape, Times, drawing, mean_of

DRAWS = 20_000


@pytest.mark.parametrize(
    ("shape", "spread", "seen"),
    [
        (Shape.LOGNORMAL, 0.9, 0.9),
        (Shape.GAMMA, 0.6325, 0.6325),
        (Shape.GAMMA, 0.0, 0.0),
        (Shape.EXPONENTIAL, 0.0, 1.0),
        (Shape.NORMAL, 0.1, 0.1),
        (Shape.UNIFORM, 0.2, 0.2),
        (Shape.FIXED, 0.5, 0.0),
    ],
)
def test_mean_and_spread_are_those_asked_for(shape: Shape, spread: float, seen: float) -> None:
    dice, draw = Random(1), drawing(Times(120.0, spread, shape))
    drawn = [draw(dice) for _ in range(DRAWS)]
    assert fmean(drawn) == pytest.approx(120.0, rel=0.03)
    assert pstdev(drawn) / 120.0 == pytest.approx(seen, rel=0.06, abs=1e-9)


def test_bounds_hold() -> None:
    dice, draw = Random(2), drawing(Times(9.0, 0.6, Shape.GAMMA, least_s=2.0, most_s=22.0))
    drawn = [draw(dice) for _ in range(DRAWS)]
    assert (min(drawn), max(drawn)) == (2.0, 22.0)


def test_samples_are_drawn_as_they_were_seen() -> None:
    dice, times = Random(3), Times(samples=(1.0, 2.0, 6.0))
    assert {drawing(times)(dice) for _ in range(100)} == {1.0, 2.0, 6.0}
    assert mean_of(times) == 3.0


def test_a_mixture_keeps_its_weights() -> None:
    times = Times(mixture=(Times(10.0, weight=3.0), Times(100.0, shape=Shape.FIXED, weight=1.0)))
    dice, draw = Random(4), drawing(times)
    drawn = [draw(dice) for _ in range(DRAWS)]
    assert drawn.count(100.0) / DRAWS == pytest.approx(0.25, abs=0.02)
    assert mean_of(times) == pytest.approx(32.5)


def test_no_mean_is_no_time() -> None:
    assert drawing(Times())(Random(5)) == 0.0
