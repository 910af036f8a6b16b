"""Speaking: what a waiting caller is told of his place, of his wait, and of being called back."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from ccdialer.core import attempt as attempts
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Board, Call, Run
from ccdialer.core.commands import Entertain, Play
from ccdialer.core.matching import rank

GREETING, TELLING, OFFER = 6, 7, 8
JOINS_LEAST, JOINS_WITHIN_S = 3, 1800.0
"""A wait is estimated from so many joins at least, none of them older."""
MINUTE_S = 60.0
NOT_JOINED = (CallState.WAITING, CallState.CONNECTING)


def say(board: Board, call: Call, serial: int, sounds: str, now: float) -> None:
    """Play the sounds to the caller; his music goes on after them."""
    call.sound = attempts.playback(call.attempt_id, serial)
    call.spoken_at = now
    board.emit(Play(call.sound, call.leg_id, sounds))


def entertain(board: Board, call: Call) -> None:
    """Music or ringing, from now on or again."""
    call.sound = ""
    board.emit(Entertain(call.leg_id, call.run.campaign.settings.queue.music))


def speak(board: Board, call: Call, now: float) -> None:
    """Whatever is due to be told."""
    settings = call.run.campaign.settings.queue
    if _is_offer_due(call, now):
        call.is_offered = True
        say(board, call, OFFER, settings.offer_sound, now)
        return
    every_s = settings.announce_every_s
    if every_s and now >= call.spoken_at + every_s:
        sounds = sounds_of(board, call, now)
        call.spoken_at = now
        if sounds:
            say(board, call, TELLING, ",".join(sounds), now)


def _is_offer_due(call: Call, now: float) -> bool:
    """Not to whom nobody can call back, as his number is hidden, or may, as he is on a do-not-call
    list; nor without a sound that says so: none of Asterisk's does."""
    if call.caller is None or not call.caller.may_be_called:
        return False
    settings = call.run.campaign.settings.queue
    after_s = settings.offer_callback_after_s
    is_possible = after_s > 0 and settings.offer_sound and call.number and not call.is_offered
    return bool(is_possible) and now >= call.opened_at + after_s


def sounds_of(board: Board, call: Call, now: float) -> list[str]:
    """His place and his wait, as far as the queue tells them, in Asterisk's core sounds."""
    settings = call.run.campaign.settings.queue
    place, sounds = place_of(board, call), []
    if settings.announce_place and place == 1:
        sounds.append("sound:queue-youarenext")
    elif settings.announce_place:
        sounds += ["sound:queue-thereare", *spoken(place), "sound:queue-callswaiting"]
    wait_s = expected_wait_s(call.run, place, now) if settings.announce_wait else None
    if wait_s is not None:
        minutes = max(1, ceil(wait_s / MINUTE_S))
        unit = "minute" if minutes == 1 else "minutes"
        sounds += ["sound:queue-holdtime", *spoken(minutes), f"sound:queue-{unit}"]
    return [*sounds, "sound:queue-thankyou"] if sounds else []


def spoken(number: int) -> list[str]:
    """The number, 1 to 999, as sounds. Asterisk's `number:` cannot be cut short: who is joined then
    would have waited 3 s (measured with 22.10.1)."""
    hundreds, rest = divmod(min(number, 999), 100)
    words = [hundreds, "hundred"] if hundreds else []
    if rest > 20:
        rest, tens = rest % 10, rest - rest % 10
        words.append(tens)
    words += [rest] if rest else []
    return [f"sound:digits/{word}" for word in words]


def place_of(board: Board, call: Call) -> int:
    """1: he is next of his queue. Who is just being connected is served."""
    return next((place for other, place in places(board, call.run) if other is call), 1)


def places(board: Board, run: Run) -> Iterator[tuple[Call, int]]:
    """Callers of the queue in the order in which they are served, with their places."""
    mine = (call for call in board.waiting if call.run is run)
    for place, call in enumerate(sorted(mine, key=rank), 1):
        yield call, place


def waiting_of(run: Run) -> list[Call]:
    """Callers of the queue whom no agent has yet, who wait longest first."""
    return [c for c in run.calls.values() if c.caller is not None and c.state in NOT_JOINED]


def expected_wait_s(run: Run, place: int, now: float) -> float | None:
    """How long who has that place may have to wait, by how fast callers were joined of late; None:
    too few were to tell. Never more than anybody waits here."""
    recent = [at for at in run.joins if at >= now - JOINS_WITHIN_S]
    if len(recent) < JOINS_LEAST:
        return None
    interval_s = (now - recent[0]) / len(recent)
    return min(place * interval_s, run.campaign.settings.queue.max_wait_s)
