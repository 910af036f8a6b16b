"""After this disposition and so many attempts: when again, at which number, or never (SPEC D8)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ccdialer.core.backing_off import doubled
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.clocks import days_at, next_day_at
from ccdialer.core.disposition import BAD_NUMBER, FINAL, UNCOUNTED, Disposition
from ccdialer.core.result import Unresolved
from ccdialer.core.retry_rule import Ended, RetryRule, Which, fits
from ccdialer.core.task import Task, TaskMove, following, next_number

LONGEST_GROWN_S = 86400.0
"""A pause that grows while the route fails grows no further."""
MET_NOBODY = frozenset({Disposition.LEFT, Disposition.ABANDONED})
NOTHING_SAID = RetryRule()


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What an outcome means for the task."""

    move: TaskMove
    after_s: float
    counts: bool
    bad_number: bool
    number: str = ""  # to be dialed next
    reason: str = ""  # of a decision that the table of pauses alone does not explain


def decide(
    settings: CampaignSettings,
    task: Task,
    disposition: Disposition,
    at: float = 0.0,
    agent_missed: bool = False,
) -> RetryDecision:
    """Finish, give up, or dial again: by the first of the campaign's rules that fits, else after
    its pause for this disposition. `at` is the instant of the outcome, epoch seconds;
    `agent_missed`: the client had answered, and the phone of an agent failed him.

    Attempts that do not count are bounded: of so many in a row the last one counts.
    """
    task = replace(task, zone=task.zone or settings.zone)
    ended = ended_of(task, disposition, at, agent_missed)
    place, rule = _rule_for(settings, ended)
    failures = _failures(task) + 1
    is_spared = _is_spared(ended) if rule.counts is None else not rule.counts
    counts = not is_spared or failures >= settings.max_uncounted
    bad = disposition in BAD_NUMBER
    which = rule.number or (Which.NEXT if counts else Which.SAME)
    return RetryDecision(
        move=_move(settings, task, disposition, counts, rule.give_up),
        after_s=_after_s(settings, task, disposition, at, rule),
        counts=counts,
        bad_number=bad,
        number=following(task) if bad or which is Which.NEXT else next_number(task),
        reason=_reason(place, counts and is_spared, failures),
    )


def _rule_for(settings: CampaignSettings, ended: Ended) -> tuple[int, RetryRule]:
    """The rule that decides, with its place from 1; place 0 is no rule's."""
    found = ((n, rule) for n, rule in enumerate(settings.retry_rules, 1) if fits(rule, ended))
    return next(found, (0, NOTHING_SAID))


def ended_of(task: Task, disposition: Disposition, at: float, agent_missed: bool = False) -> Ended:
    """The outcome as rules look at it."""
    return Ended(
        disposition=disposition,
        attempt=task.attempts + 1,
        times=sum(1 for each in task.past if each.disposition is disposition) + 1,
        days=days_at(at, task.zone),
        age_s=0.0 if task.created_at is None else max(0.0, at - task.created_at),
        agent_missed=agent_missed,
    )


def _is_spared(ended: Ended) -> bool:
    """The client is not charged for what the route, or an agent's phone, has failed to do."""
    failed_him = ended.agent_missed and ended.disposition in MET_NOBODY
    return failed_him or ended.disposition in UNCOUNTED


def _failures(task: Task) -> int:
    """Attempts in a row that did not count, up to now."""
    failures = 0
    for each in reversed(task.past):
        if each.counts:
            break
        failures += 1
    return failures


def _move(
    settings: CampaignSettings, task: Task, disposition: Disposition, counts: bool, gives_up: bool
) -> TaskMove:
    if disposition in FINAL and settings.unresolved is Unresolved.FINISH:
        return TaskMove.FINISH
    if gives_up or (disposition in BAD_NUMBER and len(task.numbers) == 1):
        return TaskMove.GIVE_UP
    if counts and task.attempts + 1 >= settings.max_attempts:
        return TaskMove.GIVE_UP
    return TaskMove.RETRY


def _pause_of(settings: CampaignSettings, disposition: Disposition) -> Disposition:
    """A talk that was to have a result, and has none, pauses like a client who left."""
    is_open = disposition in FINAL and settings.unresolved is Unresolved.AGAIN
    return Disposition.LEFT if is_open else disposition


def _after_s(
    settings: CampaignSettings, task: Task, disposition: Disposition, at: float, rule: RetryRule
) -> float:
    if rule.next_day_at:
        return next_day_at(at, task.zone, rule.next_day_at) - at
    if rule.pause_s is not None:
        return rule.pause_s
    pause_s = settings.retry_after_s.get(_pause_of(settings, disposition), 0.0)
    return _grown(pause_s, _failures(task)) if disposition in UNCOUNTED else pause_s


def _grown(pause_s: float, failures: int) -> float:
    """Twice as long after each failure in a row: a route that is down is not asked every minute.
    The binary exponential back-off of RFC 3261 §17.1.1.2 and of every queue of jobs."""
    return max(pause_s, doubled(pause_s, LONGEST_GROWN_S, failures))


def _reason(place: int, is_bounded: bool, failures: int) -> str:
    said = [f"retry rule {place} says so"] if place else []
    if is_bounded:
        said.append(f"the last of {failures} failures in a row counts")
    return " and ".join(said)
