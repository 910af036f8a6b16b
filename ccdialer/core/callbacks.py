"""Callbacks at work: their ladders go on, and an owner who is free has his client dialed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from math import inf

from ccdialer.core import calls, holding, lines, stickiness
from ccdialer.core.agent import AgentState
from ccdialer.core.board import Board, Run, Seat
from ccdialer.core.campaign import Mode
from ccdialer.core.commands import RecordMiss, ReleaseTasks, ReserveTasks
from ccdialer.core.events import CallbacksChanged, TasksReserved
from ccdialer.core.staffing import lines_of
from ccdialer.core.stickiness import Miss, Presence
from ccdialer.core.task import Task
from ccdialer.core.timers import Wake
from ccdialer.core.trunk import NoRoute

MOST = 10_000
"""Due callbacks kept at hand for each campaign: all there are, or something is very wrong."""

LOOK_AHEAD = 20
"""Where the trunks of the first tasks are all taken, so many are looked at for one that can go."""


def is_sticky(run: Run) -> bool:
    """Whether the campaign calls clients back, each by his own agent first."""
    return run.campaign.settings.mode is Mode.CALLBACK


# --- what is due --------------------------------------------------------------------------------


def ask(board: Board, run: Run) -> None:
    """Ask storage for every callback that is due."""
    missing = MOST - len(run.shelf)
    if missing > 0:
        run.asked = missing
        board.emit(ReserveTasks(run.campaign.id, missing, is_sticky=True))


def reserved(board: Board, run: Run, event: TasksReserved, now: float) -> None:
    """Callbacks that are ours now; storage is asked again when the next one is due."""
    for task_id in event.gone:
        run.shelf.take(task_id)
    for task in event.tasks:
        _put(board, run, stickiness.begun(task, run.campaign.settings))
    due_at = event.next_due_at
    if due_at is not None and due_at < run.ask_again_at:
        run.ask_again_at = max(due_at, now)
        board.timers.set(run.ask_again_at, Wake.PACE)


def put_back(board: Board, run: Run) -> None:
    """Give all of them back: nobody here will dial them soon, or they are to be read anew."""
    if len(run.shelf):
        board.emit(ReleaseTasks(tuple(task.id for task in run.shelf)))
        run.shelf.clear()


def changed(board: Board, event: CallbacksChanged, now: float) -> None:
    """Somebody has added callbacks, or moved them, which makes what is known of them old."""
    for run in board.runs.values():
        is_working = is_sticky(run) and run.is_active and board.is_dialing
        if is_working and any(board.seats_for(run)):
            if event.is_moved:
                put_back(board, run)
            ask(board, run)


# --- the ladder ---------------------------------------------------------------------------------


def advance(board: Board, run: Run, now: float) -> None:
    """Waits that are over by now go to their next step, each with a row in the journal."""
    settings = run.campaign.settings
    if now >= run.ladder_at:
        run.ladder_at = inf
        for task in run.shelf:
            _step_down(board, run, task, now)
    skipped = stickiness.SKIPPED[settings.owner_away]
    for task in run.shelf.first_of_owners() if skipped else ():
        if stickiness.why_away(_presence(board, task), settings, now) in skipped:
            for waiting in run.shelf.waiting_for(task.owner_id):
                _step_down(board, run, waiting, now)


def _put(board: Board, run: Run, task: Task) -> None:
    run.shelf.put(task)
    _mind(board, run, task)


def _step_down(board: Board, run: Run, task: Task, now: float) -> None:
    after = _stepped(board, run, task, now)
    if after is not task:
        run.shelf.put(after)
    _mind(board, run, after)


def _mind(board: Board, run: Run, task: Task) -> None:
    """Be awake when the present wait of the callback is over."""
    ends_at = stickiness.ends_at(task, run.campaign.settings)
    if ends_at is not None and ends_at < run.ladder_at:
        run.ladder_at = ends_at
        board.timers.set(ends_at, Wake.LADDER)


def _stepped(board: Board, run: Run, task: Task, now: float) -> Task:
    settings = run.campaign.settings
    while (miss := stickiness.missed(task, settings, _presence(board, task), now)) is not None:
        after = stickiness.after(task, miss, settings)
        board.emit(_record(task, miss, after))
        task = after
    return task


def _record(task: Task, miss: Miss, after: Task) -> RecordMiss:
    return RecordMiss(
        task_id=task.id,
        campaign_id=task.campaign_id,
        agent_id=task.owner_id,
        step=miss.step,
        next_step=after.step,
        at=miss.at,
        reason=miss.reason,
    )


def _presence(board: Board, task: Task) -> Presence:
    seat = board.seats.get(task.owner_id or 0)
    is_paused = seat is not None and seat.state is AgentState.PAUSED
    since = seat.since if seat is not None and is_paused else None
    return Presence(seat is not None, since, task.owner_leave_until)


# --- serving ------------------------------------------------------------------------------------


def serve(board: Board, now: float) -> None:
    """Ladders go on to this moment; then each free agent who is waited for by a client of his own
    gets him, before anybody counts on the agent. A campaign of higher priority goes first; who was
    on the line has been matched before."""
    if not board.is_dialing:
        return
    sticky = [run for run in board.runs.values() if run.is_active and len(run.shelf)]
    for run in sorted(sticky, key=lambda run: -run.campaign.settings.priority):
        advance(board, run, now)
        if not run.lines.blocked and any(run.shelf.first_of_owners()):
            _serve_owners(board, run, now)


def _serve_owners(board: Board, run: Run, now: float) -> None:
    for seat in holding.free(board, run, board.seats_for(run)):
        task = run.shelf.of_owner(seat.agent.id)
        if task is None or lines_of(run, now) <= len(run.calls):
            continue
        if not _has_line(board, run, task, now):
            continue
        if not any(_goes_before(other, run, seat) for other in board.runs.values()):
            run.shelf.take(task.id)
            calls.place(board, run, task, now, seat)


def _goes_before(other: Run, run: Run, seat: Seat) -> bool:
    """Whether a campaign of higher priority has work for the agent; a queue has none for whom
    `matching` has left free."""
    is_higher = other.campaign.settings.priority > run.campaign.settings.priority
    is_his = other.is_served_by(seat.agent)
    has_work = bool(other.hopper or other.calls or len(other.shelf))
    dials = other.is_active and not other.is_inbound
    return dials and is_higher and is_his and has_work


def _has_line(board: Board, run: Run, task: Task, now: float) -> bool:
    """Whether a trunk can carry it now. What none has a price for, storage puts away."""
    way = lines.choose(board, run, lines.priced(board, run, task), now)
    return not (isinstance(way, NoRoute) and way.is_passing)


def picks(
    board: Board, run: Run, seats: Iterable[Seat], count: int, now: float
) -> Iterator[tuple[Task, Seat]]:
    """Up to `count` callbacks, each with the free agent who may have it, taken off the shelf."""
    for seat in holding.free(board, run, seats):
        if count <= 0:
            return
        first = islice(run.shelf.for_agent(seat.agent), LOOK_AHEAD)
        task = next((task for task in first if _has_line(board, run, task, now)), None)
        if task is not None:
            run.shelf.take(task.id)
            count -= 1
            yield task, seat
