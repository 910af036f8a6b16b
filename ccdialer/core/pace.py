"""Pace: hoppers are kept filled, and each campaign's policy decides how many calls to place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ccdialer.core import callbacks, calls, ending, holding, lines
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Board, Call, Run, Seat
from ccdialer.core.campaign import Mode
from ccdialer.core.commands import ReleaseTasks, ReserveTasks
from ccdialer.core.distribution import turn_in
from ccdialer.core.drawing import besides, callers_of, drawing
from ccdialer.core.events import TasksReserved
from ccdialer.core.pacing.policy import Scene
from ccdialer.core.staffing import lines_of, release, set_aside, staff_of
from ccdialer.core.task import Task
from ccdialer.core.timers import Wake
from ccdialer.core.trunk import NoRoute

GAP_S = {Mode.PREDICTIVE: 0.2}
"""A policy that computes much is not asked more often than this."""
TOGETHER_S = 0.1
"""Campaigns that would decide so soon decide now, so that agents are counted for all at once."""
SERVING = (AgentState.AVAILABLE, AgentState.TALKING, AgentState.WRAP_UP)
HOPPER_PER_SEAT = 4
HOPPER_LEAST = 20
HOPPER_MOST = 500


def pace(board: Board, now: float, is_moved: bool) -> None:
    """Let every campaign that may dial decide. `is_moved`: something happened, not only time."""
    if not board.is_dialing:
        return
    active = [run for run in board.runs.values() if run.is_active and run.is_pacing]
    if is_moved:
        for run in active:
            run.is_moved = True
    if any([_is_due(board, run, now) for run in active]):
        _round(board, active, now)
    _tick(board, bool(active), now)


def _is_due(board: Board, run: Run, now: float) -> bool:
    """Whether it is to decide now; if it is only too soon, it is woken."""
    if not run.is_moved and now < run.look_again_at:
        _let_go(board, run, now)
        return False
    if now < run.pace_again_at and not run.is_woken:
        run.is_woken = True
        board.timers.set(run.pace_again_at, Wake.PACE)
    return now >= run.pace_again_at


def _round(board: Board, active: list[Run], now: float) -> None:
    """Agents are counted once for all campaigns that decide now, and free lines. Queues decide
    nothing, and have their share."""
    lines.count_free(board, active, now)
    for run, staff in staff_of(board, [*active, *drawing(board, now)], now):
        if run.is_inbound:
            continue
        _keep_hopper(board, run, staff.members, now)
        is_asking = run.is_moved or now >= run.look_again_at
        if is_asking and now >= run.pace_again_at - TOGETHER_S:
            _decide(board, run, staff.counted, now)


def _tick(board: Board, is_needed: bool, now: float) -> None:
    if is_needed and not board.is_ticking:
        board.is_ticking = True
        board.timers.set(now + board.rules.tick_s, Wake.PACE, "tick")


def woken(board: Board, subject: str) -> None:
    """The pacing timer has fired."""
    if subject == "tick":
        board.is_ticking = False


def _decide(board: Board, run: Run, seats: list[Seat], now: float) -> None:
    run.is_woken = run.is_moved = False
    run.history = run.history.at(now)
    run.scene = _scene(board, run, seats, now)
    decision = run.policy.decide(run.scene, now)
    if run.scene.callers:
        decision = replace(decision, besides=besides(board, run, run.scene.callers, now))
    run.decision = decision
    run.look_again_at = now + decision.look_again_s
    if run.stock >= decision.place:  # otherwise again as soon as tasks come
        run.pace_again_at = now + GAP_S.get(run.campaign.settings.mode, 0.0)
    count = 0 if run.lines.blocked else decision.place
    for task, seat in _picks(board, run, seats, count, now):
        calls.place(board, run, task, now, seat)
    _let_go(board, run, now)
    release(board, run)
    if decision.sets_aside:
        set_aside(run, sorted(seats, key=turn_in(board, run)))


def _next_task(board: Board, run: Run, now: float) -> Task | None:
    """The first of the hopper, taken off; where that one's trunks are all taken, one of the next
    few. Storage puts away those that no trunk has a price for."""
    if run.campaign.settings.dial:
        return run.hopper.popleft()
    for n, task in enumerate(run.hopper):
        if n >= callbacks.LOOK_AHEAD:
            break
        way = lines.choose(board, run, lines.priced(board, run, task), now)
        if not (isinstance(way, NoRoute) and way.is_passing):
            del run.hopper[n]
            return task
    return None


def _picks(
    board: Board, run: Run, seats: list[Seat], count: int, now: float
) -> Iterator[tuple[Task, Seat | None]]:
    """The tasks to be dialed, each with the agent who is held for it, if one is."""
    if callbacks.is_sticky(run):
        yield from callbacks.picks(board, run, seats, count, now)
        return
    for seat in holding.places(board, run, seats, min(count, len(run.hopper))):
        task = _next_task(board, run, now)
        if task is None:
            return
        yield task, seat


def _let_go(board: Board, run: Run, now: float) -> None:
    """Hang up what has rung too long, if the last decision says so."""
    after_s = run.decision.let_go_after_s if run.decision is not None else None
    if after_s is None:
        return
    for call in list(run.calls.values()):
        is_ringing = call.state in (CallState.DIALING, CallState.RINGING)
        if not is_ringing or call.is_held or call.ringing_at is None:
            continue
        if now - call.ringing_at >= after_s:
            ending.let_go(board, call, now)


def _scene(board: Board, run: Run, seats: list[Seat], now: float) -> Scene:
    ages: dict[AgentState, list[float]] = {state: [] for state in SERVING}
    for seat in seats:
        found = ages.get(seat.state)
        if seat.run is not None and seat.run.is_inbound:
            continue
        if found is not None and seat.comes_back:
            found.append(now - seat.since)
    return Scene(
        idle=len(ages[AgentState.AVAILABLE]),
        waiting=sum(1 for call in board.waiting if call.run is run),
        talking=tuple(ages[AgentState.TALKING]),
        wrapping=tuple(ages[AgentState.WRAP_UP]),
        in_flight=tuple([now - _begun(c) for c in run.calls.values() if c.needs_agent]),
        free_lines=lines_of(run, now) - len(run.calls),
        tasks_left=run.stock if run.exhausted else None,
        day=run.history.day,
        month=run.history.month,
        time_left_s=_time_left(run, now),
        callers=callers_of(board, run, seats, now),
    )


def _time_left(run: Run, now: float) -> float | None:
    """Until dialing usually ends; who dials on after that does not say until when."""
    if run.closes_at is None or now >= run.closes_at:
        return None
    return run.closes_at - now


def _begun(call: Call) -> float:
    return call.opened_at if call.dialed_at is None else call.dialed_at


def _keep_hopper(board: Board, run: Run, seats: int, now: float) -> None:
    if seats == 0 or run.lines.blocked:
        empty_hopper(board, run)
        return
    if callbacks.is_sticky(run):
        if run.asked == 0 and now >= run.ask_again_at:
            callbacks.ask(board, run)
        return
    full = min(HOPPER_MOST, max(HOPPER_LEAST, seats * HOPPER_PER_SEAT))
    missing = full - len(run.hopper) - run.asked
    if missing >= full // 2 and run.asked == 0 and now >= run.ask_again_at:
        run.asked = missing
        board.emit(ReserveTasks(run.campaign.id, missing))


def empty_hopper(board: Board, run: Run) -> None:
    """Give reserved tasks back, and the agents set aside: nobody here will dial them soon."""
    release(board, run)
    callbacks.put_back(board, run)
    if run.hopper:
        board.emit(ReleaseTasks(tuple(task.id for task in run.hopper)))
        run.hopper.clear()


def reserved(board: Board, run: Run, event: TasksReserved, now: float) -> None:
    """Storage has answered; the tasks go back at once if the campaign stopped meanwhile."""
    run.asked = 0
    run.exhausted = len(event.tasks) < event.asked
    run.ask_again_at = now + board.rules.poll_s if run.exhausted else now
    if callbacks.is_sticky(run):
        callbacks.reserved(board, run, event, now)
    else:
        run.hopper.extend(event.tasks)
    if not run.is_active or board.draining or board.stopped is not None:
        empty_hopper(board, run)
