"""What follows each result of an attempt: a campaign's retry rules, unfolded for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.disposition import Disposition
from ccdialer.core.retry import MET_NOBODY, RetryDecision, decide, ended_of
from ccdialer.core.retry_rule import RetryRule, Which, fits
from ccdialer.core.task import Task, TaskMove, Try, next_number
from ccdialer.reports import words
from ccdialer.reports.table import Table, columns

COLUMNS = columns(
    "result", "attempt||count", "only_if|only if", "what_follows", "counts||flag", "rule||count"
)
TWO = ("+70000000001", "+70000000002")
"""Of a client with two numbers: what the next attempt dials can be told."""
AGENT_FAILED = "an agent's phone failed"
Row = tuple[object, ...]


def retries(settings: CampaignSettings, only: Disposition | None = None) -> Table:
    """A row for every result and attempt, as if each attempt before had ended alike; several, where
    rules look at the day, the task's age or the agent's phone. `rule` is the place of the rule
    that decides; none: the table of pauses decides. Those that do not count are told up to the one
    that does."""
    results = [only] if only else [d for d in Disposition if d is not Disposition.TALKED]
    rows = [row for result in results for row in _plan(settings, result)]
    note = f"{settings.max_attempts} attempts that count, over all numbers of a client"
    return Table("retries", COLUMNS, rows, note, is_compared=True)


def _plan(settings: CampaignSettings, result: Disposition) -> Iterator[Row]:
    """Until the task is given up, or an attempt counts after some that did not: then it begins
    anew."""
    task = Task(1, 1, TWO)
    while True:
        told = list(_ways(settings, task, result))
        for only_if, place, decision in told:
            yield (
                *(words.result(result), len(task.past) + 1, only_if),
                *(_follows(task, decision, place, settings), decision.counts, place or None),
            )
        last = told[-1][2]
        if last.move is not TaskMove.RETRY or (last.counts and len(task.past) > task.attempts):
            return
        task = _next(task, result, last)


def _next(task: Task, result: Disposition, decision: RetryDecision) -> Task:
    bad = next_number(task) if decision.bad_number else ""
    return replace(
        task,
        numbers=tuple(number for number in task.numbers if number != bad),
        attempts=task.attempts + decision.counts,
        past=(*task.past, Try(result, decision.counts)),
        prefers=decision.number,
    )


def _ways(
    settings: CampaignSettings, task: Task, result: Disposition
) -> Iterator[tuple[str, int, RetryDecision]]:
    """Every rule that may decide, in order, with what it depends on; the last holds otherwise."""
    ended, told = ended_of(task, result, 0.0), set()
    for place, rule in enumerate(settings.retry_rules, 1):
        whenever = _whenever(rule)
        if fits(whenever, ended):
            alone = replace(settings, retry_rules=(whenever,))
            missed = rule.agent_missed is True
            told.add(_only_if(rule))
            yield _only_if(rule), place, decide(alone, task, result, agent_missed=missed)
            if whenever == rule:
                return
    shipped = replace(settings, retry_rules=())
    if result in MET_NOBODY and AGENT_FAILED not in told:
        yield AGENT_FAILED, 0, decide(shipped, task, result, agent_missed=True)
    yield "", 0, decide(shipped, task, result)


def _whenever(rule: RetryRule) -> RetryRule:
    """The rule without what depends on more than the attempts."""
    return replace(rule, days=(), older_than_s=0.0, younger_than_s=None, agent_missed=None)


def _only_if(rule: RetryRule) -> str:
    said = []
    if rule.days:
        said.append(f"on {', '.join(rule.days)}")
    if rule.older_than_s:
        said.append(f"the task is {words.lasting(rule.older_than_s)} old")
    if rule.younger_than_s is not None:
        said.append(f"the task is younger than {words.lasting(rule.younger_than_s)}")
    if rule.agent_missed is not None:
        said.append(AGENT_FAILED if rule.agent_missed else "no agent's phone failed")
    return " and ".join(said)


def _follows(task: Task, decision: RetryDecision, place: int, settings: CampaignSettings) -> str:
    if decision.move is TaskMove.GIVE_UP:
        return "no more calls"
    clock = settings.retry_rules[place - 1].next_day_at if place else ""
    if decision.bad_number:
        when = f"the next number after {words.lasting(decision.after_s)}"
        return f"{when}; this one never again"
    when = f"the next day at {clock}" if clock else f"after {words.lasting(decision.after_s)}"
    is_next = decision.number != next_number(task)
    return f"{when}, {Which.NEXT if is_next else Which.SAME} number"
