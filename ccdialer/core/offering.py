"""Offering: which agents a waiting caller is offered to, the longer he waits: his own, then those
whom his route or his queue names, then everybody who serves it (SPEC A3, C7)."""

from __future__ import annotations

from collections.abc import Iterator

from ccdialer.core.board import Board, Call, Seat
from ccdialer.core.drawing import AWAY
from ccdialer.core.pieces import Run
from ccdialer.core.queue import Caller

EVERYBODY: frozenset[str] = frozenset()


def offered(board: Board, call: Call, seats: list[Seat], now: float) -> list[Seat]:
    """Those of the agents, who may serve the call, that it is offered to now. A client whom we
    have called is offered to all; a caller whose queue does not let him wait any longer, to nobody:
    he would be offered to one after the other who does not take him, and never be sent on."""
    if call.caller is None or not seats:
        return seats
    if not _may_wait(call, now):
        return []
    owner = awaited_owner(board, call, now)
    if owner is not None:
        return [seat for seat in seats if seat is owner]
    groups = groups_at(call.run, call.caller, now - call.opened_at)
    if not groups or not any(seat.agent.groups & groups for seat in _present(board, call.run)):
        return seats
    return [seat for seat in seats if seat.agent.groups & groups]


def _may_wait(call: Call, now: float) -> bool:
    run = call.run
    is_over = now >= call.opened_at + run.campaign.settings.queue.max_wait_s
    return run.is_inbound and run.is_active and not is_over


def awaited_owner(board: Board, call: Call, now: float) -> Seat | None:
    """The caller's own agent, for as long as he is waited for; who is away, or has just not taken
    him, is not."""
    caller = call.caller
    if caller is None or caller.owner_id is None or now >= call.opened_at + caller.owner_wait_s:
        return None
    seat = board.seats.get(caller.owner_id)
    is_here = seat is not None and seat in _present(board, call.run)
    return seat if is_here and caller.owner_id not in call.tried else None


def _present(board: Board, run: Run) -> Iterator[Seat]:
    """Agents of the queue who are free or soon will be."""
    seats = board.seats_for(run)
    return (seat for seat in seats if seat.state not in AWAY and seat.comes_back)


def groups_at(run: Run, caller: Caller, waited_s: float) -> frozenset[str]:
    """The groups he is offered to after so long a wait; EVERYBODY: whoever serves the queue. With
    no group of his own, the first step holds from the beginning."""
    widening = sorted(run.campaign.settings.queue.widening, key=lambda step: step.after_s)
    steps = [step for step in widening if step.after_s <= waited_s]
    if not caller.groups and not steps:
        steps = widening[:1]
    if any(not step.groups for step in steps):
        return EVERYBODY
    return caller.groups.union(*(step.groups for step in steps))


def changes_at(call: Call) -> Iterator[float]:
    """When somebody else may be offered the caller though nothing happens."""
    if call.caller is not None and call.caller.owner_id is not None:
        yield call.opened_at + call.caller.owner_wait_s
    for step in call.run.campaign.settings.queue.widening:
        yield call.opened_at + step.after_s
