"""The abandonment budget: what was overspent is taken back, what models get wrong is learned."""

from dataclasses import replace

import pytest

from ccdialer.core.campaign import Tally, Window
from ccdialer.core.pacing.budget import Budget
from ccdialer.core.pacing.policy import Scene

TEAM = Scene(2, 0, (30.0,) * 18, (), (), free_lines=100)


def allowed(scene: Scene, budget: Budget | None = None) -> float:
    return (budget or Budget(0.03)).allowed_risk(scene, handle_s=140.0, answer_rate=0.3)


def spent(answered: int, abandoned: int, month: Tally | None = None) -> Scene:
    day = Tally(answered, abandoned)
    return replace(TEAM, day=day, month=month or day)


def test_overspent_leaves_nothing() -> None:
    assert allowed(spent(1000, 60)) == 0.0


def test_underspent_allows_more_than_the_cap_but_not_much() -> None:
    assert allowed(spent(3000, 10)) == pytest.approx(0.03 * 1.5 / 1.25)


def test_a_short_list_cannot_be_gambled_with() -> None:
    assert allowed(replace(TEAM, tasks_left=50)) == 0.0
    assert allowed(replace(TEAM, tasks_left=None)) > 0.0


def test_spent_shares_are_ordered() -> None:
    risks = [allowed(spent(1000, n)) for n in range(0, 60, 5)]
    assert risks == sorted(risks, reverse=True)
    assert risks[0] > risks[-1]


def test_more_abandonment_than_allowed_raises_the_gain() -> None:
    budget, scene = Budget(0.03), TEAM
    for _ in range(2000):
        budget.placed(1, allowed(scene, budget), flying=0)
        scene = spent(scene.day.answered + 10, scene.day.abandoned + 1)
    assert budget.gain > 2.0


def test_a_calibrated_world_has_gain_one() -> None:
    budget, scene = Budget(0.03), TEAM
    budget.placed(1, 0.02, flying=0)
    for _ in range(200):
        allowed(scene, budget)
        scene = spent(scene.day.answered + 50, scene.day.abandoned + 1)
    assert budget.gain == pytest.approx(1.0, abs=0.05)


def test_a_new_window_does_not_disturb_what_was_learned() -> None:
    budget = Budget(0.03)
    allowed(spent(1000, 30), budget)
    before = budget.gain
    allowed(spent(0, 0), budget)
    assert budget.gain == before


def test_a_month_that_is_overspent_is_paid_back_whatever_the_day_left() -> None:
    assert allowed(spent(1000, 5, month=Tally(20_000, 900))) == 0.0
    assert allowed(spent(1000, 5, month=Tally(20_000, 500))) > 0.0


def test_over_30_days_a_bad_day_is_paid_by_good_ones_but_not_without_bound() -> None:
    monthly = Budget(0.03, Window.MONTH)
    saved = Tally(20_000, 400)
    assert allowed(spent(1000, 42, saved)) == 0.0
    assert allowed(spent(1000, 42, saved), monthly) > 0.0
    assert allowed(spent(1000, 60, saved), monthly) == 0.0


def test_a_day_that_ends_soon_needs_less_in_reserve() -> None:
    scene = spent(1000, 28)
    assert allowed(replace(scene, time_left_s=300.0)) > allowed(scene)


def test_what_was_learned_can_be_remembered() -> None:
    budget, later = Budget(0.03), Budget(0.03)
    budget.placed(1, 0.02, flying=0)
    allowed(spent(0, 0), budget)
    allowed(spent(500, 40), budget)
    later.remember(budget.memory())
    assert 1.25 < later.gain < budget.gain, "and half of a long day is forgotten"


def test_answers_on_their_way_are_kept_back_for_at_the_end_of_the_day() -> None:
    """What was risked of calls in flight is not known yet, and afterwards nothing can mend it."""
    nearly_over = replace(TEAM, day=Tally(1000, 28), month=Tally(1000, 28), time_left_s=60.0)
    calm = replace(nearly_over, in_flight=())
    busy = replace(nearly_over, in_flight=(5.0,) * 60)
    assert allowed(calm) > 0.0
    assert allowed(busy) == 0.0
