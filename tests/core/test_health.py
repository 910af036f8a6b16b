"""A breaker opens after failures in a row, lets one call try, and closes by itself."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.health import (
    FAILURES_MOST,
    LONGEST_PAUSE_S,
    PAUSE_S,
    TRIAL_S,
    UNHEARD,
    Breaker,
    TrunkAtWork,
    after_congestion,
    allows,
    failed,
    lines_at,
    taken,
)
from ccdialer.core.trunk import Trunk, TrunkSettings

TRUNK = Trunk(1, "main", TrunkSettings("main", lines=10))


def tripped(failures: int = FAILURES_MOST, now: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(failures):
        breaker = failed(breaker, now, now)
    return breaker


def test_it_opens_after_failures_in_a_row() -> None:
    assert allows(tripped(FAILURES_MOST - 1), 0.0)
    assert not allows(tripped(), 0.0)


def test_then_one_call_tries_and_no_other_until_its_word_has_come() -> None:
    breaker = tripped()
    assert not allows(breaker, PAUSE_S - 0.1)
    assert allows(breaker, PAUSE_S)
    trying = taken(breaker, PAUSE_S)
    assert not allows(trying, PAUSE_S + TRIAL_S - 0.1)
    assert allows(trying, PAUSE_S + TRIAL_S), "its word never came"


def test_a_clean_breaker_is_not_changed_by_calls() -> None:
    assert taken(Breaker(), 5.0) == Breaker()
    assert taken(tripped(1), 5.0) == tripped(1)


@given(st.integers(FAILURES_MOST, 2000))
def test_each_failed_trial_doubles_the_pause_up_to_the_longest(failures: int) -> None:
    pause_s = tripped(failures).open_until
    longer_s = tripped(failures + 1).open_until
    assert longer_s == min(LONGEST_PAUSE_S, 2 * pause_s)


def test_calls_that_were_on_their_way_when_it_opened_make_no_pause_longer() -> None:
    breaker = tripped(now=10.0)
    for late_s in (0.1, 3.0, 25.0):
        assert failed(breaker, 9.9, 10.0 + late_s) == breaker
    trying = taken(breaker, 10.0 + PAUSE_S)
    assert failed(trying, 9.9, 41.0) == trying, "the trial's word is still awaited"
    assert failed(trying, 40.0, 41.0).open_until == 41.0 + 2 * PAUSE_S


@given(st.lists(st.sampled_from(["fails", "works", "time"]), max_size=60))
def test_whatever_happens_it_is_open_only_after_enough_failures_and_never_for_ever(
    story: list[str],
) -> None:
    breaker, now, in_a_row = Breaker(), 0.0, 0
    for chapter in story:
        if chapter == "time":
            now += 7.0
        elif allows(breaker, now):
            breaker = taken(breaker, now)
            in_a_row = in_a_row + 1 if chapter == "fails" else 0
            breaker = failed(breaker, now, now) if chapter == "fails" else Breaker()
        assert allows(breaker, now) or in_a_row >= FAILURES_MOST
        assert allows(breaker, now + LONGEST_PAUSE_S)


# --- the trunk ----------------------------------------------------------------------------------


def test_a_trunk_is_not_used_before_asterisk_has_told_of_it() -> None:
    assert TrunkAtWork(TRUNK).trouble(0.0) == UNHEARD
    assert TrunkAtWork(TRUNK, is_usable=True).trouble(0.0) == ""
    assert TrunkAtWork(replace(TRUNK, enabled=False), is_usable=True).trouble(0.0) == "disabled"


def test_a_reached_cap_holds_until_its_end() -> None:
    work = TrunkAtWork(TRUNK, is_usable=True, capped_until=60.0, cap="spending cap reached")
    assert work.trouble(59.0) == "spending cap reached"
    assert work.trouble(60.0) == ""


def test_after_congestion_lines_are_those_found_and_carefully_more() -> None:
    work = TrunkAtWork(TRUNK, is_usable=True)
    assert lines_at(work, 0.0) == 10
    work.congested_at, work.lines_found = 0.0, 4
    assert [lines_at(work, now) for now in (0.0, 1.9, 2.0, 4.0, 6.0)] == [4, 4, 5, 7, 10]


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0, 1e6))
def test_never_more_than_there_are(most: int, found: int, now: float) -> None:
    assert after_congestion(most, 0.0, found, now) <= most
