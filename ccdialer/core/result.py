"""Results that agents give: success, refusal or callback, and whether a campaign knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

POSITION_MINUTES = 5
"""A callback by position goes one place down for each five minutes that were begun (SPEC B9)."""


class Result(StrEnum):
    """What a talk came to; stored by name."""

    SUCCESS = "success"
    REFUSAL = "refusal"
    CALLBACK = "callback"


class Unresolved(StrEnum):
    """What becomes of a task whose talk was given no result."""

    FINISH = "finish"  # it is done
    AGAIN = "again"  # it is called again, after the pause for `left`


@dataclass(frozen=True, slots=True)
class Given:
    """A result as an agent gives it."""

    result: Result
    kind: str = ""  # of a success, one of the campaign's; reminders will hang on it (SPEC B3)
    reason: str = ""  # of a refusal, one of the campaign's
    comment: str = ""
    minutes: int | None = None  # of a callback: in so many minutes; None: at `at`
    at: float | None = None  # of a callback: exactly then, an instant of core time


class Vocabulary(Protocol):
    """What a campaign knows of results."""

    @property
    def success_kinds(self) -> tuple[str, ...]: ...

    @property
    def refusal_reasons(self) -> tuple[str, ...]: ...


def places(minutes: int) -> int:
    """How far down the queue a callback in so many minutes goes: 10 minutes 2, 30 minutes 6."""
    return -(-minutes // POSITION_MINUTES)


def fault(known: Vocabulary, given: Given) -> str:
    """Why the campaign cannot take this result, in one clause; empty: it can."""
    if given.kind and given.result is not Result.SUCCESS:
        return f"a {given.result} has no kind; only a success has"
    if given.reason and given.result is not Result.REFUSAL:
        return f"a {given.result} has no reason; only a refusal has"
    is_timed = given.minutes is not None or given.at is not None
    if is_timed != (given.result is Result.CALLBACK):
        return "a callback needs its time" if not is_timed else f"a {given.result} has no time"
    if given.minutes is not None and given.minutes < 1:
        return f"{given.minutes} minutes is no time from now; give 1 or more"
    unknown = _unknown("kind of success", given.kind, known.success_kinds)
    return unknown or _unknown("reason of refusal", given.reason, known.refusal_reasons)


def _unknown(what: str, value: str, known: Iterable[str]) -> str:
    if not value or value in known:
        return ""
    listed = ", ".join(known) or "it has none"
    return f'"{value}" is no {what} of this campaign; known: {listed}'


def of_code(codes: Mapping[str, str], digit: str) -> Given | None:
    """The result that a digit stands for in a campaign; None: it stands for none."""
    return of_words(codes[digit]) if digit in codes else None


def of_words(words: str) -> Given | None:
    """`success`, `success quote wanted`, `refusal too expensive`, `callback 10`; None: no such."""
    name, _, rest = words.strip().partition(" ")
    rest = rest.strip()
    match name:
        case Result.SUCCESS:
            return Given(Result.SUCCESS, kind=rest)
        case Result.REFUSAL:
            return Given(Result.REFUSAL, reason=rest)
        case Result.CALLBACK if rest.isascii() and rest.isdigit():
            return Given(Result.CALLBACK, minutes=int(rest))
    return None
