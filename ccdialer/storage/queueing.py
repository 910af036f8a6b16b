"""Puts a task so many places down the queue of its campaign, whatever the due times there are."""

from __future__ import annotations

from ccdialer.core.task import PRIORITIES
from ccdialer.storage.database import Database

CAMPAIGN = "SELECT campaign_id, priority FROM task WHERE id = ?"

# In the order of the claim, by its index.
AHEAD = """
    SELECT id, due_at FROM task
    WHERE campaign_id = ? AND state = 'waiting' AND priority = ? AND due_at <= ? AND id <> ?
    ORDER BY due_at, id LIMIT ? {for_update}"""

MOVE = "UPDATE task SET priority = ?, due_at = ? WHERE id = ?"


def place_in_queue(database: Database, task_id: int, places: int, now: int) -> None:
    """Let a waiting task be dialed after exactly `places` of the tasks of its campaign that are
    due at `now` (epoch ms), or after all of them if they are fewer.

    The queue is ordered by priority, due time and id, and many tasks share one due time. So the
    tasks in front of the place that have its priority get due times of their own, a millisecond
    apart and before all others of that priority, and the task the one after them. They were due
    before, and are due now; who was behind stays where he is.
    """
    campaign_id, priority = database.rows(CAMPAIGN, (task_id,))[0]
    ahead: list[int] = []
    first = now + 1
    left = places
    for each in reversed(PRIORITIES):
        found = database.rows(AHEAD, (campaign_id, each, now, task_id, left))
        if found:
            priority, first = each, found[0][1]
            ahead = [id for id, _ in found]
        left -= len(found)
        if left <= 0:
            break
    dues = range(first - len(ahead) - 1, first)
    rows = zip([*ahead, task_id], dues, strict=True)
    database.run_many(MOVE, [(priority, due_at, id) for id, due_at in rows])
