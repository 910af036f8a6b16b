"""Visits: what is remembered of callers who have left a queue: they may come into another one."""

from __future__ import annotations

from dataclasses import replace

from ccdialer.core.board import Board, Call, Visit
from ccdialer.core.queue import Caller

KEPT = 1000
"""Who was sent on comes within a moment, who was transferred within a talk or two."""


def remember(board: Board, call: Call) -> None:
    """He has left."""
    _keep(board, call.attempt_id, Visit(call.rings, call.joined_at is not None))


def rung_by_an_earlier_run(board: Board, call_id: str, ring: int) -> None:
    """A phone was found that rings for nobody on the board: perhaps for a caller whom that run did
    not live to write down, and who is still there."""
    _keep(board, call_id, Visit(max(ring, rings_before(board, call_id)), is_over=False))


def _keep(board: Board, call_id: str, visit: Visit) -> None:
    board.visits.pop(call_id, None)
    board.visits[call_id] = visit
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
