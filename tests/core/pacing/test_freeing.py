"""When agents are free: talk, then wrap-up, at given horizons."""

import json
from random import Random

import pytest

from ccdialer.core.pacing.freeing import Freeing

HORIZONS = (4, 10, 20, 29)


def learned(wrap_up_limit_s: float) -> Freeing:
    dice, freeing = Random(1), Freeing(wrap_up_limit_s)
    for _ in range(1500):
        freeing.talk_ended(dice.expovariate(1 / 60.0))
        freeing.wrap_up_ended(dice.uniform(5.0, 15.0))
    freeing.refresh((), (), HORIZONS)
    return freeing


def talking(freeing: Freeing, elapsed_s: float) -> tuple[float, ...]:
    [(count, row)] = freeing.still_busy((elapsed_s,), ())
    assert count == 1
    return row[: len(HORIZONS)]


def wrapping(freeing: Freeing, elapsed_s: float) -> tuple[float, ...]:
    [(_, row)] = freeing.still_busy((), (elapsed_s,))
    return row[: len(HORIZONS)]


def test_talk_and_wrap_up_together() -> None:
    dice = Random(2)
    needed = [dice.expovariate(1 / 60.0) + dice.uniform(5.0, 15.0) for _ in range(50_000)]
    row = talking(learned(60.0), 30.0)
    for horizon, busy in zip(HORIZONS, row, strict=True):
        truth = sum(need > horizon for need in needed) / len(needed)
        assert busy == pytest.approx(truth, abs=0.04)


def test_wrap_up_ends_at_its_limit() -> None:
    assert wrapping(learned(12.0), 9.0)[0] == 0.0
    assert wrapping(learned(60.0), 2.0)[0] > 0.5


def test_without_wrap_up_the_end_of_the_talk_frees() -> None:
    with_it, without = talking(learned(60.0), 30.0), talking(learned(0.0), 30.0)
    assert all(a > b for a, b in zip(with_it, without, strict=True))
    assert learned(0.0).handle_s == pytest.approx(60.0, rel=0.1)


def test_later_means_freer() -> None:
    row = talking(learned(60.0), 75.0)
    assert list(row) == sorted(row, reverse=True)


def test_agents_alike_are_grouped() -> None:
    groups = learned(60.0).still_busy((31.0, 32.0, 5000.0), (3.2, 3.4))
    assert sorted(count for count, _ in groups) == [1, 2, 2]


def test_what_was_learned_is_remembered() -> None:
    before, later = learned(60.0), Freeing(60.0)
    later.remember(json.loads(json.dumps(before.memory())))
    later.refresh((), (), HORIZONS)
    assert talking(later, 30.0) == pytest.approx(talking(before, 30.0), abs=0.05)
    assert wrapping(later, 8.0) == pytest.approx(wrapping(before, 8.0), abs=0.1)


def test_wrap_ups_cut_short_say_nothing_about_a_higher_limit() -> None:
    new, later = Freeing(300.0), Freeing(300.0)
    later.remember(learned(15.0).memory())
    for freeing in (new, later):
        freeing.refresh((), (), HORIZONS)
    assert wrapping(later, 8.0) == wrapping(new, 8.0)
    assert talking(later, 30.0) != talking(new, 30.0)
