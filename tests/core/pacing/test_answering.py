"""Answer hazards: recover a known ring-time law from calls, whether ended or still ringing."""

import json
from random import Random

import pytest

from ccdialer.core.pacing import answering as module
from ccdialer.core.pacing.answering import RESHAPE_S, Answering, Curve

TIMEOUT_S = 25.0


def learned(answer_rate: float, calls: int, seed: int = 1) -> Answering:
    """Calls dialed one a second; gamma ring times of mean 9 s; the rest rings to the time-out."""
    dice, answering = Random(seed), Answering(TIMEOUT_S)
    ends: list[tuple[float, bool, float]] = []
    ringing: list[tuple[float, bool, float]] = []
    for now in range(calls):
        ring = dice.gammavariate(2.5, 9.0 / 2.5)
        answers = dice.random() < answer_rate and ring < TIMEOUT_S
        ringing.append((now + (ring if answers else TIMEOUT_S), answers, float(now)))
        ends = [call for call in ringing if call[0] <= now]
        ringing = [call for call in ringing if call[0] > now]
        for ended_at, answered, dialed_at in ends:
            answering.call_ended(ended_at - dialed_at, answered)
        answering.tick([now - dialed_at for _, _, dialed_at in ringing], float(now))
    return answering


@pytest.mark.parametrize("answer_rate", [0.1, 0.35, 0.7])
def test_recovers_the_cumulative_incidence(answer_rate: float) -> None:
    dice = Random(9)
    rings = [dice.gammavariate(2.5, 9.0 / 2.5) for _ in range(20_000)]
    curve = learned(answer_rate, 6000).curve()
    for age in (5, 10, 15, 24):
        truth = answer_rate * sum(ring < age for ring in rings) / len(rings)
        assert curve.answered_within(0, age) == pytest.approx(truth, rel=0.3, abs=0.02)


def test_a_call_that_rings_long_is_less_likely_to_be_answered() -> None:
    curve = learned(0.35, 3000).curve()
    assert curve.answered_within(18, 10) < 0.7 * curve.answered_within(3, 10)


def test_calls_that_still_ring_count() -> None:
    answering = Answering(TIMEOUT_S)
    before = answering.curve().answered_within(0, 10)
    for now in range(14):  # a hundred calls ring and ring, and none is answered
        answering.tick([float(now)] * 100, float(now))
    assert answering.curve().answered_within(0, 10) < 0.4 * before


def test_late_answers_that_can_be_prevented_are_left_out() -> None:
    answering = learned(0.35, 2000)
    deaf = answering.curve(deaf_from_s=20.0)
    assert deaf.answered_within(20, 5) == 0.0
    assert deaf.answered_within(0, 19) == answering.curve().answered_within(0, 19)


def test_the_prior_is_three_in_ten() -> None:
    cautious = Answering(TIMEOUT_S).curve().answered[-1]
    assert 0.28 < cautious < 0.40


def test_conditional_chance() -> None:
    curve = Curve(answered=(0.0, 0.1, 0.3), ringing=(1.0, 0.8, 0.5))
    assert curve.answered_within(1, 1) == pytest.approx(0.25)
    assert curve.answered_within(2, 5) == 0.0


def test_what_was_learned_is_remembered() -> None:
    before, later = learned(0.6, 300), Answering(TIMEOUT_S)
    later.remember(json.loads(json.dumps(before.memory())))
    assert later.level.value == pytest.approx(before.level.value, rel=1e-3)
    for age in (5, 10, 15, 24):
        expected = before.curve().answered_within(0, age)
        assert later.curve().answered_within(0, age) == pytest.approx(expected, rel=0.05, abs=0.01)


def test_a_long_memory_weighs_no_more_than_a_hundred_answers() -> None:
    later, believing = Answering(TIMEOUT_S), Answering(TIMEOUT_S)
    later.remember(learned(0.35, 3000).memory())
    believing.remember(learned(0.35, 250).memory())
    for answering in (later, believing):
        for _ in range(200):  # now nobody answers any more
            answering.call_ended(TIMEOUT_S, answered=False)
        answering.tick((), 0.0)
        answering.tick((), 20.0)
    rates = [answering.curve().answered[-1] for answering in (later, believing)]
    assert rates[0] == pytest.approx(rates[1], rel=0.2)


@pytest.mark.parametrize("timeout_s", [15.0, 40.0])
def test_under_another_ring_timeout_the_ages_in_common_are_remembered(timeout_s: float) -> None:
    before, later = learned(0.7, 1000), Answering(timeout_s)
    later.remember(before.memory())
    expected = before.curve().answered_within(0, 10)
    assert later.curve().answered_within(0, 10) == pytest.approx(expected, rel=0.15)
    assert later.curve().answered_within(0, 10) > 1.5 * Answering(timeout_s).curve().answered[10]


def test_ages_that_nobody_reaches_never_run_dry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_EVENTS", 0.0)
    answering = Answering(TIMEOUT_S)
    for halving in range(1200):  # as many as a year brings; 2 ** -1200 is 0
        answering.tick((), halving * RESHAPE_S)
    assert answering.curve().answered[-1] > 0.1


def test_a_day_on_which_nobody_answered_is_soon_outweighed() -> None:
    dead, later = Answering(TIMEOUT_S), Answering(TIMEOUT_S)
    for now in range(3000):
        dead.call_ended(2.0, answered=False)
        dead.tick((), float(now))
    later.remember(dead.memory())
    for now in range(400):
        later.call_ended(8.0, answered=True)
        later.tick((), float(now))
    assert later.curve().answered[-1] > 0.3
