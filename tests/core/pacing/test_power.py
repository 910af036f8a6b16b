"""Power dialing: a fixed number of calls per free agent."""

import pytest
from hypothesis import given

from ccdialer.core.pacing.policy import Scene
from ccdialer.core.pacing.power import Power
from tests.core.pacing.scenes import scenes


@pytest.mark.parametrize(
    ("lines", "idle", "waiting", "ringing", "placed"),
    [(2.0, 3, 0, 0, 6), (2.0, 3, 1, 2, 2), (1.5, 1, 0, 0, 2), (2.0, 0, 0, 0, 0), (2.0, 1, 3, 0, 0)],
)
def test_lines_per_free_agent(
    lines: float, idle: int, waiting: int, ringing: int, placed: int
) -> None:
    scene = Scene(idle, waiting, (), (), (1.0,) * ringing, free_lines=100)
    assert Power(lines, 15.0).decide(scene, 0.0).place == placed


def test_the_reason_has_the_numbers() -> None:
    decision = Power(2.5, 15.0).decide(Scene(2, 0, (), (), (3.0,), free_lines=9), 0.0)
    assert decision.reason == "2 idle, 0 waiting, 1 ringing; 2.5 calls per free agent: placed 4"


@given(scenes())
def test_never_more_than_lines_and_tasks(scene: Scene) -> None:
    place = Power(3.0, 15.0).decide(scene, 0.0).place
    assert 0 <= place <= scene.free_lines
    assert scene.tasks_left is None or place <= scene.tasks_left
