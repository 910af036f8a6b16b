"""A memory goes through JSON; whatever else is found there harms nobody."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ccdialer.core.campaign import Tally
from ccdialer.core.pacing.policies import policy_for
from ccdialer.core.pacing.policy import Scene
from ccdialer.core.pacing.predictive import Predictive
from ccdialer.core.pacing.remembering import amount, amounts, short, weight
from tests.core.pacing.scenes import scenes
from tests.core.pacing.world import World, settings

KILOBYTES = 1024
Path = tuple[str | int, ...]


@cache
def hour() -> Predictive:
    """What an hour with ten agents teaches."""
    policy = Predictive(settings())
    World(policy, 10, lambda _: 0.5, seed=1).run(1.0)
    return policy


def remembered() -> Any:
    return json.loads(json.dumps(hour().memory()))


def test_numbers_are_believed_within_bounds() -> None:
    assert amount(3, 0.0, 5.0) == 3.0
    assert amounts([1, 2.5], 2) == [1.0, 2.5]
    for absurd in (-1, 10**400, float("nan"), float("inf"), True, "3", None, [3]):
        with pytest.raises(ValueError, match="is no number from"):
            amount(absurd)
    for wrong in ([1.0], (1.0, 2.0), "12", None):
        with pytest.raises(ValueError, match="2 numbers were expected"):
            amounts(wrong, 2)


def test_numbers_are_short() -> None:
    assert json.dumps(short([1 / 3, 123456.789, 0.0])) == "[0.33333, 123460.0, 0.0]"


def test_much_weighs_as_the_most_and_little_as_it_is() -> None:
    assert [weight(count) * count for count in (0.0, 5.0, 100.0, 1e6)] == [0.0, 5.0, 100.0, 100.0]


def test_a_day_takes_a_few_kilobytes() -> None:
    assert len(json.dumps(hour().memory())) < 4 * KILOBYTES


@given(scenes())
@hypothesis_settings(deadline=None, max_examples=50)
def test_who_remembers_decides_much_as_who_has_learned(scene: Scene) -> None:
    later = Predictive.remembering(settings(), remembered())
    again = Predictive.remembering(settings(), json.loads(json.dumps(later.memory())))
    assert again.decide(scene, 0.0).place == pytest.approx(later.decide(scene, 0.0).place, abs=1)


def test_the_first_minutes_are_like_the_last_ones() -> None:
    """Without a memory the first thirty calls are placed one per idle agent."""
    scene = Scene(10, 0, (60.0,) * 3, (), (), free_lines=100, day=Tally(400))
    assert policy_for(settings()).decide(scene, 0.0).place == 10
    assert policy_for(settings(), remembered()).decide(scene, 0.0).place > 10


# --- damage ---------------------------------------------------------------------------------------


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where there is something that could be something else."""
    yield path
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, below in items:
        yield from places(below, (*path, key))


PLACES = tuple(places(remembered()))
WRONG = st.sampled_from(
    [None, True, "", "x", [], {}, [1.0], float("nan"), float("inf"), -1.0, 1e308, 10**400]
)
OTHER = WRONG | st.floats(0.0, 1e9) | st.integers(0, 10**6)


def changed(memory: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    at = memory
    for key in path[:-1]:
        try:
            at = at[key]
        except (KeyError, IndexError, TypeError):
            return memory  # an earlier change has taken the place away
    if isinstance(at, dict) or (isinstance(at, list) and path[-1] in range(len(at))):
        at[path[-1]] = value
    return memory


@given(st.lists(st.tuples(st.sampled_from(PLACES), OTHER), min_size=1, max_size=3), scenes())
@hypothesis_settings(deadline=None, max_examples=300)
def test_whatever_is_found_pacing_goes_on(changes: list[tuple[Path, Any]], scene: Scene) -> None:
    memory = remembered()
    for path, value in changes:
        memory = changed(memory, path, value)
    policy = Predictive.remembering(settings(), memory)
    for now in (0.0, 1.0, 61.0):
        decision = policy.decide(scene, now)
        assert 0 <= decision.place <= scene.free_lines
        policy.call_ended(7.0, answered=True)
        policy.talk_ended(60.0)
    json.dumps(policy.memory(), allow_nan=False)


@pytest.mark.parametrize("wrong", [None, float("nan"), -1.0, "much", [], 1e300])
@pytest.mark.parametrize(
    "path",
    [
        ("version",),
        ("calls",),
        ("budget", "risked"),
        ("answering", "answers", 3),
        ("answering", "level", "day", 0),
        ("freeing", "talk", "sums", 1),
        ("freeing",),
    ],
)
def test_what_is_damaged_teaches_nothing(path: Path, wrong: Any) -> None:
    damaged = changed(remembered(), path, wrong)
    assert Predictive.remembering(settings(), damaged).memory() == Predictive(settings()).memory()
