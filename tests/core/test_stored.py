"""Which recordings go: both limits hold, the oldest go first, a running one stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.stored import DAY_S, Limits, Stored, attempt_in, name_of, to_go

NOW = 1_800_000_000.0
FILES = st.lists(
    st.builds(
        Stored,
        name=st.uuids().map(str),
        at=st.integers(0, 400).map(lambda days: NOW - days * DAY_S / 4),
        size=st.integers(0, 1000),
        is_running=st.booleans(),
    ),
    unique_by=lambda file: file.name,
    max_size=30,
)
LIMITS = st.builds(
    Limits,
    keep_s=st.none() | st.floats(0, 100 * DAY_S),
    keep_bytes=st.none() | st.integers(0, 20_000),
)


@given(FILES, LIMITS)
def test_what_is_kept_obeys_both_limits_or_is_running(files: list[Stored], limits: Limits) -> None:
    gone = to_go(files, limits, NOW)
    kept = [file for file in files if file not in gone]
    idle = [file for file in kept if not file.is_running]
    if limits.keep_s is not None:
        assert all(file.at >= NOW - limits.keep_s for file in idle)
    if limits.keep_bytes is not None and idle:
        assert sum(file.size for file in kept) <= limits.keep_bytes


@given(FILES, LIMITS)
def test_nothing_goes_that_need_not(files: list[Stored], limits: Limits) -> None:
    gone = to_go(files, limits, NOW)
    assert not any(file.is_running for file in gone)
    assert [file.at for file in gone] == sorted(file.at for file in gone)
    if not gone:
        return
    last = gone[-1]
    is_old = limits.keep_s is not None and last.at < NOW - limits.keep_s
    left = sum(file.size for file in files if file not in gone)
    assert is_old or left + last.size > (limits.keep_bytes or 0)


@given(FILES)
def test_without_limits_nothing_goes(files: list[Stored]) -> None:
    assert to_go(files, Limits(), NOW) == []


def test_a_name_is_a_day_and_an_attempt() -> None:
    assert name_of("0" * 31 + "a", 1, 0.0) == "1970-01-01/" + "0" * 31 + "a"
    assert name_of("abc", 2, 86399.9) == "1970-01-01/abc-2"


@given(st.from_regex(r"[0-9a-f]{32}", fullmatch=True), st.integers(1, 9))
def test_the_attempt_is_found_in_its_name(attempt_id: str, part: int) -> None:
    assert attempt_in(name_of(attempt_id, part, NOW)) == attempt_id


@pytest.mark.parametrize(
    "name", ["", "abc", "2026-11-25/", "2026-11-25/../x", "2026-11-25/ab-1", "x/2026-11-25/ab"]
)
def test_other_names_are_no_recordings_of_ours(name: str) -> None:
    assert attempt_in(name) == ""
