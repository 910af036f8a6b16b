"""Callers: who comes into a queue waits there, is told how long, and goes to an agent, elsewhere,
or away; what became of him is written down once (SPEC A3, C1).

A caller is a Call in state WAITING from the beginning. Agents are found for him by `matching`,
joined by `connecting`, freed by `calls`, as for clients whom we have called.
"""

from __future__ import annotations

from ccdialer.core import attempt as attempts
from ccdialer.core import bounds, calls, connecting, offering, refusing, speaking, visits
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Board, Call, Leg, Run, Seat
from ccdialer.core.commands import CloseBridge, CloseInbound, Hush, OpenInbound
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import CallerArrived, CallerFound, CallerQueued, SeenLeg
from ccdialer.core.matching import may_serve
from ccdialer.core.queue import Caller, Fate, QueueStatus
from ccdialer.core.queue_rows import is_within_hours
from ccdialer.core.sending_back import answer, overflow_of
from ccdialer.core.task import Task
from ccdialer.core.timers import Wake

LOOK_S = 10.0
"""A waiting caller is looked after at least so often: agents may all have gone."""
LOOK_SOON_S = 1.0
"""And so often while an agent is being rung for him."""
JOIN_LIMIT_S = 5.0
"""Asterisk has joined two legs long before, or has not understood."""
OVERFLOWS = frozenset(QueueStatus) - {QueueStatus.UNKNOWN, QueueStatus.ERROR, QueueStatus.CALLBACK}
"""Where the queue says where callers go; else the dialplan does."""


def is_waiting(call: Call) -> bool:
    """Whether it is a caller whom no agent has yet."""
    return call.caller is not None and call.state in speaking.NOT_JOINED


# --- he comes -----------------------------------------------------------------------------------


def arrived(board: Board, event: CallerArrived, now: float) -> None:
    """Nobody has looked up whose queue that is, as the runtime does: the dialplan has him again."""
    caller = Caller(event.call_id, event.leg_id)
    board.emit(answer(caller, QueueStatus.ERROR))


def queued(board: Board, event: CallerQueued, now: float) -> None:
    """A caller has come into a queue: he waits, or goes elsewhere at once."""
    run, caller = board.runs.get(event.campaign_id), event.caller
    if caller.leg_id in board.legs:
        return  # told twice
    if run is None:
        board.emit(answer(caller, QueueStatus.UNKNOWN))
        return
    caller = visits.come_again(board, caller)
    run.arrivals.append(now)
    call = _put(board, run, caller, now)
    call.rings = visits.rings_before(board, caller.call_id)
    board.emit(OpenInbound(run.campaign.id, caller, now))
    status = _refusal(board, call, now)
    if status is not None:
        send_back(board, call, status, now)
        return
    bounds.bound_wait(board, call, now)
    speaking.entertain(board, call)
    greeting = run.campaign.settings.queue.greeting
    if greeting:
        speaking.say(board, call, speaking.GREETING, greeting, now)
    _look_again(board, call, now)


def _put(board: Board, run: Run, caller: Caller, queued_at: float) -> Call:
    number = (caller.number,) if caller.number else ()
    call = Call(
        caller.call_id,
        Task(0, run.campaign.id, number),
        run,
        caller.number,
        caller.leg_id,
        opened_at=queued_at,
        state=CallState.WAITING,
        is_flying=False,
        answered_at=queued_at,
        live_at=queued_at,
        caller=caller,
        spoken_at=queued_at,
    )
    board.calls[call.attempt_id] = run.calls[call.attempt_id] = call
    board.legs[call.leg_id] = Leg(call)
    board.waiting.append(call)
    return call


def found(board: Board, event: CallerFound, now: float) -> Call | None:
    """An earlier run left him: he waits on, with the place he had."""
    caller, run = event.caller, board.runs.get(event.campaign_id)
    if caller.call_id in board.calls or caller.leg_id in board.legs:
        return None
    if run is None:
        told = (caller.call_id, event.campaign_id, Fate.LOST, now, event.queued_at)
        board.emit(CloseInbound(*told, reason="the queue is gone"))
        return None
    call = _put(board, run, caller, min(event.queued_at, now))
    _look_again(board, call, now)
    return call


def present(board: Board, call: Call, seen: SeenLeg, host: Seat | None, now: float) -> None:
    """Asterisk is back and has him: he waits on, with music, unless he is with an agent whom an
    earlier run has joined him with and did not live to write it down. `host`: in whose bridge."""
    if call.state is not CallState.WAITING:
        return
    if host is not None and host.call is None and connecting.adopt(board, call, host, now):
        return
    if seen.bridge_id is not None:
        board.emit(CloseBridge(attempts.talk_bridge(call.attempt_id)))
    bounds.bound_again(board, call, now)
    speaking.entertain(board, call)


# --- he waits -----------------------------------------------------------------------------------


def tend(board: Board, call: Call, now: float) -> None:
    """His timer: look after him, and again later."""
    look_after(board, call, now)
    if is_waiting(call):
        _look_again(board, call, now)


def _look_again(board: Board, call: Call, now: float) -> None:
    settings = call.run.campaign.settings.queue
    soon = call.state is CallState.CONNECTING or not board.connected
    instants = [now + (LOOK_SOON_S if soon else LOOK_S), call.opened_at + settings.max_wait_s]
    instants += offering.changes_at(call)
    instants += [call.opened_at + settings.offer_callback_after_s]
    instants += [call.spoken_at + settings.announce_every_s]
    at = min(instant for instant in instants if instant > now)
    board.timers.set(at, Wake.QUEUE, call.attempt_id)


def look_after(board: Board, call: Call, now: float) -> None:
    """Whatever is due for a waiting caller; while Asterisk is away nothing can be done."""
    if not is_waiting(call) or not board.connected:
        return
    if call.state is CallState.CONNECTING:
        _mind_agent(board, call, now)
        return
    status = _over(board, call, now)
    if status is not None:
        send_back(board, call, status, now)
        return
    bounds.bound_wait(board, call, now)
    if not call.sound:
        speaking.speak(board, call, now)


def _mind_agent(board: Board, call: Call, now: float) -> None:
    """Neither answer nor end of the chosen agent's phone, or no word of the join: the next one."""
    seat = call.seat
    assert seat is not None
    limit_s = board.rules.agent_ring_s + board.rules.hang_up_grace_s
    if call.agent_up:
        limit_s = connecting.ANNOUNCEMENT_LIMIT_S + JOIN_LIMIT_S + limit_s * (seat.leg_id is None)
    if now - seat.since >= limit_s:
        refusing.agent_refused(board, call, now)


def _refusal(board: Board, call: Call, now: float) -> QueueStatus | None:
    """Why he is not even let in."""
    run = call.run
    if board.draining:
        return QueueStatus.ERROR
    if not is_within_hours(run, now):
        return QueueStatus.CLOSED
    return _over(board, call, now) or (QueueStatus.FULL if _is_full(board, call) else None)


def _over(board: Board, call: Call, now: float) -> QueueStatus | None:
    """Why he does not wait any longer."""
    run, settings = call.run, call.run.campaign.settings.queue
    if not run.is_inbound or not run.is_active:
        return QueueStatus.CLOSED
    if now >= call.opened_at + settings.max_wait_s:
        return QueueStatus.TIMEOUT
    if settings.leave_when_empty and not any(board.seats_for(run)):
        return QueueStatus.EMPTY
    return None


def _is_full(board: Board, call: Call) -> bool:
    """For whom an agent is free there is always room."""
    ahead = len(speaking.waiting_of(call.run)) - 1
    free = board.available(board.seats.values())
    is_served = any(may_serve(seat, call) for seat in free)
    return ahead >= call.run.campaign.settings.queue.max_waiting and not is_served


def sound_ended(board: Board, call: Call) -> None:
    """What he was told is over: his music goes on."""
    if is_waiting(call):
        speaking.entertain(board, call)


def digit_pressed(board: Board, call: Call, digit: str, now: float) -> None:
    """He takes the offer to be called back, and keeps his place by it."""
    is_key = digit == call.run.campaign.settings.queue.callback_key
    if is_waiting(call) and call.is_offered and is_key:
        call.fate = Fate.CALLBACK
        send_back(board, call, QueueStatus.CALLBACK, now)


# --- he goes ------------------------------------------------------------------------------------


def send_back(board: Board, call: Call, status: QueueStatus, now: float) -> None:
    """Give him to the dialplan again, and say why and where to."""
    assert call.caller is not None
    settings = call.run.campaign.settings.queue
    target = overflow_of(board, call.run) if status in OVERFLOWS else None
    call.fate = call.fate or Fate.SENT_ON
    call.sent_to = target
    call.fate_reason = f"{status.lower()} to {target}" if target else status.lower()
    board.emit(Hush(call.leg_id, settings.music, call.sound))
    board.emit(answer(call.caller, status, target))
    calls.close(board, call, Disposition.LEFT, now)


def give_up(board: Board, call: Call, now: float) -> None:
    """The daemon goes down: the dialplan's own fallback has him. Without Asterisk nobody knows."""
    call.fate = None if board.connected else Fate.LOST
    send_back(board, call, QueueStatus.ERROR, now)
