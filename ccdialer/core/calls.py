"""The life of one call, from the opened attempt to its outcome."""

from __future__ import annotations

from ccdialer.core import attempt as attempts
from ccdialer.core import failover, floor, lines, outcome
from ccdialer.core.attempt import CallMove, CallState
from ccdialer.core.board import Board, Call, Leg, Run
from ccdialer.core.campaign import ABANDONED
from ccdialer.core.commands import (
    CloseBridge,
    DetectMachine,
    OpenAttempt,
    Originate,
)
from ccdialer.core.connecting import hang_up, let_agent_leg_go
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import LegEnded, MachineJudged, OriginateFailed
from ccdialer.core.task import Task, next_number
from ccdialer.core.timers import Wake
from ccdialer.core.trunk import NoRoute

DETECTION_LIMIT_S = 15.0
"""AMD() has said its word long before: its own limit is 5 s as shipped."""
STALE_S = 5.0
"""An attempt that took longer to commit is not dialed: the floor has changed since."""


def place(board: Board, run: Run, task: Task, now: float) -> Call:
    """Decide to dial a task: nothing is dialed before storage has committed the attempt."""
    attempt_id = board.new_id()
    leg_id = attempts.client_leg(attempt_id)
    way = lines.choose(board, run, task, now)
    call = Call(attempt_id, task, run, next_number(task), leg_id, opened_at=now)
    call.route = None if isinstance(way, NoRoute) else way
    board.calls[attempt_id] = run.calls[attempt_id] = call
    board.legs[leg_id] = Leg(call)
    lines.took(board, call, now)
    board.emit(OpenAttempt(attempt_id, task.id, run.campaign.id, call.number, leg_id, now, way))
    return call


def opened(board: Board, call: Call, now: float) -> None:
    """The attempt, or its next leg, is committed: dial, unless the world has changed meanwhile."""
    if call.state is not CallState.OPENING:
        return
    if call.route is None or not _may_dial(board, call, now):
        close(board, call, Disposition.CANCELLED, now)
        return
    settings = call.run.campaign.settings
    call.move(CallMove.DIAL)
    call.dialed_at = now
    board.emit(
        Originate(
            leg_id=call.leg_id,
            endpoint=call.route.endpoint,
            caller_id=call.route.caller_id,
            ring_timeout_s=settings.ring_timeout_s,
            max_call_s=settings.max_call_s,
        )
    )
    call.ring_until = now + settings.ring_timeout_s + board.rules.hang_up_grace_s
    board.timers.set(call.ring_until, Wake.RING_OVER, call.attempt_id)


def _may_dial(board: Board, call: Call, now: float) -> bool:
    is_free = board.connected and not board.draining and board.stopped is None
    return is_free and call.run.is_active and now - call.opened_at <= STALE_S


def originate_failed(board: Board, call: Call, event: OriginateFailed, now: float) -> None:
    """Certain: the trunk did not take it. Uncertain: doubt does not dial; the ring timer settles
    it."""
    call.note = event.reason
    if not event.certain or call.state is not CallState.DIALING:
        return
    has_trunk = call.route is not None and call.route.trunk_id is not None
    if not failover.goes_on(board, call, LegEnded(call.leg_id, outcome.CAUSE_NONE), now):
        close(board, call, Disposition.CONGESTION if has_trunk else Disposition.FAILED, now)


def ringing(board: Board, call: Call, now: float) -> None:
    """The client's phone rings."""
    if call.state is CallState.DIALING:
        call.move(CallMove.RING)
        call.ringing_at = now
        lines.worked(board, call)


def answered(board: Board, call: Call, now: float) -> None:
    """Somebody or something picked up."""
    if call.state is CallState.ENDING:
        _answered_too_late(call, now)
    if call.state not in (CallState.DIALING, CallState.RINGING):
        return
    call.answered_at = now
    lines.worked(board, call)
    if call.run.campaign.settings.amd:
        call.move(CallMove.DETECT)
        board.emit(DetectMachine(call.leg_id))
        board.timers.set(now + DETECTION_LIMIT_S, Wake.DETECTION_OVER, call.attempt_id)
    else:
        live(board, call, now)


def _answered_too_late(call: Call, now: float) -> None:
    """Picked up in the moment when we let the call go: to the client, an abandoned call."""
    if call.answered_at is None:
        call.answered_at = now
        call.result = Disposition.ABANDONED
        call.run.count(ABANDONED)


def detection_over(board: Board, call: Call, now: float) -> None:
    """No verdict came: a person is assumed."""
    judged(board, call, MachineJudged(call.leg_id, False, "no verdict"), now)


def judged(board: Board, call: Call, event: MachineJudged, now: float) -> None:
    """Person or machine is told apart."""
    if call.state is not CallState.DETECTING:
        return
    call.note = event.verdict
    if event.machine:
        call.result = Disposition.MACHINE
        _left_flight(call, now, answered=False)
        hang_up(board, call, now)
    else:
        live(board, call, now)


def live(board: Board, call: Call, now: float) -> None:
    """A person is on the line and waits for an agent; the clock of abandonment starts."""
    call.move(CallMove.ANSWER)
    call.live_at = now
    _left_flight(call, now, answered=True)
    board.waiting.append(call)
    within_s = call.run.campaign.settings.connect_within_s
    board.timers.set(now + within_s, Wake.DEADLINE, call.attempt_id)


def _left_flight(call: Call, now: float, answered: bool) -> None:
    if call.is_flying and call.dialed_at is not None:
        call.run.policy.call_ended(now - call.dialed_at, answered)
    call.is_flying = False


def ended(board: Board, call: Call, event: LegEnded, now: float) -> None:
    """The client's leg is gone: the outcome is known, or the next trunk is tried."""
    if call.result is None and failover.is_of_route(board, call, event, now):
        if failover.goes_on(board, call, event, now):
            return
    elif event.sip_code is not None:
        lines.worked(board, call)
    disposition = call.result or outcome.of_end(call, event, now)
    close(board, call, disposition, now, event)


def let_go(board: Board, call: Call, now: float) -> None:
    """End a call that nobody has answered yet; to the client it was a call not answered."""
    call.result = Disposition.NO_ANSWER
    _left_flight(call, now, answered=False)
    hang_up(board, call, now)


def ring_over(board: Board, call: Call, now: float) -> None:
    """Neither answer nor end long after the ring time-out: end it; what it was is not known."""
    if call.state in (CallState.DIALING, CallState.RINGING) and now >= call.ring_until:
        call.result = Disposition.LOST
        hang_up(board, call, now)


def hang_up_over(board: Board, call: Call, now: float) -> None:
    """No word of the end of a leg that we hung up: it is closed with what was decided."""
    if call.state is CallState.ENDING:
        close(board, call, call.result or Disposition.LOST, now)


def close(
    board: Board, call: Call, disposition: Disposition, now: float, end: LegEnded | None = None
) -> None:
    """Commit the outcome, free the agent, and forget the call."""
    if disposition is Disposition.CONGESTION:
        _congested(call, now)
    _left_flight(call, now, answered=False)
    board.emit(outcome.closing(call, disposition, now, end))
    _free_agent(board, call, now)
    if call.bridged:
        board.emit(CloseBridge(attempts.talk_bridge(call.attempt_id)))
    forget(board, call)


def _congested(call: Call, now: float) -> None:
    """The line has no room for so many calls; of the client's readiness to answer it says
    nothing."""
    call.is_flying = False
    if call.run.campaign.settings.dial:  # of a trunk it is told already
        call.run.congested_at, call.run.lines_found = now, len(call.run.calls) - 1


def _free_agent(board: Board, call: Call, now: float) -> None:
    seat = call.seat
    if seat is None:
        return
    let_agent_leg_go(board, call)
    if call.joined_at is not None:
        if not call.is_unseen:
            call.run.policy.talk_ended(now - call.joined_at)
        floor.talk_ended(board, seat, call.run.campaign.settings.wrap_up_s, now)
    else:
        floor.release(board, seat, now)


def forget(board: Board, call: Call) -> None:
    """Take the call off the board."""
    if call.state is CallState.WAITING:
        board.waiting.remove(call)
    call.move(CallMove.CLOSE)
    board.legs.pop(call.leg_id, None)
    board.calls.pop(call.attempt_id, None)
    call.run.calls.pop(call.attempt_id, None)


def hang_up_talk(board: Board, call: Call, now: float) -> None:
    """The agent's side ends a talk."""
    if call.state is CallState.TALKING:
        call.result = Disposition.TALKED
        hang_up(board, call, now)


def drop_all(board: Board, now: float) -> None:
    """The drain's limit is over: end every call that still lives."""
    for call in list(board.calls.values()):
        if call.state not in (CallState.OPENING, CallState.ENDING):
            call.result = call.result or outcome.of_drop(call)
            _drop(board, call, now)


def _drop(board: Board, call: Call, now: float) -> None:
    if call.result is Disposition.ABANDONED and call.state is not CallState.PARTING:
        call.run.count(ABANDONED)
    if call.state is CallState.WAITING:
        board.waiting.remove(call)
    _left_flight(call, now, answered=call.answered_at is not None)
    hang_up(board, call, now)
