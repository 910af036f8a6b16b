"""The stretch of time that a report is about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` to before `until`, UTC epoch milliseconds; never later than now, because what
    lasts is taken to last until the end."""

    since: int
    until: int


def span(since: int | None, until: int | None, now: int) -> Span:
    """The span asked for: from the beginning and until now, where nothing is said."""
    return Span(0 if since is None else since, now if until is None else min(until, now))
