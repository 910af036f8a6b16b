"""The emergency stop: nothing is dialed anywhere until people take it back; live talks go on."""

from __future__ import annotations

from ccdialer.core import calls, ending, pace
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Board
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import AllResumed, AllStopped


def all_stopped(board: Board, event: AllStopped, now: float) -> None:
    """Give the hoppers back and let go what nobody has answered; who was reached is served."""
    if board.stopped is None:
        for run in board.runs.values():
            pace.empty_hopper(board, run)
        _let_go(board, now)
    board.stopped = event.reason


def _let_go(board: Board, now: float) -> None:
    """To a client whose phone rang it was a call not answered; to others it was none."""
    for call in list(board.calls.values()):
        if call.state is CallState.RINGING:
            ending.let_go(board, call, now, Disposition.NO_ANSWER)
        elif call.state is CallState.DIALING:
            ending.let_go(board, call, now, Disposition.CANCELLED)
        elif call.state is CallState.SUMMONING:
            calls.close(board, call, Disposition.CANCELLED, now)


def all_resumed(board: Board, event: AllResumed, now: float) -> None:
    """Dial on."""
    board.stopped = None
