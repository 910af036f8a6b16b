"""The bucket lets a burst through, then a steady drip, and refuses what would come too late."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.crm.fault import CrmFault
from ccdialer.crm.pace import Pace, Spare, pace_of


def test_a_burst_goes_at_once_and_then_one_at_a_time() -> None:
    now = [0.0]
    pace = Pace(2.0, 3, lambda: now[0])
    assert [pace.wait_s(99.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert [pace.wait_s(99.0) for _ in range(2)] == [0.5, 1.0]
    now[0] = 10.0
    assert pace.wait_s(99.0) == 0.0


def test_what_would_be_too_late_is_refused_and_takes_no_place() -> None:
    pace = Pace(1.0, 1, lambda: 0.0)
    assert pace.wait_s(0.4) == 0.0
    for _ in range(3):
        with pytest.raises(CrmFault, match="more than 1 requests a second"):
            pace.wait_s(0.4)
    assert pace.wait_s(1.0) == 1.0


@given(st.lists(st.floats(0, 3), max_size=60), st.floats(0.5, 20), st.integers(1, 10))
def test_no_more_than_allowed_in_any_stretch(gaps: list[float], per_s: float, burst: int) -> None:
    now = [0.0]
    pace = Pace(per_s, burst, lambda: now[0])
    sent = []
    for gap in gaps:
        now[0] += gap
        sent.append(now[0] + pace.wait_s(float("inf")))
    for first in range(len(sent)):
        for last in range(first, len(sent)):
            lasted_s = sent[last] - sent[first]
            assert last - first + 1 <= burst + per_s * lasted_s + 1e-6


class Watch:
    """A clock that runs while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@given(st.lists(st.booleans(), max_size=80), st.floats(0.5, 20), st.integers(2, 50))
def test_a_caller_finds_room_whatever_is_told(turns: list[bool], per_s: float, burst: int) -> None:
    """Notices as fast as they may be; a caller now and then, slower than the rate: none waits."""
    watch = Watch()
    pace = Pace(per_s, burst, watch)
    spare = Spare(pace, watch, watch.sleep)
    for is_caller in turns:
        if is_caller:
            assert pace.wait_s(float("inf")) < 1e-5, "but for rounding"
            watch.sleep(1.01 / per_s)
        else:
            assert spare.wait_s(float("inf")) == 0.0


def test_what_can_wait_waits_while_callers_need_all_of_it() -> None:
    watch = Watch()
    pace = Pace(2.0, 4, watch)
    spare = Spare(pace, watch, watch.sleep)
    for _ in range(4):
        pace.wait_s(9.0)
    assert spare.wait_s(9.0) == 0.0
    assert watch.now == pytest.approx(1.5), "the bucket holds one of the two that may be spared"
    for _ in range(4):
        pace.wait_s(9.0)
    with pytest.raises(CrmFault, match="callers need") as fault:
        spare.wait_s(watch.now + 1.0)
    assert fault.value.rest_s > 0, "so that the notice is not to blame"


def test_a_crm_has_one_bucket() -> None:
    assert pace_of("b24.example.com", 2.0, 50) is pace_of("b24.example.com", 2.0, 50)
    assert pace_of("b24.example.com", 2.0, 50) is not pace_of("other.example.com", 2.0, 50)
