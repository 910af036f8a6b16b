"""Which waiting client goes to which free agent: of the campaigns of highest priority first, who
waits longest goes to him whose turn it is by his project's distribution."""

from __future__ import annotations

from ccdialer.core.attempt import MOST_RINGS
from ccdialer.core.board import Board, Call, Seat
from ccdialer.core.connecting import connect
from ccdialer.core.distribution import turn_in


def match(board: Board, now: float) -> None:
    """Connect every waiting client for whom there is an agent."""
    if not board.waiting or not board.connected:
        return
    free = board.available(board.seats.values())
    for call in sorted(board.waiting, key=_by_priority):  # of equals, who waits longest
        if not free:
            return
        serving = [seat for seat in free if may_serve(seat, call)]
        if serving:
            seat = min(serving, key=turn_in(board, call.run))
            free.remove(seat)
            board.waiting.remove(call)
            connect(board, call, seat, now)


def _by_priority(call: Call) -> int:
    return -call.run.campaign.settings.priority


def may_serve(seat: Seat, call: Call) -> bool:
    """The agent serves the campaign, is not set aside for another one's call, and has not failed
    to take this call already."""
    if seat.kept_for not in (None, call.run):
        return False
    if seat.leg_id is None and call.rings >= MOST_RINGS:
        return False
    return call.run.is_served_by(seat.agent) and seat.agent.id not in call.tried
