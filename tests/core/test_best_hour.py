"""The best hour moves calls when people have hours, and only then."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccdialer.core import events as e
from ccdialer.core.best_hour import (
    NOTHING_LEARNED,
    Answers,
    Hours,
    answers_of,
    choose,
)
from ccdialer.core.clocks import hour_at
from ccdialer.core.disposition import Disposition
from tests.core.world import dialing

D = Disposition
H = 3600.0
DAY = 86400.0


def hours(**known: tuple[int, int]) -> Hours:
    """`h9=(dials, answers)`; all others nothing."""
    return tuple(Answers(*known.get(f"h{hour}", (0, 0))) for hour in range(24))


OFFICE = hours(h9=(1000, 100), h10=(1000, 110), h17=(1000, 400), h18=(1000, 420))


def test_a_call_waits_for_an_hour_that_is_plainly_better() -> None:
    choice = choose(OFFICE, "", 9.5 * H, 9.5 * H + DAY)
    assert choice.at == 17 * H, "not for the very best: 17:00 is as good, for all one knows"
    assert choice.reason == "more people answer at 17:00 (39%; 11% at 9:00)"


def test_nobody_waits_beyond_the_bound() -> None:
    assert choose(OFFICE, "", 9.5 * H, 16 * H).at == 9.5 * H


def test_a_good_hour_is_kept() -> None:
    assert choose(OFFICE, "", 17.5 * H, 17.5 * H + DAY).at == 17.5 * H


def test_hours_in_which_nobody_is_called_are_passed_over() -> None:
    choice = choose(OFFICE, "", 19.2 * H, 19.2 * H + DAY)
    assert choice.at == (24 + 17) * H


def test_the_clock_is_the_client_s() -> None:
    choice = choose(OFFICE, "Europe/Moscow", 7.0 * H, 7.0 * H + DAY)  # it is 10:00 there
    assert hour_at(choice.at, "Europe/Moscow") == 17


def test_little_is_known_and_nobody_is_moved() -> None:
    few = hours(h9=(6, 0), h17=(6, 4))
    assert choose(few, "", 9.0 * H, 9.0 * H + DAY).at == 9.0 * H
    assert choose(NOTHING_LEARNED, "", 9.0 * H, 9.0 * H + DAY).at == 9.0 * H


known_hours = st.sampled_from(
    [Answers(), Answers(3, 3), Answers(200, 20), Answers(900, 400), Answers(5000, 500)]
)


@settings(deadline=None)
@given(
    st.lists(known_hours, min_size=24, max_size=24).map(tuple),
    st.sampled_from(["", "Europe/Moscow", "Asia/Kathmandu", "America/New_York"]),
    st.floats(1.6e9, 2.0e9),
    st.floats(3600, 7 * DAY),
)
def test_never_earlier_than_the_pause_and_never_later_than_the_bound(
    known: Hours, zone: str, earliest: float, within_s: float
) -> None:
    choice = choose(known, zone, earliest, earliest + within_s)
    assert earliest <= choice.at <= earliest + within_s
    assert bool(choice.reason) == (choice.at > earliest)
    assert choose(known, zone, earliest, earliest + within_s) == choice


@given(st.integers(0, 10_000), st.floats(0, 0.99), st.floats(0, DAY))
def test_hours_that_are_alike_move_nobody(dials: int, rate: float, earliest: float) -> None:
    alike = (Answers(dials, int(dials * rate)),) * 24
    assert choose(alike, "", earliest, earliest + DAY).at == earliest


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (D.TALKED, Answers(1, 1)),
        (D.LEFT, Answers(1, 1)),
        (D.ABANDONED, Answers(1, 1)),
        (D.MACHINE, Answers(1, 0)),
        (D.BUSY, Answers(1, 0)),
        (D.CONGESTION, Answers()),
        (D.UNALLOCATED, Answers()),
        (D.LOST, Answers()),
    ],
)
def test_what_a_call_says_of_its_hour(result: Disposition, said: Answers) -> None:
    assert answers_of(result) == said


@pytest.mark.parametrize(
    ("cause", "is_on", "is_moved"), [(20, True, True), (20, False, False), (17, True, False)]
)
def test_the_dialer_waits_for_the_better_hour(cause: int, is_on: bool, is_moved: bool) -> None:
    """After an unreachable phone (20), not after a busy one (17). The tests begin at 13:46 UTC."""
    world, call = dialing(best_hour=is_on)
    world.tell(e.HoursLearned(1, hours(h15=(1000, 50), h18=(1000, 500))))
    world.hang_up(call.leg_id, cause)
    pause_s = call.run.campaign.settings.retry_after_s[world.closed.disposition]
    if is_moved:
        assert hour_at(world.now + world.closed.retry_after_s, "") == 18
        assert "more people answer at 18:00" in world.closed.reason
    else:
        assert (world.closed.retry_after_s, world.closed.reason) == (pause_s, "")
