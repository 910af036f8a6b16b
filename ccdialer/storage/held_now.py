"""Counts whom hours and limits would hold, were all due tasks of a campaign dialed now (F2)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ccdialer.core.campaign import Campaign
from ccdialer.core.task import next_number
from ccdialer.storage.database import Database
from ccdialer.storage.holds import SOMEBODY, Candidate
from ccdialer.storage.limits import check
from ccdialer.storage.reading import FIELDS, tasks_of

SAMPLE = 2000
"""Of longer lists every n-th task is asked about, so that no more are."""

COUNT = "SELECT COUNT(*) FROM task WHERE campaign_id = ? AND state = 'waiting' AND due_at <= ?"

EVERY = f"""
    SELECT {FIELDS} FROM (
        SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM task
        WHERE campaign_id = ? AND state = 'waiting' AND due_at <= ?) AS due
    JOIN task ON task.id = due.id WHERE place / ? * ? = place"""


@dataclass(frozen=True, slots=True)
class HeldNow:
    """Of the due tasks that were asked about: how many each rule holds, and until when at best."""

    due: int  # tasks
    asked: int  # of them
    by_rule: Counter[str] = field(default_factory=Counter)
    first_at: dict[str, int] = field(default_factory=dict)  # epoch ms, of those that have an end


def held_now(database: Database, campaign: Campaign, now: int) -> HeldNow:
    """What the rules on persons would say of the campaign's due tasks at `now` (epoch ms)."""
    row = database.row(COUNT, (campaign.id, now))
    due = int(row[0]) if row else 0
    step = -(-due // SAMPLE) or 1
    found = tasks_of(database, database.rows(EVERY, (campaign.id, now, step, step)))
    asked = [
        Candidate(task.id, campaign.id, next_number(task), now, SOMEBODY)
        for task in found
        if task.numbers
    ]
    held = HeldNow(due, len(asked))
    for hold in check(database, asked).values():
        held.by_rule[hold.rule] += 1
        if hold.until is not None and hold.ends_by is None:
            first = held.first_at.get(hold.rule, hold.until)
            held.first_at[hold.rule] = min(first, hold.until)
    return held
