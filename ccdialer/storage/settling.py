"""Settling: what a closed attempt means for the client's tasks beyond the one it was made for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ccdialer.core.commands import CloseAttempt
from ccdialer.core.task import TaskMove
from ccdialer.storage.database import Database
from ccdialer.storage.duplicates import of_reached
from ccdialer.storage.holds import withdraw
from ccdialer.storage.refusals import holds_of

# Most calls end with nobody on a list: that is seen in one look.
LISTED = """
    SELECT DISTINCT task.id FROM task JOIN task_number ON task_id = task.id
    JOIN do_not_call ON do_not_call.e164 = task_number.e164
    WHERE task.id {in_ids} AND state = 'waiting'"""


def settle(
    database: Database, closing: Sequence[CloseAttempt], to_wall: Callable[[float], int]
) -> None:
    """In the closing transaction: who asked not to be called during his call is not called again,
    and who was reached is not called for the same at another task (SPEC F7, D9)."""
    if not closing:
        return
    at = max(to_wall(c.ended_at) for c in closing)
    reached = [c.task_id for c in closing if c.task_move is TaskMove.FINISH]
    withdraw(database, of_reached(database, reached), at)
    again = database.keys(c.task_id for c in closing if c.task_move is not TaskMove.FINISH)
    listed = [task_id for (task_id,) in database.rows(LISTED, (again,))]
    never = {i: hold for i, hold in holds_of(database, listed, at).items() if hold.until is None}
    withdraw(database, never, at)
