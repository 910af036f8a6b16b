"""Contacts: an agent asks for his next one, reads it, and then calls, skips or leaves it.

The contact he reads is his alone: storage has reserved it, and it goes back to the queue as it was
if he signs out, pauses, or reads longer than the campaign allows (SPEC B5, B6).
"""

from __future__ import annotations

from dataclasses import replace

from ccdialer.core import calls, events, floor
from ccdialer.core.agent import AgentMove, AgentState
from ccdialer.core.board import Board, Run, Seat
from ccdialer.core.commands import ReleaseTasks, ReserveContact, SkipContact
from ccdialer.core.timers import Wake

NOT_CALLED = "contact not called"
"""Why an agent is paused whose time for reading is over: nobody seems to sit there."""


def assignments(board: Board, seat: Seat, campaign_id: int | None = None) -> list[Run]:
    """The assignments that the agent may work at now, the highest priority first."""
    found = [
        run
        for run in board.runs.values()
        if run.is_asked and run.is_active and run.is_served_by(seat.agent)
    ]
    chosen = [run for run in found if campaign_id in (None, run.campaign.id)]
    return sorted(chosen, key=lambda run: (-run.campaign.settings.priority, run.campaign.name))


def asked(board: Board, seat: Seat, event: events.ContactAsked, now: float) -> None:
    """Look for a contact for the agent; asking ends his wrap-up. Who reads one keeps it."""
    runs = assignments(board, seat, event.campaign_id)
    if not runs or board.draining or board.stopped is not None:
        return
    if seat.state is AgentState.WRAP_UP and seat.pause_after is None:
        floor.ready(board, seat, now)
    if seat.state is AgentState.AVAILABLE and seat.kept_for is None:
        seat.move(AgentMove.READ, now)
        floor.record(board, seat, now)
        ids = tuple(run.campaign.id for run in runs)
        board.emit(ReserveContact(seat.agent.id, ids, now))


def reserved(board: Board, event: events.ContactReserved, now: float) -> None:
    """Storage has answered; a contact for whom nobody looks any more goes back."""
    seat, task = board.seats.get(event.agent_id), event.task
    run = board.runs.get(task.campaign_id) if task is not None else None
    is_awaited = seat is not None and seat.state is AgentState.READING and seat.contact is None
    is_wanted = run is not None and run.is_active and not board.draining
    if task is not None and not (is_awaited and is_wanted):
        board.emit(ReleaseTasks((task.id,)))
    if seat is None or not is_awaited:
        return
    if task is None or run is None or not is_wanted:
        _free(board, seat, now)
        return
    seat.contact, seat.run = task, run
    over = now + run.campaign.settings.reading_s
    board.timers.set(over, Wake.READING_OVER, str(seat.agent.id))
    floor.record(board, seat, now)


def _free(board: Board, seat: Seat, now: float) -> None:
    """The agent reads no contact any more, and takes calls as before."""
    seat.contact, seat.run = None, None
    seat.move(AgentMove.RELEASE, now)
    floor.record(board, seat, now)


def skip(board: Board, seat: Seat, event: events.SkipAsked, now: float) -> None:
    """The agent does not want to call this contact now: it goes behind all that are due."""
    if seat.state is AgentState.READING and seat.contact is not None:
        task = seat.contact
        board.emit(SkipContact(task.id, task.campaign_id, seat.agent.id, now))
        _free(board, seat, now)


def call(board: Board, seat: Seat, event: events.CallAsked, now: float) -> None:
    """Call the contact: the agent's phone first, then the client's (SPEC B6)."""
    task, run = seat.contact, seat.run
    if seat.state is not AgentState.READING or task is None or run is None:
        return
    if not board.is_dialing or not run.is_active:
        return
    seat.contact = None
    calls.place(board, run, replace(task, prefers=event.number or task.prefers), now, seat)


def reading_over(board: Board, seat: Seat, now: float) -> None:
    """The timer of a contact: it may be of an earlier one, or the limit was raised meanwhile."""
    if seat.state is not AgentState.READING or seat.run is None:
        return
    over = seat.since + seat.run.campaign.settings.reading_s
    if now >= over:
        floor.pause(board, seat, NOT_CALLED, now)
    else:
        board.timers.set(over, Wake.READING_OVER, str(seat.agent.id))


def withdraw(board: Board, run: Run, now: float) -> None:
    """The campaign stands still: its contacts that are being read go back."""
    for seat in board.seats.values():
        if seat.run is run and seat.contact is not None:
            floor.clear_desk(board, seat)
            _free(board, seat, now)


def campaign_moved(board: Board, event: events.CampaignMoved, now: float) -> None:
    """Storage has found an assignment done, or opened it again."""
    run = board.runs.get(event.campaign_id)
    if run is not None:
        run.campaign = replace(run.campaign, state=event.state)
