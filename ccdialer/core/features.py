"""Feature codes: what agents ask for from their phones, by a call or by keys on a kept-up leg."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ccdialer.core import attempt as attempts
from ccdialer.core import contacts, floor, holding, results
from ccdialer.core.board import Board, Seat
from ccdialer.core.commands import HangUp, Play
from ccdialer.core.events import CallAsked, ContactAsked, DigitPressed, PhoneCalled, SkipAsked

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
        holding.hang_up(board, seat.call, now)


def _next(board: Board, seat: Seat, argument: str, now: float) -> None:
    contacts.asked(board, seat, ContactAsked(seat.agent.id), now)


def _call(board: Board, seat: Seat, argument: str, now: float) -> None:
    contacts.call(board, seat, CallAsked(seat.agent.id), now)


def _skip(board: Board, seat: Seat, argument: str, now: float) -> None:
    contacts.skip(board, seat, SkipAsked(seat.agent.id), now)


def _has_assignment(board: Board, seat: Seat, argument: str) -> bool:
    return bool(contacts.assignments(board, seat))


def _has_contact(board: Board, seat: Seat, argument: str) -> bool:
    return seat.contact is not None


def _means_something(board: Board, seat: Seat, argument: str) -> bool:
    return results.meant(seat, argument) is not None


def _always(board: Board, seat: Seat, argument: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Feature:
    """What a code does, what the phone hears, and when there is anything to do."""

    deed: Callable[[Board, Seat, str, float], None]
    confirmation: str  # empty: the phone is hung up at once, because it will be rung
    is_possible: Callable[[Board, Seat, str], bool] = _always


BEEP = "sound:beep"
FEATURES: dict[str, Feature] = {
    "logout": Feature(_leave, "sound:agent-loggedoff"),
    "pause": Feature(_pause, BEEP),
    "ready": Feature(_ready, BEEP),
    "hangup": Feature(_hang_up, BEEP),
    "next": Feature(_next, BEEP, _has_assignment),
    "call": Feature(_call, "", _has_contact),
    "skip": Feature(_skip, BEEP, _has_contact),
    "result": Feature(results.by_digit, BEEP, _means_something),
}
"""By name. `login` needs storage and is the runtime's."""

CODES = {
    **{"*42": "logout", "*43": "pause", "*44": "ready", "*45": "hangup"},
    **{"*56": "next", "*57": "call", "*59": "skip"},
}
"""The same codes, keyed on a kept-up leg: its phone line is taken, so it cannot call them."""

RESULT_CODE = "*58"
"""Followed by a digit of the campaign's `result_codes`."""

UNKNOWN = "sound:pbx-invalid"
SIGNED_IN = "sound:agent-loginok"


def phone_called(board: Board, event: PhoneCalled, now: float) -> None:
    """A phone has called a feature code: do it, confirm it, hang up."""
    seat = board.seat_of_phone(event.phone)
    feature = FEATURES.get(event.feature)
    if seat is None or feature is None or not feature.is_possible(board, seat, event.argument):
        say_and_hang_up(board, event.leg_id, UNKNOWN)
        return
    if feature.confirmation:
        say_and_hang_up(board, event.leg_id, feature.confirmation)
    else:
        board.emit(HangUp(event.leg_id))
    feature.deed(board, seat, event.argument, now)


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
    """A key on an agent's leg: one of CODES, or a digit after *43 (reason) or *58 (result)."""
    leg = board.legs.get(event.leg_id)
    seat = leg.seat if leg is not None else None
    if seat is None:
        return
    seat.digits = (seat.digits + event.digit)[-DIGITS_KEPT:]
    if seat.digits[:3] == "*43" and event.digit in board.rules.pause_reasons:
        _pause(board, seat, event.digit, now)
    elif seat.digits[:3] == RESULT_CODE and event.digit.isdecimal():
        results.by_digit(board, seat, event.digit, now)
    elif seat.digits[-3:] in CODES:
        FEATURES[CODES[seat.digits[-3:]]].deed(board, seat, "", now)
