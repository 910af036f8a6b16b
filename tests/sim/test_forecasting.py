"""A forecast is what happens: days after days with one list, until it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer.core.campaign import Mode
from ccdialer.sim import forecasting
from ccdialer.sim.forecasting import (
    QUANTITIES,
    Course,
    Forecast,
    day_and_hour,
    mean_simulated,
    ranged,
)
from ccdialer.sim.scenario import Callees, CampaignPlan, Scenario, Team, dialing_settings
from ccdialer.sim.store import Called


def site(tasks: int, **callees: object) -> Scenario:
    """Four agents for two hours a day; whoever is to be tried again is so within the day."""
    settings = dialing_settings(mode=Mode.PROGRESSIVE, max_attempts=2)
    pauses = dict.fromkeys(settings.retry_after_s, 900.0)
    plan = CampaignPlan(
        tasks=tasks,
        settings=replace(settings, retry_after_s=pauses),
        callees=Callees(**callees),  # type: ignore[arg-type]
    )
    return Scenario(hours=2.0, campaigns=(plan,), teams=(Team(agents=4),))


def test_a_short_list_ends_on_the_first_day() -> None:
    course = Forecast(site(60), (), 30)(1)
    assert (course.simulated, course.left) == (1, 0)
    assert course.nearly_at is not None
    assert course.ends_at is not None
    assert course.nearly_at <= course.ends_at < 7200.0
    assert 60 < course.dials <= 120
    assert 15 < course.talks < 60


def test_counting_on_agrees_with_simulating_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same list with one day simulated, and with all of them."""
    made = Forecast(site(1200), (), 30)
    monkeypatch.setattr(forecasting, "ENOUGH_DIALS", 10)
    counted = [made(seed) for seed in (1, 2)]
    monkeypatch.setattr(forecasting, "ENOUGH_DIALS", 10**9)
    lived = [made(seed) for seed in (1, 2)]
    assert {course.simulated for course in counted} == {1}
    for short, full in zip(counted, lived, strict=True):
        assert full.simulated >= 4
        assert short.dials == pytest.approx(full.dials, rel=0.03)
        assert short.talks == pytest.approx(full.talks, rel=0.08)
        assert short.nearly_at is not None
        assert full.nearly_at is not None
        working_h = [_worked_h(at) for at in (short.nearly_at, full.nearly_at)]
        assert working_h[0] == pytest.approx(working_h[1], rel=0.08)


def _worked_h(at: float) -> float:
    day, rest_s = divmod(at, 86400.0)
    return 2.0 * day + min(2.0, rest_s / 3600.0)


def test_a_list_that_does_not_end_says_how_much_is_left() -> None:
    courses = [Forecast(site(5000), (), 2)(seed) for seed in (1, 2)]
    by_key = {each.key: ranged(each, courses) for each in QUANTITIES}
    assert by_key["ends"] is None
    assert by_key["nearly_done"] is None
    assert by_key["left"] is not None
    assert 3500 < by_key["left"].low <= by_key["left"].median <= by_key["left"].high < 5000


def test_who_was_called_before_has_fewer_attempts_left_and_waits_until_he_is_due() -> None:
    nobody = site(20, answer_rate={0.0: 0.0}, machine=0.0, busy=1.0, failed=0.0)
    fresh, once = Forecast(nobody, (), 30)(1), Forecast(nobody, (Called(20, 1, 1, 0.0),), 30)(1)
    assert (fresh.dials, once.dials) == (40, 20)
    tomorrow = Forecast(nobody, (Called(20, 1, 1, 86400.0),), 30)(1)
    assert tomorrow.nearly_at is not None
    assert 86400.0 < tomorrow.nearly_at < 86400.0 + 7200.0
    assert day_and_hour(tomorrow.nearly_at).startswith("day 2, hour 0.")


def test_ranges_over_seeds() -> None:
    courses = [
        Course(1, 10.0 * n, None, 0.0, n, n, 0.5, 0.01, 7, 3.0) for n in range(1, 12)
    ]  # fmt: skip
    found = {each.key: ranged(each, courses) for each in QUANTITIES}
    assert found["nearly_done"] == forecasting.Range(60.0, 20.0, 100.0)
    assert found["ends"] is None
    assert mean_simulated(courses) == 1.0


def test_an_instant_is_never_between_two_days() -> None:
    done = (3600.0, 86_400.0 + 1800.0)
    courses = [Course(1, at, at, 0.0, 9, 9, 0.5, 0.01, 7, 3.0) for at in done]
    for quantity in QUANTITIES[:2]:
        assert ranged(quantity, courses) == forecasting.Range(done[0], *done)
