"""Distribution: in which order free agents are offered, so that work is spread evenly (SPEC A3).

Calls and talk are an agent's of today over all his projects: it is the person whose day is to be
even, and each project asks by its own yardstick.
"""

from __future__ import annotations

from collections.abc import Callable

from ccdialer.core.board import Board, Run, Seat
from ccdialer.core.events import ProjectLoaded, WorkCounted
from ccdialer.core.metrics import Work
from ccdialer.core.project import Distribution

Turn = Callable[[Board, Seat], tuple[float, ...]]
"""Whose is the least is offered first."""


def _idle(board: Board, seat: Seat) -> tuple[float, ...]:
    return (seat.idle_since,)


def _calls(board: Board, seat: Seat) -> tuple[float, ...]:
    return (work_of(board, seat).calls, seat.idle_since)


def _talk(board: Board, seat: Seat) -> tuple[float, ...]:
    return (work_of(board, seat).talk_s, seat.idle_since)


TURNS: dict[Distribution, Turn] = {
    Distribution.LONGEST_IDLE: _idle,
    Distribution.FEWEST_CALLS: _calls,
    Distribution.LEAST_TALK: _talk,
}


def turn_in(board: Board, run: Run) -> Callable[[Seat], tuple[float, ...]]:
    """The order in which agents are offered the campaign's clients, as a key to sort by."""
    project = board.projects.get(run.campaign.project_id)
    turn = TURNS[project.settings.distribution] if project else _idle
    return lambda seat: turn(board, seat)


def work_of(board: Board, seat: Seat) -> Work:
    """What the agent has had today."""
    return board.work.get(seat.agent.id, Work())


def talked(board: Board, seat: Seat, now: float) -> None:
    """The talk he is in is over now."""
    board.work[seat.agent.id] = work_of(board, seat) + Work(1, max(0.0, now - seat.since))


def project_loaded(board: Board, event: ProjectLoaded, now: float) -> None:
    board.projects[event.project.id] = event.project


def work_counted(board: Board, event: WorkCounted, now: float) -> None:
    board.work = dict(event.work)
