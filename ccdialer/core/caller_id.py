"""Numbers as a line gives them: the caller's, and the one he has called."""

from __future__ import annotations

from ccdialer.core.numbering import NumberType
from ccdialer.core.phone import NotANumber, normalise

LONGEST = 64
ANY_KIND = frozenset(NumberType)


def number_of(raw: str, region: str) -> str:
    """The caller's number as E.164; empty: it is hidden (nothing, anonymous, restricted), or it is
    one that nobody could call back. Never raises."""
    read = normalise(raw[:LONGEST], region, ANY_KIND)
    return "" if isinstance(read, NotANumber) else read


def did_of(raw: str, region: str) -> str:
    """The number called as the rules have it: E.164, or as it stands where it is none, such as 401.
    Never raises."""
    return number_of(raw, region) or clean(raw, LONGEST)


def clean(text: str, longest: int) -> str:
    """Text of others without what a database or a terminal would stumble over."""
    return "".join(filter(str.isprintable, text[:longest])).strip()
