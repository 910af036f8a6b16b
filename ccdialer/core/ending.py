"""Ending: calls that we end ourselves, because nobody answers, a party asks, or the day is over."""

from __future__ import annotations

from ccdialer.core import callers, outcome
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Board, Call
from ccdialer.core.calls import close, left_flight
from ccdialer.core.campaign import ABANDONED
from ccdialer.core.disposition import Disposition
from ccdialer.core.parting import hang_up


def let_go(
    board: Board, call: Call, now: float, result: Disposition = Disposition.NO_ANSWER
) -> None:
    """End a call that nobody has answered yet; to the client it was a call not answered."""
    call.result = result
    left_flight(call, now, answered=False)
    hang_up(board, call, now)


def ring_over(board: Board, call: Call, now: float) -> None:
    """Neither answer nor end long after the ring time-out: end it; what it was is not known."""
    if call.state in (CallState.DIALING, CallState.RINGING) and now >= call.ring_until:
        call.result = Disposition.LOST
        hang_up(board, call, now)


def hang_up_over(board: Board, call: Call, now: float) -> None:
    """No word of the end of a leg that we hung up: it is closed with what was decided."""
    if call.state is CallState.ENDING:
        close(board, call, call.result or Disposition.LOST, now)


def hang_up_talk(board: Board, call: Call, now: float) -> None:
    """The agent's side ends a talk."""
    if call.state is CallState.TALKING:
        call.result = Disposition.TALKED
        hang_up(board, call, now)


def drop_all(board: Board, now: float) -> None:
    """The drain's limit is over: end every call that still lives."""
    for call in list(board.calls.values()):
        if callers.is_waiting(call):
            callers.give_up(board, call, now)
        elif call.state is CallState.SUMMONING:
            close(board, call, Disposition.CANCELLED, now)
        elif call.state not in (CallState.OPENING, CallState.ENDING):
            call.result = call.result or outcome.of_drop(call)
            _drop(board, call, now)


def _drop(board: Board, call: Call, now: float) -> None:
    if call.result is Disposition.ABANDONED and call.state is not CallState.PARTING:
        call.run.count(ABANDONED)
    if call.state is CallState.WAITING:
        board.waiting.remove(call)
    left_flight(call, now, answered=call.answered_at is not None)
    hang_up(board, call, now)
