"""Answering: when the people of simulated campaigns answered, as storage would count it."""

from __future__ import annotations

from ccdialer.core.best_hour import Answers, Hours, answers_of
from ccdialer.core.clocks import hour_at
from ccdialer.core.commands import CloseAttempt


class AnswersByHour:
    """Counts of every campaign, from the days before on."""

    def __init__(self) -> None:
        self._hours: dict[int, list[Answers]] = {}

    def begin_with(self, campaign_id: int, hours: Hours) -> None:
        """What was counted before."""
        self._hours[campaign_id] = list(hours)

    def count(self, campaign_id: int, command: CloseAttempt) -> None:
        """A call is over."""
        if command.dialed_at is not None:
            hour = hour_at(command.dialed_at, "")
            self._hours[campaign_id][hour] += answers_of(command.disposition)

    def hours_of(self, campaign_id: int) -> Hours:
        """Up to now."""
        return tuple(self._hours[campaign_id])
