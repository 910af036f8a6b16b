"""After this disposition and this many attempts: when again, or never."""

from __future__ import annotations

from dataclasses import dataclass

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.disposition import BAD_NUMBER, FINAL, UNCOUNTED, Disposition
from ccdialer.core.result import Unresolved
from ccdialer.core.task import Task, TaskMove


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What an outcome means for the task."""

    move: TaskMove
    after_s: float
    counts: bool
    bad_number: bool


def decide(settings: CampaignSettings, task: Task, disposition: Disposition) -> RetryDecision:
    """Finish, give up, or dial again after the campaign's pause for this disposition."""
    counts = disposition not in UNCOUNTED
    bad = disposition in BAD_NUMBER
    after_s = settings.retry_after_s.get(_pause_of(settings, disposition), 0.0)
    return RetryDecision(_move(settings, task, disposition), after_s, counts, bad)


def _pause_of(settings: CampaignSettings, disposition: Disposition) -> Disposition:
    """A talk that was to have a result, and has none, pauses like a client who left."""
    is_open = disposition in FINAL and settings.unresolved is Unresolved.AGAIN
    return Disposition.LEFT if is_open else disposition


def _move(settings: CampaignSettings, task: Task, disposition: Disposition) -> TaskMove:
    if disposition in FINAL and settings.unresolved is Unresolved.FINISH:
        return TaskMove.FINISH
    if disposition in BAD_NUMBER and len(task.numbers) == 1:
        return TaskMove.GIVE_UP
    if disposition not in UNCOUNTED and task.attempts + 1 >= settings.max_attempts:
        return TaskMove.GIVE_UP
    return TaskMove.RETRY
