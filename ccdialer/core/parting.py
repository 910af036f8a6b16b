"""Parting: a client's leg is ended, after the safe-harbour message if he met nobody."""

from __future__ import annotations

from ccdialer.core import attempt as attempts
from ccdialer.core.attempt import CallMove, CallState
from ccdialer.core.board import Board, Call
from ccdialer.core.campaign import ABANDONED
from ccdialer.core.commands import HangUp, Play, RecordAbandoned
from ccdialer.core.disposition import Disposition
from ccdialer.core.timers import Wake

SAFE_HARBOUR = 2
PARTING_LIMIT_S = 60.0
"""No safe-harbour message is longer."""


def abandon(board: Board, call: Call, now: float) -> None:
    """No agent in time: it counts, and the client hears the safe-harbour message."""
    board.waiting.remove(call)
    call.result = Disposition.ABANDONED
    call.run.count(ABANDONED)
    answered_at = now if call.answered_at is None else call.answered_at
    board.emit(RecordAbandoned(call.attempt_id, answered_at, now))
    message = call.run.campaign.settings.safe_harbour
    if not message:
        hang_up(board, call, now)
        return
    call.move(CallMove.PART)
    board.emit(Play(attempts.playback(call.attempt_id, SAFE_HARBOUR), call.leg_id, message))
    board.timers.set(now + PARTING_LIMIT_S, Wake.PARTED, call.attempt_id)


def parted(board: Board, call: Call, now: float) -> None:
    """The safe-harbour message is over."""
    if call.state is CallState.PARTING:
        hang_up(board, call, now)


def hang_up(board: Board, call: Call, now: float) -> None:
    """Ask for the end of the client's leg; LegEnded, or the timer, closes the attempt."""
    call.move(CallMove.END)
    board.emit(HangUp(call.leg_id))
    board.timers.set(now + board.rules.hang_up_grace_s, Wake.HANG_UP_OVER, call.attempt_id)
