"""Feature codes: what agents ask for from their phones, by a call or by keys on a kept-up leg."""

from __future__ import annotations

from collections.abc import Callable

from ccdialer.core import attempt as attempts
from ccdialer.core import ending, floor, holding
from ccdialer.core.board import Board, Seat
from ccdialer.core.commands import HangUp, Play
from ccdialer.core.events import DigitPressed, PhoneCalled

CONFIRMED = 3
DIGITS_KEPT = 4
DEFAULT_REASON = "pause"


def _pause(board: Board, seat: Seat, argument: str, now: float) -> None:
    reason = board.rules.pause_reasons.get(argument, DEFAULT_REASON)
    holding.pause(board, seat, reason, now)


def _ready(board: Board, seat: Seat, argument: str, now: float) -> None:
    floor.ready(board, seat, now)


def _leave(board: Board, seat: Seat, argument: str, now: float) -> None:
    holding.ask_to_leave(board, seat, now)


def _hang_up(board: Board, seat: Seat, argument: str, now: float) -> None:
    if seat.call is not None:
        ending.hang_up_talk(board, seat.call, now)


FEATURES: dict[str, tuple[Callable[[Board, Seat, str, float], None], str]] = {
    "logout": (_leave, "sound:agent-loggedoff"),
    "pause": (_pause, "sound:beep"),
    "ready": (_ready, "sound:beep"),
    "hangup": (_hang_up, "sound:beep"),
}
"""Feature -> deed, and what the phone hears. `login` needs storage and is the runtime's."""

CODES = {"*42": "logout", "*43": "pause", "*44": "ready", "*45": "hangup"}
"""The same codes, keyed on a kept-up leg: its phone line is taken, so it cannot call them."""

UNKNOWN = "sound:pbx-invalid"
SIGNED_IN = "sound:agent-loginok"


def phone_called(board: Board, event: PhoneCalled, now: float) -> None:
    """A phone has called a feature code: do it, confirm it, hang up."""
    seat = board.seat_of_phone(event.phone)
    entry = FEATURES.get(event.feature)
    if seat is None or entry is None:
        say_and_hang_up(board, event.leg_id, UNKNOWN)
        return
    deed, confirmation = entry
    say_and_hang_up(board, event.leg_id, confirmation)
    deed(board, seat, event.argument, now)


def say_and_hang_up(board: Board, leg_id: str, sound: str) -> None:
    """Play the sound to a phone that called us, then hang up."""
    playback_id = attempts.playback(board.new_id(), CONFIRMED)
    board.farewells[playback_id] = leg_id
    board.emit(Play(playback_id, leg_id, sound))


def farewell_ended(board: Board, playback_id: str) -> bool:
    """Hang up after a confirmation; False if the playback was another's."""
    leg_id = board.farewells.pop(playback_id, None)
    if leg_id is not None:
        board.emit(HangUp(leg_id))
    return leg_id is not None


def digit_pressed(board: Board, event: DigitPressed, now: float) -> None:
    """A key on a kept-up leg: one of CODES, or the reason digit after a pause."""
    leg = board.legs.get(event.leg_id)
    seat = leg.seat if leg is not None else None
    if seat is None:
        return
    seat.digits = (seat.digits + event.digit)[-DIGITS_KEPT:]
    if seat.digits[:3] == "*43" and event.digit in board.rules.pause_reasons:
        _pause(board, seat, event.digit, now)
    elif seat.digits[-3:] in CODES:
        FEATURES[CODES[seat.digits[-3:]]][0](board, seat, "", now)
