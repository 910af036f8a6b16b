"""Sending back: what the dialplan is told of a caller whom a queue gives back to it, and what if he
has hung up before it had him."""

from __future__ import annotations

from ccdialer.core.board import Board, Run
from ccdialer.core.commands import LoseCaller, SendBack
from ccdialer.core.events import SendBackFailed
from ccdialer.core.queue import Caller, QueueStatus
from ccdialer.core.queue_names import full_name, place_of, queue_meant, queue_names
from ccdialer.core.safe import NAME, safe
from ccdialer.core.target import Target, TargetKind, target_of


def overflow_of(board: Board, run: Run) -> Target | None:
    """Where the queue's callers go; a queue by a name that no other one's is taken for."""
    target = target_of(run.campaign.settings.queue.overflow)
    if target is None or target.kind is not TargetKind.QUEUE:
        return target
    known = queue_names(board)
    place = queue_meant(target.name, place_of(board, run)[0], known)
    return target if place is None else Target(TargetKind.QUEUE, full_name(place, known))


def answer(caller: Caller, status: QueueStatus, target: Target | None = None) -> SendBack:
    """The dialplan's answer: every variable is set, whatever the status."""
    kind, name = (target.kind.value, target.name) if target else ("", "")
    variables = {
        "CCD_QUEUE_STATUS": status.value,
        "CCD_TARGET_KIND": kind,
        "CCD_TARGET": safe(name, NAME),
        "CCD_CALL": safe(caller.call_id),
    }
    return SendBack(caller.leg_id, tuple(variables.items()), caller.call_id)


def failed(board: Board, event: SendBackFailed, now: float) -> None:
    """He was sent on, and had hung up: no other queue will be told of him."""
    board.emit(LoseCaller(event.call_id, now))
