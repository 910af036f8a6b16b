"""Recovery: what is believed of calls is held against what Asterisk has; doubt does not dial."""

from __future__ import annotations

from ccdialer.core import attempt as attempts
from ccdialer.core import (
    callers,
    calls,
    connecting,
    ending,
    floor,
    holding,
    recording,
    refusing,
    visits,
)
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Board, Call, Leg, Seat
from ccdialer.core.commands import CloseBridge, HangUp
from ccdialer.core.disposition import CAUSE_UNKNOWN, Disposition
from ccdialer.core.events import (
    LegEnded,
    SeenLeg,
    SwitchFound,
)

SILENT = "phone did not answer"


def switch_found(board: Board, event: SwitchFound, now: float) -> None:
    """Asterisk answers again: adopt what lives, close what does not, end what nobody knows."""
    board.connected = True
    _end_farewells(board)
    seen = {leg.leg_id: leg for leg in event.legs}
    for leg_id in list(board.legs):
        if leg_id not in seen:
            _missing(board, leg_id, now)
    talks = [call for call in board.calls.values() if call.state is CallState.TALKING]
    for leg in sorted(event.legs, key=lambda leg: _turn(board, leg)):
        _present(board, leg, now)
    recording.go_on(board, talks, seen, now)
    _end_stray_bridges(board, event.bridges)
    if board.stopped is not None:
        _ring_no_more(board, now)


def _ring_no_more(board: Board, now: float) -> None:
    """All is stopped: who was adopted and has not answered is let go. Whether his phone rang is not
    known."""
    for call in list(board.calls.values()):
        if call.state is CallState.DIALING:
            ending.let_go(board, call, now, Disposition.LOST)


def _missing(board: Board, leg_id: str, now: float) -> None:
    """The leg is gone and we did not see how."""
    leg = board.legs.get(leg_id)
    if leg is None:
        return
    call = leg.call
    if call is not None and leg.seat is None:
        if call.state not in (CallState.OPENING, CallState.SUMMONING):
            if call.state in (CallState.DIALING, CallState.RINGING, CallState.DETECTING):
                call.result = Disposition.LOST
            call.is_flying, call.is_unseen = False, True
            calls.ended(board, call, LegEnded(leg_id, CAUSE_UNKNOWN), now)
        return
    del board.legs[leg_id]
    agent_leg_gone(board, leg, now)


def agent_leg_gone(board: Board, leg: Leg, now: float) -> None:
    """An agent's leg has ended; it is off the board already."""
    seat = leg.seat
    if seat is None:
        return
    call = seat.call
    if call is None or (leg.call is not None and leg.call is not call):
        if leg.call is None:
            reason = SILENT if seat.state is AgentState.SIGNING_IN else "phone hung up"
            floor.leave(board, seat, reason, now)
        return
    if leg.call is None:
        seat.leave_after = True
    if call.state is CallState.CONNECTING:
        refusing.agent_refused(board, call, now)
    elif holding.is_held(call):
        holding.lost(board, call, now, is_missed=not call.agent_up and leg.call is not None)
    else:
        ending.hang_up_talk(board, call, now)


def _turn(board: Board, seen: SeenLeg) -> int:
    """Strays first, whose ids must not be used again; then agents' phones; and who is in a bridge
    before others are given the agent he talks with."""
    leg = board.legs.get(seen.leg_id)
    if leg is None:
        return 0
    if leg.seat is not None:
        return 1
    return 3 if seen.bridge_id is None else 2


def _present(board: Board, seen: SeenLeg, now: float) -> None:
    leg = board.legs.get(seen.leg_id)
    if leg is None:
        if attempts.part_of(seen.leg_id):
            recording.found(board, seen.leg_id)
        elif attempts.is_ours(seen.leg_id):
            _end_stray_leg(board, seen.leg_id)
    elif leg.seat is None and leg.call is not None:
        _client_present(board, leg.call, seen, now)
    elif leg.call is not None and seen.up:
        holding.agent_is_up(board, leg.call, now)
    elif leg.seat is not None and seen.up:
        _kept_up_present(board, leg.seat, seen, now)


def _end_stray_leg(board: Board, leg_id: str) -> None:
    """Its id is not given to another phone while it ends."""
    attempt_id, ring = attempts.attempt_of(leg_id), attempts.ring_of(leg_id)
    call = board.calls.get(attempt_id)
    if call is not None:
        call.rings = max(call.rings, ring)
    elif ring:
        visits.rung_by_an_earlier_run(board, attempt_id, ring)
    board.emit(HangUp(leg_id))


def _client_present(board: Board, call: Call, seen: SeenLeg, now: float) -> None:
    is_open = call.state in (CallState.DIALING, CallState.RINGING)
    seat = _in_whose_bridge(board, seen) if is_open else None
    if seat is not None and seat.call in (None, call):
        calls.left_flight(call, now, answered=True)
        connecting.rejoin(board, call, seat, now)
    if callers.is_waiting(call):
        callers.present(board, call, seen, _in_whose_bridge(board, seen), now)
    if seen.up:
        calls.answered(board, call, now)
    if seen.bridge_id is not None:
        connecting.joined(board, call, seen.bridge_id, now)
    if call.state is CallState.ENDING:
        board.emit(HangUp(seen.leg_id))
    if call.state is CallState.TALKING and call.seat is None:
        ending.hang_up_talk(board, call, now)


def _in_whose_bridge(board: Board, seen: SeenLeg) -> Seat | None:
    seats = (seat for seat in board.seats.values() if seat.leg_id is not None)
    return next((seat for seat in seats if seat.bridge_id == seen.bridge_id), None)


def _kept_up_present(board: Board, seat: Seat, seen: SeenLeg, now: float) -> None:
    if seen.bridge_id is None and seat.call is None:
        floor.keep_up(board, seat, seen.leg_id)
    elif seat.state is AgentState.SIGNING_IN:
        floor.arrive(board, seat, now)


def _end_farewells(board: Board) -> None:
    """The word that a confirmation was heard may be among what was missed."""
    for leg_id in board.farewells.values():
        board.emit(HangUp(leg_id))
    board.farewells.clear()


def _end_stray_bridges(board: Board, bridges: tuple[str, ...]) -> None:
    known = {seat.bridge_id for seat in board.seats.values()}
    known |= {attempts.talk_bridge(attempt_id) for attempt_id in board.calls}
    for bridge_id in bridges:
        if attempts.is_ours(bridge_id) and bridge_id not in known:
            board.emit(CloseBridge(bridge_id))
