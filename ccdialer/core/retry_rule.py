"""Retry rules: what a campaign says of one kind of outcome, in place of its table of pauses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from ccdialer.core.clocks import Day
from ccdialer.core.disposition import FINAL, Disposition
from ccdialer.core.telling import told

LONGEST_S = 90 * 86400.0
_RANGE = re.compile(r"([1-9]\d{0,3})(-([1-9]\d{0,3})?)?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Which(StrEnum):
    """Which of the client's numbers is dialed next."""

    NEXT = "next"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class RetryRule:
    """The first rule of a campaign that fits an outcome decides. What is not said fits anything,
    and leaves as it is what the table of pauses says. Times in seconds."""

    after: tuple[Disposition, ...] = told((), "Results it is for; none: any.")
    attempt: str = told("", "Of which attempts (counted ones): 1, 2-3 or 4-; empty: of any.")
    times: str = told("", "How often the task has had this result, this time included: 2-.")
    days: tuple[Day, ...] = told(
        (), "On which days, by the client's calendar: mon to sun, workday, weekend; none: any."
    )
    agent_missed: bool | None = told(
        None, "Only where an agent's phone failed a client who had answered; false: where none did."
    )
    older_than_s: float = told(0.0, "Only tasks that old.", least=0, most=LONGEST_S * 4)
    younger_than_s: float | None = told(
        None, "Only tasks younger than that.", least=1, most=LONGEST_S * 4
    )
    pause_s: float | None = told(
        None, "Dial again after this; none: as retry_after_s says.", least=0, most=LONGEST_S
    )
    next_day_at: str = told("", "Dial again on the next day, when the client's clocks show that.")
    give_up: bool = told(False, "Dial no more.")
    counts: bool | None = told(None, "Whether it uses up an attempt; none: by the result.")
    number: Which | None = told(
        None, "next or same number of the client; none: next if it counted, else the same."
    )

    def mistake(self) -> str:
        """What is wrong or does not go together, in a sentence; empty: nothing."""
        for name, value in (("attempt", self.attempt), ("times", self.times)):
            if value and not _is_range(value):
                return f'{name} is "{value}"; expected 1, 2-3 or 4-'
        if self.next_day_at and not _CLOCK.fullmatch(self.next_day_at):
            return f'next_day_at is "{self.next_day_at}"; expected a time of the day such as 10:00'
        over = sorted(set(self.after) & FINAL)
        if over:
            return f"a task whose result is {over[0]} is not dialed again; remove it from after"
        return self._contradiction()

    def _contradiction(self) -> str:
        said = {
            "pause_s": self.pause_s is not None,
            "next_day_at": bool(self.next_day_at),
            "give_up": self.give_up,
        }
        both = [name for name, is_said in said.items() if is_said]
        if len(both) > 1:
            return f"{both[0]} and {both[1]} cannot both hold; keep one of them"
        if not both and self.counts is None and self.number is None:
            return "it says nothing: give pause_s, next_day_at, give_up, counts or number"
        if self.younger_than_s is not None and self.younger_than_s <= self.older_than_s:
            return "younger_than_s is not above older_than_s: no task is both"
        return ""


@dataclass(frozen=True, slots=True)
class Ended:
    """What rules look at: how an attempt ended, and of which task."""

    disposition: Disposition
    attempt: int  # which attempt it was, from 1: those before that counted, and this one
    times: int  # how often the task has had this result, this time included
    days: frozenset[Day]  # of the outcome, in the client's zone
    age_s: float  # of the task
    agent_missed: bool = False  # the client had answered, and the phone of an agent failed him


def fits(rule: RetryRule, ended: Ended) -> bool:
    """Whether the rule is for this outcome."""
    return (
        (not rule.after or ended.disposition in rule.after)
        and _within(rule.attempt, ended.attempt)
        and _within(rule.times, ended.times)
        and (not rule.days or not ended.days.isdisjoint(rule.days))
        and rule.agent_missed in (None, ended.agent_missed)
        and rule.older_than_s <= ended.age_s < _or_forever(rule.younger_than_s)
    )


def _or_forever(limit_s: float | None) -> float:
    return inf if limit_s is None else limit_s


def _is_range(text: str) -> bool:
    return _RANGE.fullmatch(text) is not None and _bounds(text)[0] <= _bounds(text)[1]


def _within(text: str, count: int) -> bool:
    if not text:
        return True
    low, high = _bounds(text)
    return low <= count <= high


def _bounds(text: str) -> tuple[int, float]:
    low, dash, high = text.partition("-")
    return int(low), (float(high) if high else inf) if dash else int(low)
