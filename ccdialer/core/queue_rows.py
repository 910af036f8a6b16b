"""What queues look like at this moment: who waits, for how long, and how long it may still take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ccdialer.core.attempt import CallState
from ccdialer.core.board import Board, Call, Run
from ccdialer.core.phone import mask
from ccdialer.core.queue_names import full_name, place_of, queue_names
from ccdialer.core.speaking import expected_wait_s, places, waiting_of


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A queue. Times in seconds."""

    name: str  # with its project, where several have one of that name
    state: str
    is_open: bool  # it runs, and it is within its hours
    agents: dict[str, int]  # who may serve it, by state
    waiting: int
    longest_s: float
    talking: int
    expected_s: float | None  # of who would come now; None: too few were served of late
    service_level_s: float  # as set
    service_level_goal: float


@dataclass(frozen=True, slots=True)
class CallerRow:
    """A caller in a queue, or in a talk that came of one."""

    queue: str
    state: str
    number: str  # masked; empty: hidden
    place: int  # 1: he is next; 0: he is served
    wait_s: float  # until now, or until he was joined
    agent: str  # who talks with him, or is being rung for him
    owner: str  # login of the agent he is offered to first, if that one is on duty
    news: str


def queue_rows(board: Board, now: float) -> Iterator[QueueRow]:
    """Queues by name."""
    runs = [run for run in board.runs.values() if run.is_inbound]
    names = queue_names(board)
    for run in sorted(runs, key=lambda run: run.campaign.name):
        settings, waiting = run.campaign.settings.queue, waiting_of(run)
        yield QueueRow(
            name=full_name(place_of(board, run), names),
            state=run.campaign.state.value,
            is_open=run.is_active and is_within_hours(run, now),
            agents=dict(Counter(seat.state.value for seat in board.seats_for(run))),
            waiting=len(waiting),
            longest_s=max((now - call.opened_at for call in waiting), default=0.0),
            talking=sum(call.state is CallState.TALKING for call in run.calls.values()),
            expected_s=expected_wait_s(run, len(waiting) + 1, now),
            service_level_s=settings.service_level_s,
            service_level_goal=settings.service_level_goal,
        )


def is_within_hours(run: Run, now: float) -> bool:
    """Whether the queue's working hours let callers in."""
    spans = run.hours_open
    return spans is None or any(opens <= now < closes for opens, closes in spans)


def caller_rows(board: Board, now: float) -> Iterator[CallerRow]:
    """Callers, by queue, who waits longest first."""
    calls = [call for call in board.calls.values() if call.caller is not None]
    names = queue_names(board)
    runs = {call.run.campaign.id: call.run for call in calls}
    place_by_id = {
        call.attempt_id: place for run in runs.values() for call, place in places(board, run)
    }
    for call in sorted(calls, key=lambda call: (call.run.campaign.name, call.opened_at)):
        name = full_name(place_of(board, call.run), names)
        yield _caller(board, call, name, place_by_id.get(call.attempt_id, 0), now)


def _caller(board: Board, call: Call, queue: str, place: int, now: float) -> CallerRow:
    assert call.caller is not None
    owner = board.seats.get(call.caller.owner_id or 0)
    until = now if call.joined_at is None else call.joined_at
    return CallerRow(
        queue=queue,
        state=call.state.value,
        number=mask(call.number) if call.number else "",
        place=place,
        wait_s=until - call.opened_at,
        agent=call.seat.agent.login if call.seat is not None else "",
        owner=owner.agent.login if owner is not None else "",
        news=call.caller.news,
    )
