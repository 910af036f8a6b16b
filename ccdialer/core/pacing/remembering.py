"""What was learned, as JSON: written short, and read with distrust, since anything may be in it."""

from __future__ import annotations

from collections.abc import Sequence

MOST_WEIGHT = 100.0
"""Answers, or talks, that yesterday counts for: it is evidence, not truth (PACING §4.6)."""
MOST_AMOUNT = 1e9  # of anything that is counted or timed
MISFITS = (KeyError, TypeError, ValueError, ArithmeticError)
"""What reading a memory raises that is damaged, absurd, or somebody else's."""


def short(values: Sequence[float]) -> list[float]:
    """Five digits are enough for an estimate."""
    return [float(f"{value:.5g}") for value in values]


def amount(value: object, least: float = 0.0, most: float = MOST_AMOUNT) -> float:
    """A number within these bounds; raises ValueError otherwise, as for NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{value!r} is no number from {least:g} to {most:g}")
    return float(value)


def amounts(values: object, count: int | None = None) -> list[float]:
    """Numbers, none of them negative, `count` of them if given; raises ValueError otherwise."""
    if not isinstance(values, list) or count not in (None, len(values)):
        raise ValueError(f"{count or 'some'} numbers were expected")
    return [amount(value) for value in values]


def weight(count: float, most: float = MOST_WEIGHT) -> float:
    """The factor that makes `count` at most `most`."""
    return min(1.0, most / count) if count > 0.0 else 1.0
