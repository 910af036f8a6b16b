"""A list is counted down as the retry rules say, and everybody is accounted for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer.core.disposition import Disposition
from ccdialer.core.task import Task
from ccdialer.sim.counting import Pace, countdown, pace_of
from ccdialer.sim.scenario import dialing_settings
from ccdialer.sim.store import List
from ccdialer.sim.world import DAY_S, run
from tests.sim.scenes import small

SETTINGS = replace(dialing_settings(), max_attempts=3)
D = Disposition
ALL_TALK = Pace((10.0,) * 12, {D.TALKED: 1.0})
NOBODY = Pace((10.0,) * 96, {D.NO_ANSWER: 1.0})


def test_a_list_that_everybody_answers_ends_at_once() -> None:
    found = countdown(List(100), SETTINGS, ALL_TALK, range(5))
    assert found.dials == 100
    assert found.left == 0
    assert found.settled[-1][0] == 9 * 300.0  # ten in each five minutes


def test_a_day_too_short_goes_on_tomorrow() -> None:
    found = countdown(List(150), SETTINGS, ALL_TALK, range(5))
    assert found.settled[-1][0] == DAY_S + 2 * 300.0
    assert countdown(List(150), SETTINGS, ALL_TALK, range(1)).left == 30


def test_who_does_not_answer_is_called_three_times_an_hour_apart() -> None:
    found = countdown(List(10), SETTINGS, NOBODY, range(1))
    assert (found.dials, found.left) == (30, 0)
    assert sum(people for _, people in found.settled) == 10
    assert 7200.0 <= found.settled[-1][0] < 7200.0 + 4 * 300.0


def test_attempts_made_before_count() -> None:
    later = [(0.0, 1, Task(1, 1, ("+7",), 2)), (0.0, 2, Task(2, 1, ("+7",), 0))]
    found = countdown(List(2, fresh=2, later=later), SETTINGS, NOBODY, range(1))
    assert found.dials == 1 + 3


def test_nobody_is_dialed_before_he_is_due() -> None:
    later = [(2 * DAY_S + 1.0, 1, Task(1, 1, ("+7",), 0))]
    found = countdown(List(1, fresh=1, later=later), SETTINGS, ALL_TALK, range(5))
    assert found.settled == [(2 * DAY_S + 300.0, 1.0)]


@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_everybody_is_settled_once_and_as_often_as_chance_wants(rate: float) -> None:
    pace = Pace((1000.0,) * 96, {D.TALKED: rate, D.MACHINE: 1.0 - rate})
    found = countdown(List(1000), SETTINGS, pace, range(3))
    missed = 1.0 - rate
    assert found.dials == pytest.approx(1000 * (1 + missed + missed**2))
    assert sum(people for _, people in found.settled) == pytest.approx(1000)
    assert found.left == pytest.approx(0)


def test_the_pace_is_that_of_the_day() -> None:
    (day,) = run(small(), 1)
    pace = pace_of([day])
    assert sum(pace.dials) == day.whole.dialed
    assert sum(pace.shares.values()) == pytest.approx(1.0)
    assert pace.shares[D.TALKED] == day.whole.talked / day.whole.ended.total()
