"""What people ask for: sign-in and sign-out, pause, ready, hang-up, and the end of the day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ccdialer.core import contacts, events, features, floor, holding, pace
from ccdialer.core.board import Board, Seat
from ccdialer.core.timers import Wake


def sign_in_asked(board: Board, event: events.SignInAsked, now: float) -> None:
    seat = board.seats.get(event.agent.id)
    if seat is not None:
        _sign_in_again(board, seat, event)
        return
    seat = floor.sign_in(board, event.agent, event.session_id, now)
    if not event.agent.kept_up:
        if event.leg_id is not None:
            features.say_and_hang_up(board, event.leg_id, features.SIGNED_IN)
    elif event.leg_id is not None:
        floor.keep_up(board, seat, event.leg_id)
    else:
        floor.ring_to_keep_up(board, seat, now)


def _sign_in_again(board: Board, seat: Seat, event: events.SignInAsked) -> None:
    """Takes a sign-out back; a phone that calls in place of a lost leg is kept up instead of it."""
    if event.leg_id is None:
        seat.leave_after = not board.has_phone(seat)
    elif board.has_phone(seat):
        seat.leave_after = False
        features.say_and_hang_up(board, event.leg_id, features.SIGNED_IN)
    else:
        seat.leave_after = False
        floor.keep_up(board, seat, event.leg_id)


def of_seat(deed: Callable[[Board, Seat, Any, float], None]) -> Callable[[Board, Any, float], None]:
    """A handler for what is asked of one agent on duty; nothing if he is not."""

    def handle(board: Board, event: Any, now: float) -> None:
        seat = board.seats.get(event.agent_id)
        if seat is not None:
            deed(board, seat, event, now)

    return handle


def sign_out(board: Board, seat: Seat, event: events.SignOutAsked, now: float) -> None:
    holding.ask_to_leave(board, seat, now)


def pause(board: Board, seat: Seat, event: events.PauseAsked, now: float) -> None:
    holding.pause(board, seat, event.reason, now)


def ready(board: Board, seat: Seat, event: events.ReadyAsked, now: float) -> None:
    floor.ready(board, seat, now)


def hang_up(board: Board, seat: Seat, event: events.HangUpAsked, now: float) -> None:
    if seat.call is not None:
        holding.hang_up(board, seat.call, now)


def agent_changed(board: Board, event: events.AgentChanged, now: float) -> None:
    seat = board.seats.get(event.agent.id)
    if seat is not None:
        seat.agent = event.agent


def drain_asked(board: Board, event: events.DrainAsked, now: float) -> None:
    board.draining = True
    for run in board.runs.values():
        pace.empty_hopper(board, run)
        contacts.withdraw(board, run, now)
    board.timers.set(now + event.limit_s, Wake.DRAIN_OVER)
