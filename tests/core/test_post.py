"""A connector in trouble rests; a notice is to blame only where others are taken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.post import (
    FIRST_REST_S,
    IN_A_ROW,
    MOST_REST_S,
    Refusal,
    Round,
    counts,
    refused,
    took,
    wait_s,
)

FAILED, AWAY, FINAL = Refusal(), Refusal(is_away=True), Refusal(is_final=True)


def test_single_failures_make_nobody_rest() -> None:
    state = Round()
    for _ in range(10):
        state = refused(state, 1, FAILED, 100.0)
        assert state.rests_until <= 100.0
        assert counts(state, FAILED)
        state = took(state)


def test_failures_in_a_row_are_the_connectors() -> None:
    state = Round()
    for notice in range(IN_A_ROW):
        assert not state.is_troubled
        state = refused(state, notice, FAILED, 100.0)
    assert state.is_troubled
    assert not counts(state, FAILED)
    assert state.rests_until > 100.0
    assert not took(state).is_troubled


def test_who_is_not_reached_rests_at_once() -> None:
    state = refused(Round(), 1, AWAY, 100.0)
    assert state.rests_until == 100.0 + 2 * FIRST_REST_S
    assert not counts(state, AWAY)


def test_who_asks_for_rest_gets_it() -> None:
    why = Refusal(rest_s=700.0)
    state = refused(Round(), 1, why, 100.0)
    assert state.rests_until == 800.0
    assert not counts(state, why)
    assert wait_s(1, why, 0.5) == 700.0


def test_a_final_refusal_is_an_answer() -> None:
    failing = refused(refused(Round(), 1, FAILED, 0.0), 2, FAILED, 0.0)
    assert refused(failing, 3, FINAL, 5.0) == Round()


@given(st.lists(st.sampled_from([FAILED, AWAY, FINAL]), max_size=60), st.floats(0, 1e6))
def test_nobody_rests_for_ever(course: list[Refusal], now: float) -> None:
    state = Round()
    for notice, why in enumerate(course):
        state = refused(state, notice, why, now)
        assert state.rests_until <= now + MOST_REST_S


def test_one_notice_is_not_the_connectors_trouble() -> None:
    state = Round()
    for _ in range(10):
        state = refused(state, 1, FAILED, 100.0)
        assert counts(state, FAILED)
        assert state.rests_until <= 100.0
