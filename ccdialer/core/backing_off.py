"""Backing off: how long to leave somebody alone who could not take what he was brought."""

from __future__ import annotations

FIRST_S, MOST_S = 5.0, 3600.0
MOST_DOUBLINGS = 32
"""Any limit is reached before, and no number grows too large."""


def doubled(first_s: float, most_s: float, times: int) -> float:
    """The first pause, so many times twice as long, and never beyond the limit."""
    return min(most_s, first_s * 2.0 ** min(times, MOST_DOUBLINGS))


def pause_s(tries: int, dice: float) -> float:
    """The pause after so many tries in vain: twice as long each time, and never two of the same
    length. `dice` is from 0 to 1."""
    return doubled(FIRST_S, MOST_S, tries - 1) * (0.5 + dice / 2)
