"""Progressive dialing: one call per free agent."""

from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.pacing.policy import Scene
from ccdialer.core.pacing.progressive import Progressive
from tests.core.pacing.scenes import scenes


def scene(**changes: object) -> Scene:
    quiet = {"idle": 3, "waiting": 0, "talking": (), "wrapping": (), "in_flight": ()}
    return Scene(**{**quiet, "free_lines": 100, **changes})


def test_one_call_per_idle_agent() -> None:
    assert Progressive(15.0).decide(scene(), 0.0).place == 3


def test_waiting_clients_and_ringing_calls_are_served_first() -> None:
    busy = scene(idle=5, waiting=1, in_flight=(2.0, 8.0))
    assert Progressive(15.0).decide(busy, 0.0).place == 2


def test_the_reason_has_the_numbers() -> None:
    reason = Progressive(15.0).decide(scene(idle=4, in_flight=(1.0,)), 0.0).reason
    assert reason == "4 idle, 0 waiting, 1 ringing; one call per free agent: placed 3"


def test_old_calls_may_be_let_go_when_nobody_is_free() -> None:
    assert Progressive(15.0).decide(scene(idle=0), 0.0).let_go_after_s == 15.0
    assert Progressive(15.0).decide(scene(idle=2, waiting=2), 0.0).let_go_after_s == 15.0
    assert Progressive(15.0).decide(scene(idle=1), 0.0).let_go_after_s is None


@given(scenes(), st.floats(0, 1e6))
def test_never_more_calls_than_free_agents_lines_and_tasks(scene: Scene, now: float) -> None:
    place = Progressive(15.0).decide(scene, now).place
    assert 0 <= place <= scene.free_lines
    assert place <= max(0, scene.idle - scene.waiting - len(scene.in_flight))
    assert scene.tasks_left is None or place <= scene.tasks_left
