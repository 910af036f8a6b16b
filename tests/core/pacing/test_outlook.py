"""The most calls that a risk permits."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.pacing.outlook import Outlook
from ccdialer.core.pacing.tails import ExactTail

SMALL = Outlook(
    busy=((6, (0.9, 0.8)),),
    flying=((4, (0.1, 0.2)),),
    places=9,
    new_call=(0.1, 0.3),
    weights=(0.1, 0.3),
)
LARGE = replace(SMALL, busy=((60, (0.9, 0.8)),), flying=((90, (0.1, 0.2)),), places=80)


def risk_of_next(outlook: Outlook, placed: int) -> float:
    tails = []
    for i in range(2):
        alike = [(count, row[i]) for count, row in (*outlook.busy, *outlook.flying)]
        tails.append(ExactTail([*alike, (placed, outlook.new_call[i])], outlook.places))
    return (tails[0].probability() + 3.0 * tails[1].probability()) / 4.0


@pytest.mark.parametrize("outlook", [SMALL, LARGE])
@pytest.mark.parametrize("allowed", [0.01, 0.05, 0.3])
def test_the_last_call_is_allowed_and_one_more_is_not(outlook: Outlook, allowed: float) -> None:
    place, risk = outlook.most_calls(0, 200, allowed)
    assert place > 0
    assert risk > allowed
    assert risk == pytest.approx(risk_of_next(outlook, place), abs=0.004)
    assert risk_of_next(outlook, place - 1) <= allowed + 0.004


def test_bounds_are_kept() -> None:
    assert SMALL.most_calls(0, 1, 0.9)[0] == 1
    assert replace(SMALL, places=0).most_calls(2, 9, 0.03)[0] == 2
    assert replace(LARGE, places=0).most_calls(2, 9, 0.03)[0] == 2


ROWS = st.tuples(st.floats(0, 1), st.floats(0, 1))


@given(
    st.lists(st.tuples(st.integers(1, 4), ROWS), max_size=6),
    st.integers(0, 20),
    st.floats(0.005, 0.1),
)
def test_one_more_agent_never_means_fewer_calls(
    rows: list[tuple[int, tuple[float, float]]], places: int, allowed: float
) -> None:
    outlook = replace(SMALL, flying=tuple(rows), places=places)
    place = outlook.most_calls(0, 40, allowed)[0]
    assert replace(outlook, places=places + 1).most_calls(0, 40, allowed)[0] >= place
