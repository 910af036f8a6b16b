"""Amounts of money as whole millionths of their currency: read from text, and written."""

from __future__ import annotations

import re

from ccdialer.core.trunk import MICRO

_AMOUNT = re.compile(r"(\d{1,9})(?:[.,](\d{1,6}))?")
_CURRENCY = re.compile(r"[A-Z]{3}")


def micros(text: str) -> int | None:
    """`1.50` or `1,5` as 1500000; None: no amount, a negative one, or finer than a millionth."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        return None
    return int(found[1]) * MICRO + int((found[2] or "").ljust(6, "0"))


def shown(amount: int) -> str:
    """`1.50`, `0.012`: two digits after the point, and more where they are not zero."""
    sign, rest = "-" if amount < 0 else "", abs(amount)
    parts = f"{rest % MICRO:06}".rstrip("0").ljust(2, "0")
    return f"{sign}{rest // MICRO}.{parts}"


def is_currency(text: str) -> bool:
    """Whether it looks like a code of ISO 4217, such as RUB."""
    return _CURRENCY.fullmatch(text) is not None
