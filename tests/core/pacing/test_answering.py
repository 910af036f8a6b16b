"""Answer hazards: recover a known ring-time law from calls, whether ended or still ringing."""

from random import Random

import pytest

from ccdialer.core.pacing.answering import Answering, Curve

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
