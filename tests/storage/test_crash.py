"""A daemon killed in the middle of its batches leaves rows that agree, and nobody dialed twice."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.task import TaskState
from ccdialer.storage import AttemptFilter, Database, TaskFilter
from tests.storage.processes import other_process
from tests.storage.samples import NODE, carry, claim, closing, insert, opening, row

WORK = """
import sys
from ccdialer import storage
from ccdialer.core.commands import ReserveTasks
from tests.storage.samples import carry, closing, opening
with storage.connect(sys.argv[1]) as db:
    while True:
        (answer,) = carry(db, ReserveTasks(int(sys.argv[2]), 4))
        opens = [opening(task) for task in answer.tasks]
        for answer in carry(db, *opens):
            print("dialed", answer.attempt_id)
        carry(db, *(closing(o) for o in opens[:2]))
"""
ROUNDS = 4


def test_kills_at_any_moment_leave_consistent_rows(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(i) for i in range(1000)])
    dialed: set[str] = set()
    for kill_after in range(3, 3 + 7 * ROUNDS, 7):
        with other_process(WORK, db.url, str(campaign.id)) as daemon:
            dialed |= {daemon.line().split()[1] for _ in range(kill_after)}
            daemon.kill()
        _agree(db, dialed)
        _recover(db)
    counts = storage.count_tasks(db)[campaign.id]
    assert counts[TaskState.WAITING] == 1000
    assert len(claim(db, campaign, 1000)) < 1000  # the dialed ones are due later


def _agree(db: Database, dialed: set[str]) -> None:
    """What was said to be dialed is written; a task is active exactly while its attempt lives."""
    attempts = storage.list_attempts(db, AttemptFilter())
    assert dialed <= {attempt["id"] for attempt in attempts}
    live = [attempt["task"] for attempt in attempts if attempt["ended_at"] is None]
    active = storage.list_tasks(db, TaskFilter(states=[TaskState.ACTIVE]))
    assert sorted(live) == [task["id"] for task in active]
    assert len({a["number"] for a in attempts}) == len(attempts)  # nobody was dialed twice
    (legs,) = db.row("SELECT COUNT(*) FROM leg") or (0,)
    assert legs == len(attempts)


def _recover(db: Database) -> None:
    """As the daemon does at its next start."""
    storage.release_reserved(db, NODE)
    for found in storage.open_attempts_of(db, NODE):
        carry(db, closing(opening(found.task, attempt_id=found.attempt_id)))
    assert storage.open_attempts_of(db, NODE) == []
