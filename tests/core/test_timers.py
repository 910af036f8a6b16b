"""Instants at which the dialer wants to be woken."""

from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.timers import Timers, Wake


def test_an_empty_heap_wants_nothing() -> None:
    timers = Timers()
    assert timers.next_at() is None
    assert timers.pop_due(1e12) is None


def test_nothing_fires_before_its_time() -> None:
    timers = Timers()
    timers.set(10.0, Wake.DEADLINE, "a")
    assert timers.next_at() == 10.0
    assert timers.pop_due(9.999) is None
    assert timers.pop_due(10.0) == (Wake.DEADLINE, "a")
    assert timers.next_at() is None


@given(st.lists(st.integers(0, 20)))
def test_timers_fire_in_order_and_equals_as_they_were_set(instants: list[int]) -> None:
    timers = Timers()
    for serial, at in enumerate(instants):
        timers.set(float(at), Wake.PACE, str(serial))
    fired = []
    while (due := timers.pop_due(100.0)) is not None:
        fired.append(int(due[1]))
    assert fired == sorted(range(len(instants)), key=lambda serial: instants[serial])
