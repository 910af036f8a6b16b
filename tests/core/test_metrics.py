"""One definition of each figure."""

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
