"""Simulated answers are counted by the hour, over the days."""

from __future__ import annotations

from dataclasses import replace

from ccdialer.core.best_hour import NOTHING_LEARNED, Answers
from ccdialer.core.commands import CloseAttempt
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import TaskMove
from ccdialer.sim.answering import AnswersByHour

TALK = CloseAttempt(
    *("a", 1, Disposition.TALKED, TaskMove.FINISH, 0.0, True, False, 16, None),
    ended_at=7300.0,
    dialed_at=7190.0,
)


def test_calls_are_counted_by_the_hour_in_which_they_were_dialed() -> None:
    counted = AnswersByHour()
    counted.begin_with(1, (Answers(5, 2), *NOTHING_LEARNED[1:]))
    counted.count(1, TALK)
    counted.count(1, replace(TALK, disposition=Disposition.BUSY, dialed_at=86400.0 + 10.0))
    counted.count(1, replace(TALK, disposition=Disposition.CANCELLED, dialed_at=None))
    assert counted.hours_of(1) == (Answers(6, 2), Answers(1, 1), *NOTHING_LEARNED[2:])
