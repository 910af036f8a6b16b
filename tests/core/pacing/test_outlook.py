"""The most calls that a risk permits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.pacing.outlook import Outlook, moments
from ccdialer.core.pacing.tails import ExactTail

WEIGHTS, NEW_CALL = (0.25, 0.75), (0.1, 0.3)
Crowd = list[tuple[int, tuple[float, float]]]


def outlook_of(busy: Crowd, flying: Crowd, places: int) -> Outlook:
    busy_rows, flying_rows = ([(n, moments(p)) for n, p in crowd] for crowd in (busy, flying))
    return Outlook(busy_rows, flying_rows, places, moments(NEW_CALL), WEIGHTS)


SMALL: tuple[Crowd, Crowd, int] = ([(6, (0.9, 0.8))], [(4, (0.1, 0.2))], 9)
LARGE: tuple[Crowd, Crowd, int] = ([(60, (0.9, 0.8))], [(90, (0.1, 0.2))], 80)


def risk_of_next(team: tuple[Crowd, Crowd, int], placed: int) -> float:
    busy, flying, places = team
    tails = []
    for i in range(2):
        alike = [(count, chances[i]) for count, chances in (*busy, *flying)]
        tails.append(ExactTail([*alike, (placed, NEW_CALL[i])], places))
    return sum(w * tail.probability() for w, tail in zip(WEIGHTS, tails, strict=True))


@pytest.mark.parametrize("team", [SMALL, LARGE])
@pytest.mark.parametrize("allowed", [0.01, 0.05, 0.3])
def test_the_last_call_is_allowed_and_one_more_is_not(
    team: tuple[Crowd, Crowd, int], allowed: float
) -> None:
    place, risk = outlook_of(*team).most_calls(0, 200, allowed)
    assert place > 0
    assert risk > allowed
    assert risk == pytest.approx(risk_of_next(team, place), abs=0.004)
    assert risk_of_next(team, place - 1) <= allowed + 0.004


def test_bounds_are_kept() -> None:
    assert outlook_of(*SMALL).most_calls(0, 1, 0.9)[0] == 1
    assert outlook_of(*SMALL[:2], 0).most_calls(2, 9, 0.03)[0] == 2
    assert outlook_of(*LARGE[:2], 0).most_calls(2, 9, 0.03)[0] == 2
    assert outlook_of(*LARGE).most_calls(3, 7, 0.9)[0] == 7


def test_nobody_busy_and_nothing_ringing() -> None:
    assert outlook_of([], [], 2).most_calls(0, 50, 0.03)[0] >= 2


ROWS = st.tuples(st.floats(0, 1), st.floats(0, 1))


@given(
    st.lists(st.tuples(st.integers(1, 4), ROWS), max_size=6),
    st.integers(0, 20),
    st.floats(0.005, 0.1),
)
def test_one_more_agent_never_means_fewer_calls(flying: Crowd, places: int, allowed: float) -> None:
    place = outlook_of([(6, (0.9, 0.8))], flying, places).most_calls(0, 40, allowed)[0]
    more = outlook_of([(6, (0.9, 0.8))], flying, places + 1).most_calls(0, 40, allowed)[0]
    assert more >= place
