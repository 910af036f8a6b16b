"""The life of one call, from the opened attempt to its outcome."""

from __future__ import annotations

from ccdialer.core import attempt as attempts
from ccdialer.core import drawing, failover, floor, lines, outcome, recording, visits
from ccdialer.core.attempt import CallMove, CallState
from ccdialer.core.board import Board, Call, Leg, Run, Seat
from ccdialer.core.campaign import ABANDONED
from ccdialer.core.commands import (
    CloseBridge,
    DetectMachine,
    OpenAttempt,
    Originate,
)
from ccdialer.core.connecting import hold, let_agent_leg_go, meet, start_clock
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import LegEnded, MachineJudged, OriginateFailed
from ccdialer.core.parting import hang_up
from ccdialer.core.task import Task, next_number
from ccdialer.core.timers import Wake
from ccdialer.core.trunk import NoRoute

DETECTION_LIMIT_S = 15.0
"""AMD() has said its word long before: its own limit is 5 s as shipped."""
STALE_S = 5.0
"""An attempt that took longer to commit is not dialed: the floor has changed since."""


def place(board: Board, run: Run, task: Task, now: float, seat: Seat | None = None) -> Call:
    """Decide to dial a task: nothing is dialed before storage has committed the attempt. The agent
    of `seat`, who is available, is held for the client from now on."""
    attempt_id = board.new_id()
    leg_id = attempts.client_leg(attempt_id)
    task = lines.priced(board, run, task)
    way = lines.choose(board, run, task, now)
    call = Call(attempt_id, task, run, next_number(task), leg_id, opened_at=now)
    call.route = None if isinstance(way, NoRoute) else way
    board.calls[attempt_id] = run.calls[attempt_id] = call
    board.legs[leg_id] = Leg(call)
    lines.took(board, call, now)
    held = None if seat is None else seat.agent.id
    told = (attempt_id, task.id, run.campaign.id, call.number, leg_id, now, held)
    board.emit(OpenAttempt(*told, way))
    if seat is not None:
        hold(board, call, seat, now)
    return call


def opened(board: Board, call: Call, now: float) -> None:
    """The attempt, or its next leg, is committed: dial, unless the world has changed meanwhile."""
    if call.state is CallState.OPENING:
        dial(board, call, now)


def may_dial(board: Board, call: Call, now: float) -> bool:
    """Whether the world is still as it was when the call was decided on."""
    is_stale = call.state is CallState.OPENING and now - call.opened_at > STALE_S
    is_off = not board.is_dialing or not call.run.is_active
    return not is_off and not is_stale and call.result is None


def dial(board: Board, call: Call, now: float) -> None:
    """Ring the client, unless the world has changed since that was decided."""
    if call.route is None or not may_dial(board, call, now):
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


def originate_failed(board: Board, call: Call, event: OriginateFailed, now: float) -> None:
    """Certain: the trunk did not take it. Uncertain: doubt does not dial; the ring timer settles
    it."""
    call.note = event.reason
    if not event.certain or call.state is not CallState.DIALING:
        return
    if not failover.goes_on(board, call, LegEnded(call.leg_id, outcome.CAUSE_NONE), now):
        close(board, call, Disposition.CONGESTION if _has_trunk(call) else Disposition.FAILED, now)


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
        left_flight(call, now, answered=False)
        hang_up(board, call, now)
    else:
        live(board, call, now)


def live(board: Board, call: Call, now: float) -> None:
    """A person is on the line: to the agent held for him, or he waits for one and the clock of
    abandonment starts."""
    call.move(CallMove.ANSWER)
    call.live_at = now
    left_flight(call, now, answered=True)
    if call.is_held:
        meet(board, call, now)
    else:
        board.waiting.append(call)
        start_clock(board, call, now)


def left_flight(call: Call, now: float, answered: bool) -> None:
    """Whether it becomes a live client is known now: the policy learns from it."""
    if call.is_flying and call.dialed_at is not None:
        call.run.policy.call_ended(now - call.dialed_at, answered)
    call.is_flying = False


def ended(board: Board, call: Call, event: LegEnded, now: float) -> None:
    """The client's leg is gone: the outcome is known, or the next trunk is tried."""
    if call.caller is not None:
        close(board, call, Disposition.LEFT, now, event)
        return
    is_of_route = call.result is None and failover.is_of_route(board, call, event, now)
    if is_of_route and failover.goes_on(board, call, event, now):
        return
    if not is_of_route and event.sip_code is not None:
        lines.worked(board, call)
    own = Disposition.CONGESTION if is_of_route and _has_trunk(call) else None
    disposition = call.result or own or outcome.of_end(call, event, now)
    close(board, call, disposition, now, event)


def _has_trunk(call: Call) -> bool:
    """Whether it goes over a trunk of ours; a dial string's way nobody knows."""
    return call.route is not None and call.route.trunk_id is not None


def close(
    board: Board, call: Call, disposition: Disposition, now: float, end: LegEnded | None = None
) -> None:
    """Commit the outcome, free the agent, and forget the call."""
    if disposition is Disposition.CONGESTION:
        _congested(call, now)
    left_flight(call, now, answered=False)
    if call.caller is not None:
        drawing.left(call, now)
        visits.remember(board, call)
    board.emit(outcome.closing(call, disposition, now, end))
    _free_agent(board, call, now)
    if end is None:
        recording.stop(board, call)
    if call.bridged:
        board.emit(CloseBridge(attempts.talk_bridge(call.attempt_id)))
    forget(board, call)


def _congested(call: Call, now: float) -> None:
    """The line has no room for so many calls; of the client's readiness to answer it says
    nothing."""
    call.is_flying = False
    if call.run.campaign.settings.dial:  # of a trunk it is told already
        call.run.lines.congested_at, call.run.lines.found = now, len(call.run.calls) - 1


def _free_agent(board: Board, call: Call, now: float) -> None:
    seat = call.seat
    if seat is None or call.joined_at is None:
        floor.settle(board, call.run)  # else when his wrap-up ends
    if seat is None:
        return
    if call.dialed_at is not None or call.joined_at is not None:
        seat.last = call
    let_agent_leg_go(board, call)
    if call.joined_at is not None:
        if not call.is_unseen:
            call.run.policy.talk_ended(now - call.joined_at)
        floor.talk_ended(board, seat, call.run.campaign.settings.wrap_up_s, now)
    else:
        floor.release(board, seat, now)


def refused(board: Board, call: Call, now: float) -> None:
    """Storage did not open the attempt: there is no call, and its task is where it belongs."""
    if call.state is CallState.OPENING:
        _free_agent(board, call, now)
        forget(board, call)


def forget(board: Board, call: Call) -> None:
    """Take the call off the board."""
    if call.state is CallState.WAITING:
        board.waiting.remove(call)
    call.move(CallMove.CLOSE)
    board.legs.pop(call.leg_id, None)
    board.calls.pop(call.attempt_id, None)
    call.run.calls.pop(call.attempt_id, None)
