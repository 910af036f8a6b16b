"""What `doctor` finds: a level, what it is about, what was seen, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "OK"
    WARN = "WARN"  # it works, not as well as it could
    FAIL = "FAIL"  # it will not work


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `doctor`; `remedy` is empty where nothing is to be done."""

    level: Level
    what: str
    seen: str
    remedy: str = ""


def ok(what: str, seen: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, what, seen)


def warn(what: str, seen: str, remedy: str) -> Finding:
    """It could be better."""
    return Finding(Level.WARN, what, seen, remedy)


def fail(what: str, seen: str, remedy: str) -> Finding:
    """It must be mended."""
    return Finding(Level.FAIL, what, seen, remedy)
