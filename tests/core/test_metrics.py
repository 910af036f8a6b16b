"""One definition of each figure."""

from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core import metrics
from ccdialer.core.metrics import Work, WorkTime

DAY = WorkTime(signed_in_s=1000.0, paused_s=200.0, talk_s=400.0, wrap_up_s=200.0)


def test_the_abandonment_rate_is_a_share_of_live_answers() -> None:
    assert metrics.abandonment_rate(talked=97, abandoned=3) == 0.03


def test_a_share_of_nothing_is_nothing() -> None:
    assert metrics.abandonment_rate(0, 0) == 0.0
    assert metrics.utilisation(WorkTime(0.0)) == 0.0
    assert metrics.utilisation(WorkTime(10.0, paused_s=10.0)) == 0.0
    assert metrics.average_handling_s(0.0, 0.0, 0) == 0.0


def test_pauses_are_no_working_time() -> None:
    assert metrics.utilisation(DAY) == 0.5
    assert metrics.occupancy(DAY) == 0.75


def test_a_share_is_never_more_than_the_whole() -> None:
    assert metrics.utilisation(WorkTime(signed_in_s=10.0, talk_s=10.5)) == 1.0


def test_handling_is_talk_and_wrap_up() -> None:
    assert metrics.average_handling_s(300.0, 60.0, 3) == 120.0


def test_contact_rate_is_live_answers_of_attempts() -> None:
    assert metrics.contact_rate(live=30, attempts=120) == 0.25


def test_spread_is_deviation_over_mean() -> None:
    assert metrics.spread([10.0, 10.0]) == 0.0
    assert metrics.spread([5.0, 15.0]) == 0.5
    assert metrics.spread([0.0]) == 0.0
    assert metrics.spread([]) == 0.0


def test_work_adds_up() -> None:
    assert Work(2, 60.0) + Work(1, 30.0) == Work(3, 90.0)


def test_the_service_level_is_of_all_who_waited() -> None:
    assert metrics.service_level(in_time=80, queued=100) == 0.8
    assert metrics.service_level(0, 0) == 0.0


def test_the_speed_of_answer_is_of_the_answered() -> None:
    assert metrics.average_speed_of_answer_s(wait_s=90.0, answered=3) == 30.0
    assert metrics.average_speed_of_answer_s(0.0, 0) == 0.0


def test_a_quantile_is_one_of_the_values() -> None:
    values = [float(n) for n in range(10, 0, -1)]
    assert metrics.quantile(values, 0.5) == 5.0
    assert metrics.quantile(values, 0.9) == 9.0
    assert metrics.quantile(values, 1.0) == 10.0
    assert metrics.quantile([7.0], 0.0) == 7.0
    assert metrics.quantile([], 0.5) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0.01, 1.0))
def test_a_quantile_is_the_smallest_that_so_many_do_not_exceed(
    values: list[float], part: float
) -> None:
    found = metrics.quantile(values, part)
    assert found is not None
    assert sum(value <= found for value in values) >= part * len(values)
    assert sum(value < found for value in values) < part * len(values)
