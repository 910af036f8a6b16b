"""Settling: what a closed attempt means for the client's tasks beyond the one it was made for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ccdialer.core.commands import CloseAttempt
from ccdialer.core.task import TaskMove
from ccdialer.storage.database import Database
from ccdialer.storage.duplicates import of_reached
from ccdialer.storage.holds import withdraw
from ccdialer.storage.refusals import holds_of

WAITING = "SELECT id FROM task WHERE id {in_ids} AND state = 'waiting'"


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
    waiting = [task_id for (task_id,) in database.rows(WAITING, (again,))]
    never = {i: hold for i, hold in holds_of(database, waiting, at).items() if hold.until is None}
    withdraw(database, never, at)
