"""Callbacks: one call per idle agent, and nobody is let go for want of one."""

from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.pacing.callback import Callback
from ccdialer.core.pacing.policy import Scene
from tests.core.pacing.scenes import scenes


def scene(**changes: object) -> Scene:
    quiet = {"idle": 3, "waiting": 0, "talking": (), "wrapping": (), "in_flight": ()}
    return Scene(**{**quiet, "free_lines": 100, "tasks_left": 7, **changes})


def test_the_reason_has_the_numbers() -> None:
    decision = Callback().decide(scene(waiting=1), 0.0)
    assert decision.reason == "3 idle, 7 callbacks due, owners first: room for 2"
    assert decision.let_go_after_s is None


def test_more_than_are_kept_at_hand() -> None:
    assert "more callbacks due" in Callback().decide(scene(tasks_left=None), 0.0).reason


@given(scenes(), st.floats(0, 1e6))
def test_never_more_calls_than_idle_agents_lines_and_callbacks(scene: Scene, now: float) -> None:
    place = Callback().decide(scene, now).place
    assert 0 <= place <= min(scene.free_lines, max(0, scene.idle - scene.waiting))
    assert scene.tasks_left is None or place <= scene.tasks_left
