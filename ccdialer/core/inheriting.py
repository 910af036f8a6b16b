"""Inheriting: what an earlier run has left is believed to live until Asterisk says otherwise."""

from __future__ import annotations

from ccdialer.core import attempt as attempts
from ccdialer.core import callers, connecting, floor, holding, outcome
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Board, Call, Leg, Seat
from ccdialer.core.campaign import TALKED
from ccdialer.core.events import CallerFound, OpenAttemptFound, SessionFound
from ccdialer.core.timers import Wake

STATE_FOUND: dict[str, AgentState] = {
    state: state for state in (AgentState.PAUSED, AgentState.SIGNING_IN)
}
"""States that outlive the daemon. Who talked talks on if his call is found; all else is over."""


def attempt_found(board: Board, event: OpenAttemptFound, now: float) -> None:
    """An earlier run left this attempt open: believe it lives until Asterisk says otherwise."""
    run = board.runs.get(event.task.campaign_id)
    if event.attempt_id in board.calls:
        return
    if run is None:
        board.emit(outcome.of_no_campaign(event, now))
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


def caller_found(board: Board, event: CallerFound, now: float) -> None:
    """An earlier run left this caller in a queue or in a talk: believe it likewise."""
    call = callers.found(board, event, now)
    if call is not None:
        call.bridged = True  # perhaps: that run may have made a bridge, and joined nobody in it
    if call is not None and event.joined_at is not None:
        board.waiting.remove(call)
        _resume_talk(call, event, event.joined_at)
        _reunite(board, call, now)


def _resume_talk(call: Call, event: OpenAttemptFound | CallerFound, joined_at: float) -> None:
    call.state, call.is_flying = CallState.TALKING, False
    call.joined_at = joined_at
    call.live_at = joined_at if call.caller is None else call.live_at
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
