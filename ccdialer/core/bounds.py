"""Bounds: how long Asterisk keeps a caller of itself, though the daemon never comes back."""

from __future__ import annotations

from ccdialer.core.board import Board, Call
from ccdialer.core.commands import Bound

MARGIN_S = 60.0
"""A queue that lives sends a caller away before Asterisk does, even one whom an agent is being rung
for when his time is over."""


def bound_wait(board: Board, call: Call, now: float) -> None:
    """Nobody waits longer than his queue lets him. Nothing, where Asterisk knows that already."""
    until = call.opened_at + call.run.campaign.settings.queue.max_wait_s + MARGIN_S
    if call.bound_until != until:
        call.bound_until = until
        board.emit(Bound(call.leg_id, max(until - now, MARGIN_S)))


def bound_again(board: Board, call: Call, now: float) -> None:
    """The same after a cut: of what had been asked for, nobody knows what has come to pass."""
    call.bound_until = 0.0
    bound_wait(board, call, now)


def bound_talk(board: Board, call: Call) -> None:
    """Nobody talks longer than any call of the campaign lasts."""
    limit_s = call.run.campaign.settings.max_call_s
    board.emit(Bound(call.leg_id, limit_s, is_talking=True))
