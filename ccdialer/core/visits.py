"""Visits: what is remembered of callers who have left a queue: they may come into another one."""

from __future__ import annotations

from dataclasses import replace

from ccdialer.core.board import Board, Call, Visit
from ccdialer.core.queue import Caller

KEPT = 1000
"""Who was sent on comes within a moment, who was transferred within a talk or two."""


def remember(board: Board, call: Call) -> None:
    """He has left."""
    board.visits.pop(call.attempt_id, None)
    board.visits[call.attempt_id] = Visit(call.rings, call.joined_at is not None)
    if len(board.visits) > KEPT:
        del board.visits[next(iter(board.visits))]


def come_again(board: Board, caller: Caller) -> Caller:
    """The caller with an id for his row: a call that goes from queue to queue is one. He gets
    another one where the dialplan gave two calls one id, and where an agent has transferred him
    after a talk, whose row is closed."""
    before = board.visits.get(caller.call_id)
    if caller.call_id in board.calls or (before is not None and before.is_over):
        return replace(caller, call_id=board.new_id())
    return caller


def rings_before(board: Board, call_id: str) -> int:
    """A phone that was rung for him in the queue before may still be ending: its leg's id is not
    given to another one."""
    before = board.visits.get(call_id)
    return 0 if before is None else before.rings
