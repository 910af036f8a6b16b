"""Figures worked out by hand from the description (PACING §2.1)."""

from dataclasses import replace

import pytest

from ccdialer.core.campaign import Tally
from ccdialer.core.pacing.policy import Scene
from tests.bench.pacing.vicidial import Knobs, Method, Vicidial

HARD = Knobs(Method.HARD_LIMIT)
RATIO = Knobs(Method.RATIO, level=1.5)
SCENE = Scene(
    idle=4,
    waiting=1,
    talking=(10.0,) * 10,
    wrapping=(5.0,) * 6,
    in_flight=(3.0,) * 3,
    free_lines=100,
)
OVER = replace(SCENE, day=Tally(100, 4))  # 4 % dropped


def level_after(knobs: Knobs, scene: Scene, seconds: int = 0, calls: int = 0) -> float:
    """The level when the same scene was seen each half second, after so many calls ended."""
    policy = Vicidial(knobs)
    for _ in range(calls):
        policy.call_ended(10.0, answered=False)
    for half in range(2 * seconds + 1):
        policy.decide(scene, half / 2.0)
    return policy.level


def test_lines_wanted_are_the_level_times_ready_agents_and_those_in_a_call() -> None:
    # 1.5 x (4 + 10) = 21 lines; 3 ring, 1 waits, 10 talk
    assert Vicidial(RATIO).decide(SCENE, 0.0).place == 21 - 14


def test_with_the_ready_only_tally_conversations_are_on_neither_side() -> None:
    # 1.5 x 4 = 6 lines; 3 ring, 1 waits
    assert Vicidial(replace(RATIO, ready_only=True)).decide(SCENE, 0.0).place == 6 - 4


def test_it_places_every_two_and_a_half_seconds() -> None:
    policy = Vicidial(RATIO)
    placed = [half / 2.0 for half in range(13) if policy.decide(SCENE, half / 2.0).place]
    assert placed == [0.0, 2.5, 5.0]


def test_it_places_no_more_than_there_are_lines_and_tasks() -> None:
    assert Vicidial(RATIO).decide(replace(SCENE, free_lines=5), 0.0).place == 5
    assert Vicidial(RATIO).decide(replace(SCENE, tasks_left=2), 0.0).place == 2
    assert Vicidial(RATIO).decide(replace(SCENE, in_flight=(3.0,) * 30), 0.0).place == 0


@pytest.mark.parametrize(
    ("knobs", "level"),
    [
        (HARD, 1.15),  # (4 - 1) / 20 = 15 % up
        (replace(HARD, intensity=20), 1.18),  # 15 % x 1.2
        (replace(HARD, intensity=-50), 1.075),  # 15 % x 0.5
        (replace(HARD, difference=2), 1.25),  # (3 + 2) / 20
        (replace(HARD, level=2.0, difference=-5), 1.8),  # (3 - 5) / 20 = 10 % down
        (replace(HARD, level=2.0, difference=-5, intensity=20), 1.84),  # 10 % x |0.2 - 1|
        (replace(HARD, level=2.0, difference=-5, intensity=-50), 1.7),  # 10 % x |-0.5 - 1|
        (replace(HARD, difference=-9), 1.0),  # never below one line per agent
        (replace(HARD, level=2.9), 3.0),  # nor above the maximum
        (RATIO, 1.5),
    ],
)
def test_the_level_follows_the_idle_agents(knobs: Knobs, level: float) -> None:
    assert level_after(knobs, SCENE) == pytest.approx(level)


def test_it_is_corrected_every_fifteen_seconds() -> None:
    assert level_after(HARD, SCENE, seconds=14) == pytest.approx(1.15)
    assert level_after(HARD, SCENE, seconds=15) == pytest.approx(1.15**2)


def test_the_last_fifteen_samples_of_a_second_are_averaged() -> None:
    policy, crowded = Vicidial(HARD), replace(SCENE, idle=0, waiting=0, talking=(1.0,) * 14)
    for half in range(2 * 8):
        policy.decide(SCENE, half / 2.0)
    for half in range(2 * 8, 2 * 15 + 1):
        policy.decide(crowded, half / 2.0)
    # of the seconds 1 to 15 seven show 3 idle agents more than waiting clients, eight none
    assert policy.level == pytest.approx(1.15 * (1.0 + 7 * 3 / 15 / 20))


@pytest.mark.parametrize(
    ("knobs", "scene", "calls", "level"),
    [
        (replace(HARD, level=2.0), OVER, 51, 1.0),
        (replace(HARD, level=2.0), OVER, 50, 2.3),  # so few calls are no reason
        (replace(HARD, level=2.0), replace(OVER, day=Tally(100, 3)), 51, 2.3),  # 3 % is allowed
        (replace(HARD, level=2.0, drop_limit=0.02), replace(OVER, day=Tally(100, 3)), 51, 1.0),
        (Knobs(Method.AVERAGE, level=2.6), OVER, 51, 1.495),  # 2.6 x 1.15 / 2
        (Knobs(Method.TAPERED, level=2.0, closes_s=36000.0), OVER, 51, 2.3),  # 10 h left: all
        (Knobs(Method.TAPERED, level=2.0, closes_s=27000.0), OVER, 51, 1.679),  # 7:30 is 730
        (Knobs(Method.TAPERED, level=2.0, closes_s=0.0), OVER, 51, 1.0),
        (replace(HARD, level=2.0), replace(SCENE, day=Tally(30, 16)), 21, 1.15),  # a flood
    ],
)
def test_dropped_calls_lower_the_level(
    knobs: Knobs, scene: Scene, calls: int, level: float
) -> None:
    assert level_after(knobs, scene, calls=calls) == pytest.approx(level)


def test_drops_are_counted_once_a_minute() -> None:
    policy = Vicidial(replace(HARD, level=2.0))
    policy.decide(SCENE, 0.0)
    for _ in range(60):
        policy.call_ended(10.0, answered=True)
    policy.decide(OVER, 45.0)
    assert policy.level > 2.0
    policy.decide(OVER, 60.0)
    assert policy.level == 1.0


def test_in_a_site_without_agents_the_level_stays() -> None:
    assert level_after(HARD, Scene(0, 0, (), (), (), 100)) == 1.0
