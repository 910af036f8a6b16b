"""Puts the machine somewhere else, by its clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def clocks_of(zone: str) -> Iterator[None]:
    """While it lasts this process reads its clock as in `zone` (IANA)."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TZ", zone)
            time.tzset()
            yield
    finally:
        time.tzset()
