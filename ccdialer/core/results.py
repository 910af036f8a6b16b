"""Results: what an agent says of the client he talks with, or talked with last."""

from __future__ import annotations

from ccdialer.core import events, floor
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Board, Call, Run, Seat
from ccdialer.core.commands import RecordResult
from ccdialer.core.result import Given, Result, of_code, places

MINUTE_S = 60.0


def subject(seat: Seat) -> Call | None:
    """The call that a result of this agent is about: the talk he is in, or his last call. While he
    reads the next contact, or that is being rung, a result would be about nobody."""
    if seat.call is not None:
        return seat.call if seat.call.state is CallState.TALKING else None
    return None if seat.state is AgentState.READING else seat.last


def given(board: Board, seat: Seat, event: events.ResultGiven, now: float) -> None:
    """Have the result written down; storage says what it means for the task."""
    call = subject(seat)
    if call is not None:
        record(board, seat, call, event.given, now)


def meant(seat: Seat, digit: str) -> Given | None:
    """What the campaign of his call means by a digit; None: nothing, or there is no call."""
    call = subject(seat)
    return None if call is None else of_code(call.run.campaign.settings.result_codes, digit)


def by_digit(board: Board, seat: Seat, digit: str, now: float) -> None:
    """The result that the campaign has for a digit; nothing, if it has none."""
    call, said = subject(seat), meant(seat, digit)
    if call is not None and said is not None:
        record(board, seat, call, said, now)


def record(board: Board, seat: Seat, call: Call, said: Given, now: float) -> None:
    """Tell storage, and let the assignment be settled if that was its last contact."""
    run = call.run
    down, at = _when(run, said, now)
    board.emit(
        RecordResult(
            attempt_id=call.attempt_id,
            task_id=call.task.id,
            campaign_id=run.campaign.id,
            agent_id=seat.agent.id,
            at=now,
            given=said,
            callback_places=down,
            callback_at=at,
            is_promised=said.result is Result.CALLBACK and run.campaign.settings.callback_to_agent,
        )
    )
    floor.settle(board, run)


def _when(run: Run, said: Given, now: float) -> tuple[int | None, float | None]:
    """How many places down the queue the callback goes, or at which instant it is due."""
    if said.minutes is None:
        return None, said.at
    if run.is_asked and run.campaign.settings.callback_by_position:
        return places(said.minutes), None
    return None, now + said.minutes * MINUTE_S
