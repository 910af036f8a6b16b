"""Durations: the hazards recover a known law, running ones included."""

import json
from math import exp, log, sqrt
from random import Random

import pytest

from ccdialer.core.pacing.durations import MOST_DURATIONS, TALK_EDGES, Durations


def learned(draw: object, count: int) -> Durations:
    durations = Durations(TALK_EDGES, 120.0, 0.9)
    for _ in range(count):
        durations.ended(draw())  # type: ignore[operator]
    durations.refresh(())
    return durations


def test_recovers_an_exponential() -> None:
    dice = Random(1)
    durations = learned(lambda: dice.expovariate(1 / 60.0), 1900)
    for elapsed in (0.0, 30.0, 100.0):  # no memory: as likely whatever has passed
        assert durations.outlasts(elapsed, 30.0) == pytest.approx(exp(-0.5), abs=0.06)
    assert durations.mean_s == pytest.approx(60.0, rel=0.1)


def test_recovers_two_kinds_of_talks() -> None:
    dice = Random(2)
    durations = learned(
        lambda: dice.uniform(5, 15) if dice.random() < 0.5 else dice.uniform(200, 300), 1900
    )
    assert durations.outlasts(0.0, 17.5) == pytest.approx(0.5, abs=0.05)
    assert durations.outlasts(20.0, 100.0) > 0.9  # who has not hung up early stays long


def test_the_prior_is_a_lognormal() -> None:
    durations = Durations(TALK_EDGES, 120.0, 0.9)
    median_s = 120.0 / sqrt(1.0 + 0.81)
    assert durations.outlasts(0.0, median_s) == pytest.approx(0.5, abs=0.05)
    assert durations.mean_s == pytest.approx(120.0)
    assert log(durations.outlasts(1000.0, 60.0)) < 0.0


def test_running_ones_count() -> None:
    patient = Durations(TALK_EDGES, 60.0, 0.5)
    before = patient.outlasts(100.0, 30.0)
    patient.refresh([400.0] * 50)
    assert patient.outlasts(100.0, 30.0) > before + 0.2


def test_it_forgets_what_is_long_ago() -> None:
    dice = Random(3)
    durations = learned(lambda: dice.expovariate(1 / 60.0), int(MOST_DURATIONS))
    for _ in range(3):
        for _ in range(int(MOST_DURATIONS / 2)):
            durations.ended(dice.expovariate(1 / 240.0))
        durations.refresh(())
    assert durations.mean_s > 200.0


def test_what_was_learned_is_remembered() -> None:
    dice = Random(3)
    before = learned(lambda: dice.expovariate(1 / 40.0), 80)
    later = Durations(TALK_EDGES, 120.0, 0.9)
    later.remember(json.loads(json.dumps(before.memory())))
    assert later.mean_s == pytest.approx(before.mean_s)
    for elapsed in (0.0, 20.0, 100.0):
        assert later.outlasts(elapsed, 30.0) == pytest.approx(before.outlasts(elapsed, 30.0), 1e-3)


def test_a_long_memory_is_soon_outweighed() -> None:
    later = Durations(TALK_EDGES, 120.0, 0.9)
    later.remember(learned(lambda: 60.0, 1500).memory())
    assert later.mean_s == pytest.approx(60.0, rel=0.02)
    for _ in range(100):
        later.ended(180.0)
    assert later.mean_s == pytest.approx(120.0, rel=0.02)


def test_talks_of_no_time_at_all_are_survived() -> None:
    assert learned(lambda: 0.0, 1999).outlasts(0.0, 5.0) < 0.1
