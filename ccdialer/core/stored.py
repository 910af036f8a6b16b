"""A recording as it is kept: its states, its name, and which must go when room or time is over."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

DAY_S = 86400.0

_NAME = re.compile(r"\d{4}-\d\d-\d\d/([0-9a-z]+)(?:-([2-9]))?")


class RecordingState(StrEnum):
    """What has become of a recording; stored by name."""

    ASKED = "asked"  # Asterisk has been asked and has not answered yet
    RUNNING = "running"  # being written
    DONE = "done"  # its file is complete
    FAILED = "failed"  # there is none, and the reason is known
    DELETED = "deleted"  # by retention or by a person


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of a recording."""

    name: str
    at: float  # epoch seconds at which it was begun
    size: int  # bytes
    is_running: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept; None: without end."""

    keep_s: float | None = None
    keep_bytes: int | None = None


def name_of(attempt_id: str, part: int, at: float) -> str:
    """Name of the file without its ending: a folder for each day (UTC), then the attempt's id. It
    is made of nothing that a user has typed."""
    day = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
    return f"{day}/{attempt_id}" + (f"-{part}" if part > 1 else "")


def attempt_in(name: str) -> str:
    """The attempt's id in a name of ours; empty: it is no such name."""
    found = _NAME.fullmatch(name)
    return found[1] if found else ""


def to_go(files: Iterable[Stored], limits: Limits, now: float) -> list[Stored]:
    """What is to be deleted, oldest first: what is too old, then as much as is too much. A running
    recording counts, and stays (SPEC A15)."""
    by_age = sorted(files, key=lambda file: (file.at, file.name))
    excess = _excess(sum(file.size for file in by_age), limits)
    gone = []
    for file in by_age:
        is_old = limits.keep_s is not None and file.at < now - limits.keep_s
        if not file.is_running and (is_old or excess > 0):
            gone.append(file)
            excess -= file.size
    return gone


def _excess(total: int, limits: Limits) -> int:
    return 0 if limits.keep_bytes is None else total - limits.keep_bytes
