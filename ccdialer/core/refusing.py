"""Refusing: the chosen agent does not take a waiting client, or the client's time is over: he goes
to the next agent, or is abandoned."""

from __future__ import annotations

from collections import deque

from ccdialer.core import floor
from ccdialer.core.attempt import CallMove, CallState
from ccdialer.core.board import Board, Call, Seat
from ccdialer.core.connecting import (
    deadline_of,
    let_agent_leg_go,
    live_since,
    start_clock,
    take_off,
)
from ccdialer.core.parting import abandon
from ccdialer.core.timers import Wake

FAIR_SHARE = 0.5
"""An agent whose phone had this share of the client's time, and is not up, has missed the call."""
AGAIN_S = 5.0
"""An agent who did not take a caller is offered him again after this."""


def unconnect(board: Board, call: Call) -> Seat | None:
    """Take the agent off the call; the client waits on. Returns the seat, still reserved."""
    seat = call.seat
    if seat is None or call.state is not CallState.CONNECTING:
        return None
    call.move(CallMove.UNCONNECT)
    let_agent_leg_go(board, call)
    call.tried.add(seat.agent.id)
    take_off(call)
    board.waiting = deque(sorted((call, *board.waiting), key=live_since))
    return seat


def agent_refused(board: Board, call: Call, now: float) -> None:
    """The chosen agent's leg failed before they were joined: the client goes to the next one. If
    he was held for him, the clock of abandonment starts only now."""
    was_held = call.is_held
    seat = unconnect(board, call)
    if seat is None:
        return
    floor.missed(board, seat, now)
    if call.caller is not None:
        board.timers.set(now, Wake.REFUSED, call.attempt_id)
        board.timers.set(now + AGAIN_S, Wake.AGAIN, call.attempt_id)
    elif was_held:
        start_clock(board, call, now)
    elif now >= deadline_of(call):
        abandon(board, call, now)


def again(board: Board, call: Call, now: float) -> None:
    """A caller may be offered once more to those who did not take him: he has nobody else."""
    if call.caller is not None:
        call.tried.clear()


def deadline(board: Board, call: Call, now: float) -> None:
    """The client's time is over: whoever is not being joined this moment is abandoned."""
    if call.state in (CallState.WAITING, CallState.CONNECTING) and now < deadline_of(call):
        board.timers.set(deadline_of(call), Wake.DEADLINE, call.attempt_id)
    elif call.state is CallState.WAITING:
        abandon(board, call, now)
    elif call.state is CallState.CONNECTING and not _is_overdue(board, call, now):
        board.timers.set(deadline_of(call) + 1.0, Wake.DEADLINE, call.attempt_id)
    elif call.state is CallState.CONNECTING and call.is_held:
        agent_refused(board, call, now)
    elif call.state is CallState.CONNECTING:
        _take_away(board, call, now)
        abandon(board, call, now)


def _take_away(board: Board, call: Call, now: float) -> None:
    """The chosen agent does not get the client. Is it his phone's fault?"""
    fair_s = FAIR_SHARE * call.run.campaign.settings.connect_within_s
    slow = call.join_sent or not call.agent_up
    seat = unconnect(board, call)
    if seat is not None and slow and now - seat.since >= fair_s:
        floor.missed(board, seat, now)
    elif seat is not None:
        floor.release(board, seat, now)


def _is_overdue(board: Board, call: Call, now: float) -> bool:
    return not call.join_sent or now >= deadline_of(call) + 1.0
