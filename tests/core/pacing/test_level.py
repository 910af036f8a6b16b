"""The answer level: steady when nothing changes, quick when something does."""

from random import Random

import pytest

from ccdialer.core.pacing.level import Level


def fed(level: Level, true_level: float, seconds: int, expected: float, seed: int = 1) -> Level:
    """One tick a second, each with `expected` answers at level 1; answers are chance."""
    dice = Random(seed)
    for _ in range(seconds):
        answers = sum(dice.random() < true_level * expected / 10 for _ in range(10))
        level.tick(answers, expected, 1.0)
    return level


@pytest.mark.parametrize("true_level", [0.5, 1.0, 2.0])
def test_finds_the_level(true_level: float) -> None:
    assert fed(Level(), true_level, 3600, 0.2).value == pytest.approx(true_level, rel=0.25)


def test_a_jump_is_noticed_within_half_a_minute() -> None:
    level = fed(Level(), 0.6, 3600, 0.5)
    assert fed(level, 1.8, 30, 0.5, seed=2).value > 1.3


def test_missing_answers_are_noticed_too() -> None:
    level = fed(Level(), 1.0, 3600, 0.5)
    before = level.value
    for _ in range(120):
        level.tick(0, 0.5, 1.0)
    assert level.value < 0.7 * before


def test_caution_shrinks_with_experience() -> None:
    new, old = Level(), fed(Level(), 1.0, 3600, 0.5)
    assert new.cautious / new.value > old.cautious / old.value > 1.0


def test_nothing_rang_nothing_learned() -> None:
    level = Level()
    level.tick(0, 0.0, 1000.0)
    assert level.value == 1.0


def test_a_level_is_remembered_and_still_moves() -> None:
    before, later = fed(Level(), 2.0, 7200, 0.5), Level()
    later.remember(before.memory())
    assert later.value == pytest.approx(before.value, rel=1e-3)
    assert fed(later, 0.5, 600, 0.5, seed=2).value < 1.0
    for absurd in ([1e6, 1.0], [1.0, 1e6], [0.0, 0.0], [float("nan"), 1.0]):
        with pytest.raises(ValueError, match="no number from"):
            later.remember(before.memory() | {"moment": absurd})
