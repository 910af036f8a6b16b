"""What is heard of a leg goes to whoever's it is: the client's call, or the agent's seat."""

from __future__ import annotations

from ccdialer.core import (
    callers,
    calls,
    connecting,
    events,
    features,
    floor,
    holding,
    lines,
    parting,
    recovery,
    refusing,
)
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState, attempt_of, is_ours
from ccdialer.core.board import Board, Call, Leg
from ccdialer.core.commands import HangUp
from ccdialer.core.disposition import Disposition


def leg_opened(board: Board, event: events.LegOpened, now: float) -> None:
    call = board.calls.get(event.attempt_id)
    if call is not None and call.leg_id == event.leg_id:
        calls.opened(board, call, now)


def leg_refused(board: Board, event: events.LegRefused, now: float) -> None:
    """Storage does not let the next trunk's leg be dialed: the attempt ends as the leg before."""
    call = board.calls.get(event.attempt_id)
    if call is None or call.leg_id != event.leg_id or call.state is not CallState.OPENING:
        return
    lines.capped(board, call, event, now)
    call.note = event.reason
    calls.close(board, call, Disposition.CONGESTION, now)


def leg_ringing(board: Board, event: events.LegRinging, now: float) -> None:
    call = board.call_of_leg(event.leg_id)
    if call is not None:
        calls.ringing(board, call, now)


def leg_answered(board: Board, event: events.LegAnswered, now: float) -> None:
    leg = board.legs.get(event.leg_id)
    if leg is None:
        if is_ours(event.leg_id):
            board.emit(HangUp(event.leg_id))
    elif leg.call is None:
        seat_answered(board, leg, event.leg_id)
    elif leg.seat is None:
        calls.answered(board, leg.call, now)
    else:
        holding.agent_is_up(board, leg.call, now)


def seat_answered(board: Board, leg: Leg, leg_id: str) -> None:
    if leg.seat is not None and leg.seat.state is AgentState.SIGNING_IN:
        floor.keep_up(board, leg.seat, leg_id)


def leg_ended(board: Board, event: events.LegEnded, now: float) -> None:
    leg = board.legs.pop(event.leg_id, None)
    if leg is None:
        return
    if leg.seat is None and leg.call is not None:
        calls.ended(board, leg.call, event, now)
    else:
        recovery.agent_leg_gone(board, leg, now)


def leg_joined(board: Board, event: events.LegJoined, now: float) -> None:
    leg = board.legs.get(event.leg_id)
    if leg is None:
        return
    if leg.seat is None and leg.call is not None:
        connecting.joined(board, leg.call, event.bridge_id, now)
    elif leg.call is None and leg.seat is not None and leg.seat.state is AgentState.SIGNING_IN:
        floor.arrive(board, leg.seat, now)


def originate_failed(board: Board, event: events.OriginateFailed, now: float) -> None:
    leg = board.legs.get(event.leg_id)
    if leg is None:
        return
    if leg.seat is None and leg.call is not None:
        calls.originate_failed(board, leg.call, event, now)
    elif event.certain:
        del board.legs[event.leg_id]
        recovery.agent_leg_gone(board, leg, now)


def command_failed(board: Board, event: events.CommandFailed, now: float) -> None:
    """A live client whom Asterisk did not join goes to another agent; a person is assumed where
    detection failed; a kept-up leg without its bridge is of no use."""
    leg = board.legs.get(event.leg_id)
    if leg is None:
        return
    if leg.call is not None and event.deed == "DetectMachine":
        verdict = events.MachineJudged(event.leg_id, False, "not detected: " + event.reason)
        calls.judged(board, leg.call, verdict, now)
    elif leg.call is not None and leg.call.join_sent and _is_of_now(leg.call, event.bridge_id):
        leg.call.note = event.reason
        refusing.agent_refused(board, leg.call, now)
    elif leg.call is None and leg.seat is not None and leg.seat.call is None:
        floor.leave(board, leg.seat, event.reason, now)


def _is_of_now(call: Call, bridge_id: str) -> bool:
    """Whether the present agent's join has failed. The word of an earlier one's may come late; the
    agent who was freed by it would be given another client, and soon have both in his bridge."""
    seat = call.seat
    return seat is None or bridge_id in ("", connecting.meeting_bridge(call, seat))


def machine_judged(board: Board, event: events.MachineJudged, now: float) -> None:
    call = board.call_of_leg(event.leg_id)
    if call is not None:
        calls.judged(board, call, event, now)


def playback_ended(board: Board, event: events.PlaybackEnded, now: float) -> None:
    if features.farewell_ended(board, event.playback_id):
        return
    call = board.calls.get(attempt_of(event.playback_id))
    if call is None:
        return
    if call.sound == event.playback_id:
        callers.sound_ended(board, call)
    elif event.playback_id.endswith(str(connecting.ANNOUNCEMENT)):
        holding.announced(board, call, now)
    else:
        parting.parted(board, call, now)


def digit_pressed(board: Board, event: events.DigitPressed, now: float) -> None:
    call = board.call_of_leg(event.leg_id)
    if call is not None:
        callers.digit_pressed(board, call, event.digit, now)
    else:
        features.digit_pressed(board, event, now)


def switch_lost(board: Board, event: events.SwitchLost, now: float) -> None:
    board.connected = False
    lines.switch_lost(board)
