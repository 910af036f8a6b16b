"""When agents are free: talk, then wrap-up, at given horizons."""

from random import Random

import pytest

from ccdialer.core.pacing.freeing import Freeing

HORIZONS = (4.0, 10.0, 20.5, 29.0)


def learned(wrap_up_limit_s: float) -> Freeing:
    dice, freeing = Random(1), Freeing(HORIZONS, wrap_up_limit_s)
    for _ in range(1500):
        freeing.talk_ended(dice.expovariate(1 / 60.0))
        freeing.wrap_up_ended(dice.uniform(5.0, 15.0))
    freeing.refresh((), ())
    return freeing


def test_talk_and_wrap_up_together() -> None:
    dice = Random(2)
    needed = [dice.expovariate(1 / 60.0) + dice.uniform(5.0, 15.0) for _ in range(50_000)]
    row = learned(60.0).busy_talking(30.0)
    for horizon, busy in zip(HORIZONS, row, strict=True):
        truth = sum(need > horizon for need in needed) / len(needed)
        assert busy == pytest.approx(truth, abs=0.04)


def test_wrap_up_ends_at_its_limit() -> None:
    assert learned(12.0).busy_wrapping(9.0)[0] == 0.0
    assert learned(60.0).busy_wrapping(2.0)[0] > 0.5


def test_without_wrap_up_the_end_of_the_talk_frees() -> None:
    with_it, without = learned(60.0).busy_talking(30.0), learned(0.0).busy_talking(30.0)
    assert all(a > b for a, b in zip(with_it, without, strict=True))
    assert learned(0.0).handle_s == pytest.approx(60.0, rel=0.1)


def test_later_means_freer() -> None:
    row = learned(60.0).busy_talking(75.0)
    assert list(row) == sorted(row, reverse=True)
