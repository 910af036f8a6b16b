"""Any scene a dialer could meet, for Hypothesis."""

from hypothesis import strategies as st

from ccdialer.core.campaign import Tally
from ccdialer.core.pacing.policy import Scene


def _ages(most: int, oldest_s: float) -> st.SearchStrategy[tuple[float, ...]]:
    return st.lists(st.floats(0, oldest_s), max_size=most).map(tuple)


def scenes() -> st.SearchStrategy[Scene]:
    return st.builds(
        Scene,
        idle=st.integers(0, 30),
        waiting=st.integers(0, 5),
        talking=_ages(30, 2000.0),
        wrapping=_ages(10, 300.0),
        in_flight=_ages(60, 60.0),
        free_lines=st.integers(0, 100),
        tasks_left=st.none() | st.integers(0, 50),
        day=st.builds(Tally, st.integers(50, 5000), st.integers(0, 50)),
        month=st.builds(Tally, st.integers(5000, 50000), st.integers(0, 500)),
    )
