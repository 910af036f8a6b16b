"""Connecting: a live client and a chosen agent are brought together."""

from __future__ import annotations

from math import inf

from ccdialer.core import attempt as attempts
from ccdialer.core import bounds, drawing, floor, recording
from ccdialer.core.agent import AgentMove, AgentState
from ccdialer.core.attempt import CallMove, CallState
from ccdialer.core.board import Board, Call, Leg, Seat
from ccdialer.core.campaign import TALKED
from ccdialer.core.commands import (
    HangUp,
    Hush,
    Join,
    JoinInbound,
    OpenBridge,
    Originate,
    Play,
    RecordJoin,
)
from ccdialer.core.parting import hang_up
from ccdialer.core.timers import Wake

ANNOUNCEMENT = 1
ANNOUNCEMENT_LIMIT_S = 15.0
"""No agent is told of a caller for longer."""
JOIN_MARGIN_S = 0.3
"""An announcement is cut short this long before the client's time is over."""

QUOTABLE = str.maketrans('"<>', "'()")
"""What would end a name between quotes, or begin a number."""


def connect(board: Board, call: Call, seat: Seat, now: float) -> None:
    """The agent is chosen: tell his kept-up leg, or ring his phone."""
    call.move(CallMove.CONNECT)
    _reserve(call, seat, now)
    _call_up(board, call, seat, now)


def _reserve(call: Call, seat: Seat, now: float) -> None:
    call.seat, call.agent_id = seat, seat.agent.id
    seat.call, seat.run = call, call.run
    seat.move(AgentMove.RESERVE, now)


def hold(board: Board, call: Call, seat: Seat, now: float) -> None:
    """Reserve the agent for a client who has not answered yet, or was not even dialed."""
    call.is_held = True
    _reserve(call, seat, now)
    floor.record(board, seat, now)


def meet(board: Board, call: Call, now: float) -> None:
    """The client of a held agent has answered. The clock of abandonment stands still for as long
    as his agent's phone may ring: he is not without an agent (47 CFR 64.1200(a)(7))."""
    seat = call.seat
    if seat is None:
        return
    call.move(CallMove.CONNECT)
    is_ready = call.agent_up or seat.leg_id is not None
    start_clock(board, call, now if is_ready else now + board.rules.agent_ring_s)
    if call.agent_up:
        join(board, call)
    else:
        _call_up(board, call, seat, now)


def start_clock(board: Board, call: Call, at: float) -> None:
    """From then on the client is without an agent, and may be so for the campaign's limit."""
    call.clock_at = at
    board.timers.set(deadline_of(call), Wake.DEADLINE, call.attempt_id)


def _call_up(board: Board, call: Call, seat: Seat, now: float) -> None:
    if seat.leg_id is None:
        ring(board, call, seat)
    else:
        call.agent_leg_id = seat.leg_id
        agent_is_up(board, call, now)


def ring(board: Board, call: Call, seat: Seat) -> None:
    """Ring the chosen agent's phone for this call alone."""
    serial = call.rings % attempts.MOST_RINGS + 1
    call.rings += 1
    call.agent_leg_id = attempts.agent_leg(call.attempt_id, serial)
    board.legs[call.agent_leg_id] = Leg(call, seat)
    board.emit(
        Originate(
            leg_id=call.agent_leg_id,
            endpoint=seat.agent.phone,
            caller_id=_shown(call),
            ring_timeout_s=board.rules.agent_ring_s,
            max_call_s=call.run.campaign.settings.max_call_s,
            auto_answer=True,
        )
    )


def _shown(call: Call) -> str:
    """What the agent's phone shows: the campaign, and the client's number if it is not hidden."""
    name = f'"{call.run.campaign.name.translate(QUOTABLE)}"'
    return f"{name} <{call.number}>" if call.number else name


def agent_is_up(board: Board, call: Call, now: float) -> None:
    """The agent's leg is up: announce the campaign to him if there is time for it, then join. The
    client of a held agent never waits for an announcement."""
    if call.agent_up or call.agent_leg_id is None:
        return
    call.agent_up = True
    announce = call.run.campaign.settings.announce
    latest = min(deadline_of(call) - JOIN_MARGIN_S, now + ANNOUNCEMENT_LIMIT_S)
    if not announce or call.is_held or now >= latest:
        join(board, call)
        return
    board.emit(Play(attempts.playback(call.attempt_id, ANNOUNCEMENT), call.agent_leg_id, announce))
    board.timers.set(latest, Wake.ANNOUNCED, call.attempt_id)


def join(board: Board, call: Call) -> None:
    """Put client and agent together; LegJoined tells that they are. The timer or the sound of an
    agent who did not take the call may ask for it too: nothing, until the present one is up."""
    is_due = call.state is CallState.CONNECTING and call.agent_up and not call.join_sent
    if not is_due or call.seat is None:
        return
    call.join_sent = True
    if call.caller is not None:
        music = call.run.campaign.settings.queue.music
        board.emit(Hush(call.leg_id, music, call.sound))
        call.sound = ""
    if call.seat.leg_id is not None:
        board.emit(Join(call.seat.bridge_id, call.leg_id))
    elif call.agent_leg_id is not None:
        call.bridged = True
        bridge_id = attempts.talk_bridge(call.attempt_id)
        board.emit(OpenBridge(bridge_id, (call.leg_id, call.agent_leg_id)))


def meeting_bridge(call: Call, seat: Seat) -> str:
    """The bridge in which the client and this agent are to meet."""
    kept_up = seat.leg_id is not None
    return seat.bridge_id if kept_up else attempts.talk_bridge(call.attempt_id)


def joined(board: Board, call: Call, bridge_id: str, now: float) -> None:
    """The client is in a bridge: they talk, if it is the present agent's."""
    seat = call.seat
    if call.state is CallState.PARTING:  # joined too late: the agent is another client's by now
        hang_up(board, call, now)
    if not call.join_sent or call.state is not CallState.CONNECTING or seat is None:
        return
    if bridge_id != meeting_bridge(call, seat) or call.agent_leg_id is None:
        return
    call.move(CallMove.JOIN)
    call.joined_at = now
    call.run.count(TALKED)
    seat.move(AgentMove.JOIN, now)
    seat.missed = 0
    if call.caller is not None:
        bounds.bound_talk(board, call)
        drawing.met(call, now)
    board.emit(_record_of(call, seat.agent.id, call.agent_leg_id, now))
    floor.record(board, seat, now)
    recording.begin(board, call, now)


def _record_of(
    call: Call, agent_id: int, agent_leg_id: str, now: float
) -> RecordJoin | JoinInbound:
    if call.caller is not None:
        return JoinInbound(call.attempt_id, agent_id, agent_leg_id, now)
    answered_at = call.answered_at if call.answered_at is not None else now
    return RecordJoin(call.attempt_id, agent_id, agent_leg_id, answered_at, now)


def rejoin(board: Board, call: Call, seat: Seat, now: float) -> None:
    """The client was found in the bridge of a kept-up agent: an earlier run had joined them, and
    did not live to write it down."""
    if call.seat is not seat:
        before = call.seat
        take_off(call)
        if before is not None:
            floor.release(board, before, now)
        floor.ready(board, seat, now)
        hold(board, call, seat, now)
    call.answered_at = call.live_at = now
    call.move(CallMove.ANSWER)
    call.move(CallMove.CONNECT)
    call.agent_leg_id, call.agent_up, call.join_sent = seat.leg_id, True, True
    joined(board, call, seat.bridge_id, now)


def adopt(board: Board, caller: Call, seat: Seat, now: float) -> bool:
    """The same of a caller; False if his agent is not one who could be given him."""
    floor.ready(board, seat, now)
    if seat.state is not AgentState.AVAILABLE:
        return False
    board.waiting.remove(caller)
    caller.move(CallMove.CONNECT)
    _reserve(caller, seat, now)
    caller.agent_leg_id, caller.agent_up, caller.join_sent = seat.leg_id, True, True
    joined(board, caller, seat.bridge_id, now)
    return True


def take_off(call: Call) -> None:
    """The call has no agent any more."""
    call.seat, call.agent_id, call.agent_leg_id = None, None, None
    call.agent_up, call.join_sent, call.is_held = False, False, False


def live_since(call: Call) -> float:
    """Who waits longer goes first."""
    return call.live_at if call.live_at is not None else call.opened_at


def let_agent_leg_go(board: Board, call: Call) -> None:
    """Hang up the agent's leg if it was rung for this call alone."""
    leg = board.legs.get(call.agent_leg_id or "")
    if leg is not None and leg.call is call and call.agent_leg_id is not None:
        del board.legs[call.agent_leg_id]
        board.emit(HangUp(call.agent_leg_id))


def deadline_of(call: Call) -> float:
    """When the client's time is over."""
    if call.caller is not None:
        return inf  # who calls us is nobody's abandoned client: his queue says how long he waits
    start = call.clock_at if call.clock_at is not None else live_since(call)
    return start + call.run.campaign.settings.connect_within_s
