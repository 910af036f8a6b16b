"""Figures worked out by hand from the description (PACING §2.2)."""

from dataclasses import replace

import pytest

from ccdialer.core.pacing.policy import Scene
from tests.bench.pacing.issabel import Issabel

SCENE = Scene(idle=3, waiting=1, talking=(), wrapping=(), in_flight=(2.0,), free_lines=100)


def experienced(overcommit: bool = False, talks: int = 10) -> Issabel:
    """Ten talks of 100 s; ten calls, of which four were answered after 12 s."""
    policy = Issabel(overcommit)
    for _ in range(talks):
        policy.talk_ended(100.0)
    for number in range(10):
        policy.call_ended(12.0, answered=number < 4)
    return policy


def test_before_it_knows_talks_it_dials_for_free_agents() -> None:
    # 3 free - 1 waiting - 1 in flight
    assert Issabel(overcommit=False).decide(SCENE, 0.0).place == 1
    late = replace(SCENE, talking=(1000.0, 1000.0))
    assert experienced(talks=9).decide(late, 0.0).place == 1


@pytest.mark.parametrize(("talked_s", "placed"), [(338.0, 1), (339.0, 2)])
def test_a_talk_counts_as_over_late(talked_s: float, placed: int) -> None:
    # 1 - exp(-(t + 12) / 100) >= 0.97 from t = 100 ln(1 / 0.03) - 12 = 338.66 s on
    assert experienced().decide(replace(SCENE, talking=(talked_s,)), 0.0).place == placed


def test_a_ring_takes_eight_seconds_until_one_was_answered() -> None:
    policy = Issabel(overcommit=False)
    for _ in range(10):
        policy.talk_ended(100.0)
    # ... - 8 = 342.66 s
    assert policy.decide(replace(SCENE, talking=(342.0,)), 0.0).place == 1
    assert policy.decide(replace(SCENE, talking=(343.0,)), 5.0).place == 2


def test_it_looks_every_five_seconds() -> None:
    policy = Issabel(overcommit=False)
    assert [policy.decide(SCENE, now).place for now in (0.0, 4.5, 5.0)] == [1, 0, 1]


def test_overcommitted_calls_are_divided_by_the_answer_rate() -> None:
    wide = replace(SCENE, idle=6)  # 6 - 1 - 1 = 4 are missing, 4 / 0.4 = 10
    assert experienced(overcommit=True).decide(wide, 0.0).place == 10


def test_an_answer_rate_below_a_fifth_counts_as_a_fifth() -> None:
    policy = Issabel(overcommit=True)
    for _ in range(10):
        policy.call_ended(12.0, answered=False)
    assert policy.decide(SCENE, 0.0).place == 5


def test_calls_older_than_half_an_hour_say_nothing() -> None:
    policy = experienced(overcommit=True)
    assert policy.decide(SCENE, 1800.0).place == 3  # 1 / 0.4 = 2.5
    assert policy.decide(SCENE, 1805.0).place == 1
