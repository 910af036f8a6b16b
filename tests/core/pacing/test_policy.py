"""What policies share."""

from dataclasses import replace

import pytest

from ccdialer.core.pacing.policy import Decision, Scene, affordable, no_agent_free

SCENE = Scene(idle=2, waiting=1, talking=(), wrapping=(), in_flight=(), free_lines=5)


@pytest.mark.parametrize(
    ("wanted", "lines", "tasks", "got"),
    [(3, 5, None, 3), (9, 5, None, 5), (9, 5, 2, 2), (-4, 5, None, 0), (3, -1, None, 0)],
)
def test_affordable(wanted: int, lines: int, tasks: int | None, got: int) -> None:
    assert affordable(wanted, replace(SCENE, free_lines=lines, tasks_left=tasks)) == got


def test_no_agent_free() -> None:
    assert not no_agent_free(SCENE)
    assert no_agent_free(replace(SCENE, waiting=2))


def test_the_reason_is_put_together_from_figures() -> None:
    assert Decision(2, "{0} idle, {1:.1%} risk", (3, 0.025)).reason == "3 idle, 2.5% risk"
