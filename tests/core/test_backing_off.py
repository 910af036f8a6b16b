"""Pauses grow, never beyond their limit, and no two are alike."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.backing_off import FIRST_S, MOST_S, pause_s


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_pause_is_within_its_limits(tries: int, dice: float) -> None:
    assert FIRST_S / 2 <= pause_s(tries, dice) <= MOST_S


@given(st.integers(1, 9), st.floats(0, 1))
def test_it_doubles(tries: int, dice: float) -> None:
    assert pause_s(tries + 1, dice) == 2 * pause_s(tries, dice)


def test_it_is_spread_over_half_of_itself() -> None:
    assert [pause_s(1, dice) for dice in (0.0, 0.5, 1.0)] == [2.5, 3.75, 5.0]
