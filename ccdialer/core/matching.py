"""Which waiting client goes to which free agent: of the campaigns of highest priority first, of
equals callers before those whom we have called, who waits longest goes to him whose turn it is by
his project's distribution. No priority of a campaign makes a caller wait longer than his queue
calls in time (SPEC A3). Whom a caller is offered to is `offering`'s matter."""

from __future__ import annotations

from collections.abc import Iterable

from ccdialer.core.attempt import MOST_RINGS
from ccdialer.core.board import Board, Call, Run, Seat
from ccdialer.core.connecting import connect
from ccdialer.core.distribution import turn_in
from ccdialer.core.offering import offered


def match(board: Board, now: float) -> None:
    """Connect every waiting client for whom there is an agent."""
    if not board.waiting or not board.connected:
        return
    _let_go_unneeded(board)
    free = board.available(board.seats.values())
    for call in in_turn(board, now) if free else ():
        if not free:
            return
        able = [seat for seat in free if may_serve(seat, call)]
        serving = offered(board, call, able, now)
        if serving:
            seat = min(serving, key=turn_in(board, call.run))
            free.remove(seat)
            board.waiting.remove(call)
            connect(board, call, seat, now)


def _let_go_unneeded(board: Board) -> None:
    """Who is set aside for a call that has ended unanswered is free for whoever waits, before his
    campaign dials anew."""
    needed: dict[Run, int] = {}
    for seat in board.seats.values():
        run = seat.kept_for
        if run is None:
            continue
        if run not in needed:
            needed[run] = run.flying + sum([call.run is run for call in board.waiting])
        needed[run] -= 1
        if needed[run] < 0:
            seat.kept_for = None


def in_turn(board: Board, now: float) -> list[Call]:
    """Who waits, the first to be served in front; of equals, who waits longest."""
    late = {call.run for call in board.waiting if is_late(call, now)}
    runs = {call.run for call in board.waiting}
    standing = {run: _standing(board, run, late) for run in runs}
    return sorted(board.waiting, key=lambda call: (-standing[call.run], *rank(call)))


def is_late(call: Call, now: float) -> bool:
    """Whether it is a caller who has waited longer than his queue calls in time."""
    within_s = call.run.campaign.settings.queue.service_level_s
    return call.caller is not None and now > call.opened_at + within_s


def _standing(board: Board, run: Run, late: Iterable[Run]) -> int:
    """Its priority; for a campaign no more than that of a queue of its agents whose callers are
    late: those go before its clients, and callers keep their order among themselves."""
    own = run.campaign.settings.priority
    if run.is_inbound or not late:
        return own
    seats = list(board.seats_for(run))
    ours = [queue for queue in late if any(queue.is_served_by(seat.agent) for seat in seats)]
    return min([own, *(queue.campaign.settings.priority for queue in ours)])


def rank(call: Call) -> tuple[bool, int, int]:
    """Of equal standing, who is served first has the least."""
    priority = call.run.campaign.settings.priority
    own = call.caller.priority if call.caller is not None else None
    return (call.caller is None, -priority, -(priority if own is None else own))


def may_serve(seat: Seat, call: Call) -> bool:
    """The agent serves the campaign, is not set aside for another one's call, and has not failed
    to take this call already."""
    if seat.kept_for not in (None, call.run) and not _outranks(call, seat.kept_for):
        return False
    if seat.leg_id is None and call.rings >= MOST_RINGS:
        return False
    return call.run.is_served_by(seat.agent) and seat.agent.id not in call.tried


def _outranks(call: Call, kept_for: Run | None) -> bool:
    """Whether the call is a caller's whose queue goes before the campaign that an agent is kept
    for, though a client of that may then meet nobody: its priority was set so."""
    settings = call.run.campaign.settings
    return (
        call.caller is not None
        and kept_for is not None
        and settings.priority > kept_for.campaign.settings.priority
    )
