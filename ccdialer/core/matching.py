"""Which waiting client goes to which free agent: of the campaigns of highest priority first,
callers before those whom we have called, who waits longest goes to him whose turn it is by his
project's distribution. Whom a caller is offered to is `offering`'s matter."""

from __future__ import annotations

from ccdialer.core.attempt import MOST_RINGS
from ccdialer.core.board import Board, Call, Run, Seat
from ccdialer.core.connecting import connect
from ccdialer.core.distribution import turn_in
from ccdialer.core.offering import offered


def match(board: Board, now: float) -> None:
    """Connect every waiting client for whom there is an agent."""
    if not board.waiting or not board.connected:
        return
    free = board.available(board.seats.values())
    for call in sorted(board.waiting, key=rank):  # of equals, who waits longest
        if not free:
            return
        able = [seat for seat in free if may_serve(seat, call)]
        serving = offered(board, call, _not_owed(board, call, able, free), now)
        if serving:
            seat = min(serving, key=turn_in(board, call.run))
            free.remove(seat)
            board.waiting.remove(call)
            connect(board, call, seat, now)


def _not_owed(board: Board, call: Call, able: list[Seat], free: list[Seat]) -> list[Seat]:
    """A campaign above a caller's queue keeps its agents: those of them who are free, while it has
    as many calls in flight, which were placed as it counts on them."""
    if call.caller is None or not able:
        return able
    own = call.run.campaign.settings.priority
    for run in board.runs.values():
        if run.is_pacing and run.campaign.settings.priority > own and _needs_all(run, free):
            able = [seat for seat in able if not run.is_served_by(seat.agent)]
    return able


def _needs_all(run: Run, free: list[Seat]) -> bool:
    return run.flying >= sum([run.is_served_by(seat.agent) for seat in free])


def rank(call: Call) -> tuple[int, bool, int]:
    """Who is served first has the least."""
    priority = call.run.campaign.settings.priority
    own = call.caller.priority if call.caller is not None else None
    return (-priority, call.caller is None, -(priority if own is None else own))


def may_serve(seat: Seat, call: Call) -> bool:
    """The agent serves the campaign, is not set aside for another one's call, and has not failed
    to take this call already. A caller has nobody else: his legs' ids begin anew, and the first
    has ended long ago."""
    if seat.kept_for not in (None, call.run) and not _outranks(call, seat.kept_for):
        return False
    if seat.leg_id is None and call.rings >= MOST_RINGS and call.caller is None:
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
