"""Recovery: what storage believes is held against what Asterisk has; doubt does not dial."""

from __future__ import annotations

from ccdialer.core import attempt as attempts
from ccdialer.core import calls, connecting, ending, floor, holding, recording
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Board, Call, Leg, Seat
from ccdialer.core.campaign import TALKED
from ccdialer.core.commands import CloseAttempt, CloseBridge, HangUp
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import LegEnded, OpenAttemptFound, SeenLeg, SessionFound, SwitchFound
from ccdialer.core.task import TaskMove
from ccdialer.core.timers import Wake

CAUSE_UNKNOWN = 0
SILENT = "phone did not answer"
STATE_FOUND: dict[str, AgentState] = {
    state: state for state in (AgentState.PAUSED, AgentState.SIGNING_IN)
}
"""States that outlive the daemon. Who talked talks on if his call is found; all else is over."""
LOST_RETRY_S = 3600.0
"""Pause after an attempt whose campaign is not known any more."""


def attempt_found(board: Board, event: OpenAttemptFound, now: float) -> None:
    """An earlier run left this attempt open: believe it lives until Asterisk says otherwise."""
    run = board.runs.get(event.task.campaign_id)
    if event.attempt_id in board.calls:
        return
    if run is None:
        board.emit(_lost_without_campaign(event, now))
        return
    leg_id = event.leg_id or attempts.client_leg(event.attempt_id)
    call = Call(event.attempt_id, event.task, run, event.number, leg_id, event.opened_at)
    call.route, call.trunks_tried = event.route, set(event.trunks_tried)
    call.state = CallState.DIALING
    call.dialed_at = event.opened_at
    call.answered_at = event.answered_at
    board.calls[call.attempt_id] = run.calls[call.attempt_id] = call
    board.legs[leg_id] = Leg(call)
    if event.joined_at is not None:
        _resume_talk(call, event, event.joined_at)
        _reunite(board, call, now)
    else:
        call.agent_id = event.held_agent_id
        holding.hold_again(board, call, now)
    over = now + run.campaign.settings.ring_timeout_s
    board.timers.set(over, Wake.RING_OVER, call.attempt_id)


def _resume_talk(call: Call, event: OpenAttemptFound, joined_at: float) -> None:
    call.state, call.is_flying = CallState.TALKING, False
    call.joined_at = call.live_at = joined_at
    call.agent_id, call.agent_leg_id = event.agent_id, event.agent_leg_id
    call.recordings, call.is_recorded = event.recordings, event.is_recorded
    call.run.count(TALKED)


def _reunite(board: Board, call: Call, now: float) -> None:
    """Give an adopted talk its agent, whichever of the two was found first. Of two talks of one
    agent the later is believed: the end of the other was not written down."""
    seat = board.seats.get(call.agent_id or 0)
    if seat is None or call.joined_at is None:
        return
    if seat.call is not None:
        if (seat.call.joined_at or 0.0) >= call.joined_at:
            return
        _without_seat(seat.call)
    call.seat, seat.call, seat.run = seat, call, call.run
    seat.state, seat.since = AgentState.TALKING, call.joined_at
    if seat.leg_id is None and call.agent_leg_id is not None:
        board.legs[call.agent_leg_id] = Leg(call, seat)
        call.bridged = True
    floor.record(board, seat, now)


def _without_seat(call: Call) -> None:
    """Whom the agent was held for goes without; who talked with him is still told."""
    if call.joined_at is None:
        connecting.take_off(call)
    call.seat = None


def _lost_without_campaign(event: OpenAttemptFound, now: float) -> CloseAttempt:
    return CloseAttempt(
        attempt_id=event.attempt_id,
        task_id=event.task.id,
        disposition=Disposition.LOST,
        task_move=TaskMove.RETRY,
        retry_after_s=LOST_RETRY_S,
        counts=True,
        bad_number=False,
        cause=CAUSE_UNKNOWN,
        sip_code=None,
        ended_at=now,
    )


def session_found(board: Board, event: SessionFound, now: float) -> None:
    """An earlier run left this agent signed in."""
    if event.agent.id in board.seats:
        return
    state = STATE_FOUND.get(event.state, AgentState.AVAILABLE)
    seat = Seat(event.agent, event.session_id, state, since=now, idle_since=now, signed_in_at=now)
    seat.reason, seat.leg_id = event.reason, event.leg_id
    board.seats[event.agent.id] = seat
    if seat.leg_id is not None:
        board.legs[seat.leg_id] = Leg(seat=seat)
    if state is AgentState.SIGNING_IN:
        floor.await_phone(board, seat, now)
    if state != event.state:
        floor.record(board, seat, now)
    for call in board.calls.values():
        if call.agent_id == seat.agent.id and call.seat is None:
            _reunite(board, call, now)
            holding.hold_again(board, call, now)


def switch_found(board: Board, event: SwitchFound, now: float) -> None:
    """Asterisk answers again: adopt what lives, close what does not, end what nobody knows."""
    board.connected = True
    _end_farewells(board)
    seen = {leg.leg_id: leg for leg in event.legs}
    for leg_id in list(board.legs):
        if leg_id not in seen:
            _missing(board, leg_id, now)
    talks = [call for call in board.calls.values() if call.state is CallState.TALKING]
    for leg in event.legs:
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
        connecting.agent_refused(board, call, now)
    elif holding.is_held(call):
        holding.lost(board, call, now, is_missed=not call.agent_up and leg.call is not None)
    else:
        ending.hang_up_talk(board, call, now)


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
    call = board.calls.get(attempts.attempt_of(leg_id))
    if call is not None:
        call.rings = max(call.rings, attempts.ring_of(leg_id))
    board.emit(HangUp(leg_id))


def _client_present(board: Board, call: Call, seen: SeenLeg, now: float) -> None:
    if seen.up:
        calls.answered(board, call, now)
    if seen.bridge_id is not None:
        connecting.joined(board, call, seen.bridge_id, now)
    if call.state is CallState.ENDING:
        board.emit(HangUp(seen.leg_id))
    if call.state is CallState.TALKING and call.seat is None:
        ending.hang_up_talk(board, call, now)


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
