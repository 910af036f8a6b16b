"""The abandonment budget: what was overspent is taken back, what models get wrong is learned."""

from dataclasses import replace

import pytest

from ccdialer.core.pacing.budget import Budget
from ccdialer.core.pacing.policy import Scene

TEAM = Scene(2, 0, (30.0,) * 18, (), (), free_lines=100)


def allowed(scene: Scene, budget: Budget | None = None) -> float:
    return (budget or Budget(0.03)).allowed_risk(scene, handle_s=140.0, answer_rate=0.3)


def test_overspent_leaves_nothing() -> None:
    assert allowed(replace(TEAM, answered=1000, abandoned=60)) == 0.0


def test_underspent_allows_more_than_the_cap_but_not_much() -> None:
    assert allowed(replace(TEAM, answered=3000, abandoned=10)) == pytest.approx(0.03 * 1.5 / 1.25)


def test_a_short_list_cannot_be_gambled_with() -> None:
    assert allowed(replace(TEAM, tasks_left=50)) == 0.0
    assert allowed(replace(TEAM, tasks_left=None)) > 0.0


def test_spent_shares_are_ordered() -> None:
    risks = [allowed(replace(TEAM, answered=1000, abandoned=n)) for n in range(0, 60, 5)]
    assert risks == sorted(risks, reverse=True)
    assert risks[0] > risks[-1]


def test_more_abandonment_than_allowed_raises_the_gain() -> None:
    budget, scene = Budget(0.03), TEAM
    for _ in range(2000):
        budget.placed(1, allowed(scene, budget), flying=0)
        scene = replace(scene, answered=scene.answered + 10, abandoned=scene.abandoned + 1)
    assert budget.gain > 2.0


def test_a_calibrated_world_has_gain_one() -> None:
    budget, scene = Budget(0.03), TEAM
    budget.placed(1, 0.02, flying=0)
    for _ in range(200):
        allowed(scene, budget)
        scene = replace(scene, answered=scene.answered + 50, abandoned=scene.abandoned + 1)
    assert budget.gain == pytest.approx(1.0, abs=0.05)


def test_a_new_window_does_not_disturb_what_was_learned() -> None:
    budget = Budget(0.03)
    allowed(replace(TEAM, answered=1000, abandoned=30), budget)
    before = budget.gain
    allowed(replace(TEAM, answered=0, abandoned=0), budget)
    assert budget.gain == before
