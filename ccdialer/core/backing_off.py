"""Backing off: how long to leave somebody alone who could not take what he was brought."""

from __future__ import annotations

FIRST_S, MOST_S = 5.0, 3600.0


def pause_s(tries: int, dice: float) -> float:
    """The pause after so many tries in vain: twice as long each time, and never two of the same
    length. `dice` is from 0 to 1."""
    whole = min(MOST_S, FIRST_S * 2.0 ** min(tries - 1, 20))
    return whole * (0.5 + dice / 2)
