"""The life of one call, from the opened attempt to its outcome."""

from __future__ import annotations

from ccdialer.core import attempt as attempts
from ccdialer.core import floor, retry
from ccdialer.core.attempt import CallMove, CallState
from ccdialer.core.board import Board, Call, Leg, Run
from ccdialer.core.campaign import dial_string
from ccdialer.core.commands import (
    CloseAttempt,
    CloseBridge,
    DetectMachine,
    HangUp,
    OpenAttempt,
    Originate,
)
from ccdialer.core.connecting import hang_up, let_agent_leg_go
from ccdialer.core.disposition import Disposition, of_unanswered
from ccdialer.core.events import LegEnded, MachineJudged, OriginateFailed
from ccdialer.core.task import Task, TaskMove, next_number
from ccdialer.core.timers import Wake

CAUSE_NORMAL = 16
CAUSE_NO_ANSWER = 19
TIMEOUT_TOLERANCE_S = 1.0
"""Asterisk's own ring time-out and a 480 from the network look alike but for when they come."""
STALE_S = 5.0
"""An attempt that took longer to commit is not dialed: the floor has changed since."""


def place(board: Board, run: Run, task: Task, now: float) -> Call:
    """Decide to dial a task: nothing is dialed before storage has committed the attempt."""
    attempt_id = board.new_id()
    leg_id = attempts.client_leg(attempt_id)
    call = Call(attempt_id, task, run, next_number(task), leg_id, opened_at=now)
    board.calls[attempt_id] = run.calls[attempt_id] = call
    board.legs[leg_id] = Leg(call)
    board.emit(OpenAttempt(attempt_id, task.id, run.campaign.id, call.number, leg_id, now))
    return call


def opened(board: Board, call: Call, now: float) -> None:
    """The attempt is committed: dial, unless the world has changed meanwhile."""
    run = call.run
    if not board.connected or board.draining or not run.is_active or _is_stale(call, now):
        close(board, call, Disposition.CANCELLED, now)
        return
    settings = run.campaign.settings
    call.move(CallMove.DIAL)
    call.dialed_at = now
    board.emit(
        Originate(
            leg_id=call.leg_id,
            endpoint=dial_string(settings, call.number),
            caller_id=settings.caller_id,
            ring_timeout_s=settings.ring_timeout_s,
            max_call_s=settings.max_call_s,
        )
    )
    over = now + settings.ring_timeout_s + board.rules.hang_up_grace_s
    board.timers.set(over, Wake.RING_OVER, call.attempt_id)


def _is_stale(call: Call, now: float) -> bool:
    return now - call.opened_at > STALE_S


def originate_failed(board: Board, call: Call, event: OriginateFailed, now: float) -> None:
    """Certain: the call failed. Uncertain: doubt does not dial; the ring timer settles it."""
    call.note = event.reason
    if event.certain and call.state is CallState.DIALING:
        close(board, call, Disposition.FAILED, now)


def ringing(board: Board, call: Call, now: float) -> None:
    """The client's phone rings."""
    if call.state is CallState.DIALING:
        call.move(CallMove.RING)
        call.ringing_at = now


def answered(board: Board, call: Call, now: float) -> None:
    """Somebody or something picked up."""
    if call.state not in (CallState.DIALING, CallState.RINGING):
        return
    call.answered_at = now
    if call.run.campaign.settings.amd:
        call.move(CallMove.DETECT)
        board.emit(DetectMachine(call.leg_id))
    else:
        live(board, call, now)


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
    """The client's leg is gone: the outcome is known."""
    disposition = call.result or _result(call, event, now)
    close(board, call, disposition, now, event)


def _result(call: Call, event: LegEnded, now: float) -> Disposition:
    by_state = {
        CallState.DETECTING: Disposition.LEFT,
        CallState.WAITING: Disposition.LEFT,
        CallState.CONNECTING: Disposition.LEFT,
        CallState.TALKING: Disposition.TALKED,
    }
    if call.state in by_state:
        return by_state[call.state]
    if event.cause == CAUSE_NO_ANSWER and _rang_out(call, now):
        return Disposition.NO_ANSWER
    return of_unanswered(event.cause, event.sip_code)


def _rang_out(call: Call, now: float) -> bool:
    limit = call.run.campaign.settings.ring_timeout_s - TIMEOUT_TOLERANCE_S
    return call.dialed_at is not None and now - call.dialed_at >= limit


def let_go(board: Board, call: Call, now: float) -> None:
    """End a call that nobody has answered yet; to the client it was a call not answered."""
    call.result = Disposition.NO_ANSWER
    _left_flight(call, now, answered=False)
    hang_up(board, call, now)


def ring_over(board: Board, call: Call, now: float) -> None:
    """Neither answer nor end long after the ring time-out: end it; what it was is not known."""
    if call.state in (CallState.DIALING, CallState.RINGING):
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
    _left_flight(call, now, answered=False)
    if disposition is Disposition.TALKED:
        call.run.talked += 1
    board.emit(_closing(call, disposition, now, end))
    _free_agent(board, call, now)
    if call.bridged:
        board.emit(CloseBridge(attempts.talk_bridge(call.attempt_id)))
    forget(board, call)


def _closing(
    call: Call, disposition: Disposition, now: float, end: LegEnded | None
) -> CloseAttempt:
    decision = retry.decide(call.run.campaign.settings, call.task, disposition)
    never_dialed = call.dialed_at is None
    return CloseAttempt(
        attempt_id=call.attempt_id,
        task_id=call.task.id,
        disposition=disposition,
        task_move=TaskMove.RELEASE if never_dialed else decision.move,
        retry_after_s=0.0 if never_dialed else decision.after_s,
        counts=decision.counts,
        bad_number=decision.bad_number,
        cause=end.cause if end else 0,
        sip_code=end.sip_code if end else None,
        ended_at=now,
        dialed_at=call.dialed_at,
        ringing_at=call.ringing_at,
        answered_at=call.answered_at,
        joined_at=call.joined_at,
        agent_id=call.agent_id if call.joined_at is not None else None,
        note=call.note,
    )


def _free_agent(board: Board, call: Call, now: float) -> None:
    seat = call.seat
    if seat is None:
        return
    let_agent_leg_go(board, call)
    if call.joined_at is not None:
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
        if call.state is CallState.OPENING:
            continue
        board.emit(HangUp(call.leg_id))
