"""Recording: begun when client and agent are joined, over when the client is gone, never in the
way of the call.

Asterisk listens to the client's leg by a channel of its own, which ends with that leg, whether we
live or not. What goes wrong is written down with the attempt, and the talk goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import Any

from ccdialer.core import attempt as attempts
from ccdialer.core.attempt import MOST_PARTS, CallState
from ccdialer.core.board import Board, Call
from ccdialer.core.commands import (
    NoteRecording,
    OpenRecording,
    Play,
    StartRecording,
    StopRecording,
)
from ccdialer.core.events import RecordingEnded, RecordingFailed, RecordingStarted
from ccdialer.core.stored import RecordingState, attempt_in, name_of

NOTICE_TO_CLIENT, NOTICE_TO_AGENT = 4, 5


def begin(board: Board, call: Call, now: float) -> None:
    """They are joined: record, if the campaign does, and tell them so."""
    settings = call.run.campaign.settings
    if not settings.record or not _start(board, call, now) or not settings.record_notice:
        return
    hearers = ((NOTICE_TO_CLIENT, call.leg_id), (NOTICE_TO_AGENT, call.agent_leg_id))
    for serial, leg_id in hearers:
        if leg_id is not None:
            notice = attempts.playback(call.attempt_id, serial)
            board.emit(Play(notice, leg_id, settings.record_notice))


def _start(board: Board, call: Call, now: float) -> bool:
    """One more file of this talk; False, and why, if there can be none."""
    if call.recordings >= MOST_PARTS:
        return False
    call.recordings += 1
    name = name_of(call.attempt_id, call.recordings, now)
    kind, trouble = board.rules.recording_format, board.rules.no_recording
    board.emit(OpenRecording(call.attempt_id, name, kind, now))
    if trouble:
        _note(board, name, RecordingState.FAILED, now, reason=trouble)
        return False
    call.is_recorded = False
    recorder_id = attempts.recorder(call.attempt_id, call.recordings)
    board.emit(StartRecording(recorder_id, call.leg_id, name, kind))
    return True


def stop(board: Board, call: Call) -> None:
    """The call is closed, and nobody has heard that the client's leg is gone."""
    if call.recordings:
        board.emit(StopRecording(attempts.recorder(call.attempt_id, call.recordings)))


def found(board: Board, recorder_id: str) -> None:
    """A channel that listens was found in Asterisk: it goes on if its talk does. One of which
    nobody has heard that it writes may have been left half made."""
    call = board.calls.get(attempts.attempt_of(recorder_id))
    if call is None or call.state is not CallState.TALKING or not call.is_recorded:
        board.emit(StopRecording(recorder_id))
    if call is not None:
        call.recordings = max(call.recordings, attempts.part_of(recorder_id))


def go_on(board: Board, talks: Iterable[Call], seen: Container[str], now: float) -> None:
    """Talks that were found again and are not being recorded any more: record the rest."""
    for call in talks:
        is_wanted = call.run.campaign.settings.record and call.state is CallState.TALKING
        recorder_id = attempts.recorder(call.attempt_id, call.recordings)
        if is_wanted and not (call.is_recorded and recorder_id in seen):
            _start(board, call, now)


def started(board: Board, event: RecordingStarted, now: float) -> None:
    call = board.calls.get(attempt_in(event.name))
    if call is not None:
        call.is_recorded = True
    _note(board, event.name, RecordingState.RUNNING, now)


def failed(board: Board, event: RecordingFailed, now: float) -> None:
    _note(board, event.name, RecordingState.FAILED, now, reason=event.reason)


def ended(board: Board, event: RecordingEnded, now: float) -> None:
    """Often after the call is closed and forgotten: its attempt is in the name."""
    size, seconds = event.size, event.seconds
    _note(board, event.name, RecordingState.DONE, now, seconds=seconds, size=size)


def _note(board: Board, name: str, state: RecordingState, at: float, **known: object) -> None:
    attempt_id = attempt_in(name)
    if attempt_id:
        board.emit(NoteRecording(attempt_id, name, state, at, **known))  # type: ignore[arg-type]


HANDLERS: dict[type, Callable[[Board, Any, float], None]] = {
    RecordingStarted: started,
    RecordingFailed: failed,
    RecordingEnded: ended,
}
"""What is heard of recordings; none of it is a reason to place more calls."""
