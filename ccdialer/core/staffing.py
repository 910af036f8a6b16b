"""Staffing: for which campaign each agent on duty is counted; an agent of several is counted once.

Agents who serve the same campaigns form a group, which those share: the highest priority first,
equal ones by weight, each as far as it has lines and tasks (SPEC F5). Pacing does not count on an
agent whom a waiting caller will take, whatever the priorities; nor, of the queue's priority and
below, on those who are kept for its service (SPEC A3). Who talks with a caller will be back: he is
lent, and counted for a campaign.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ccdialer.core.agent import AgentState
from ccdialer.core.board import Board, Run, Seat
from ccdialer.core.drawing import AWAY, waiting_in, wanted
from ccdialer.core.health import after_congestion


@dataclass(slots=True)
class Staff:
    """Agents on duty for one campaign."""

    members: int = 0  # who may serve it
    counted: list[Seat] = field(default_factory=list)  # whom its policy counts on


def staff_of(board: Board, active: list[Run], now: float) -> list[tuple[Run, Staff]]:
    """Each active campaign with the agents it may count on: nobody twice."""
    if len(active) == 1:
        (run,), seats = active, list(board.seats_for(active[0]))
        return [(run, Staff(len(seats), seats))]
    staff = {run.campaign.id: Staff() for run in active}
    for seats in _groups(board.seats.values(), active):
        sharing = [run for run in active if run.is_served_by(seats[0].agent)]
        for run in sharing:
            staff[run.campaign.id].members += len(seats)
        present = [seat for seat in seats if seat.state not in AWAY]
        if len(sharing) == 1:
            staff[sharing[0].campaign.id].counted += present
        elif sharing:
            for run, dealt in _deal(board, sharing, present, now):
                staff[run.campaign.id].counted += dealt
    return [(run, staff[run.campaign.id]) for run in active]


def _groups(seats: Iterable[Seat], active: Iterable[Run]) -> Iterable[list[Seat]]:
    """Agents of the same projects together; whom a campaign names stands alone."""
    named = {login for run in active for login in run.campaign.settings.agents}
    groups: dict[tuple[frozenset[int], str], list[Seat]] = {}
    for seat in seats:
        alone = seat.agent.login if seat.agent.login in named else ""
        groups.setdefault((seat.agent.projects, alone), []).append(seat)
    return groups.values()


def _deal(
    board: Board, runs: list[Run], seats: list[Seat], now: float
) -> list[tuple[Run, list[Seat]]]:
    """Agents who are set aside stay, those who work for a campaign stay while it is below its
    share; the others, longest idle first, go where most are missing."""
    ids = (run.campaign.id for run in runs)
    shares = dict(zip(ids, shares_of(board, runs, len(seats), now), strict=True))
    dealt: dict[int, list[Seat]] = {run.campaign.id: [] for run in runs}
    free = []
    for seat in sorted(seats, key=_in_turn):
        run = seat.kept_for or seat.run
        own = run.campaign.id if run is not None and not run.is_inbound else None
        if own in shares and (seat.kept_for or len(dealt[own]) + 1 <= shares[own]):
            dealt[own].append(seat)
        else:
            free.append(seat)
    for run in (run for run in runs if run.is_inbound):
        dealt[run.campaign.id] = _idle_first(free, round(shares[run.campaign.id]))
        free = [seat for seat in free if seat not in dealt[run.campaign.id]]
    had = {run.campaign.id: _had(run) for run in runs}
    for seat in free:
        missing = max(shares, key=lambda id: (shares[id] - len(dealt[id]), -had[id]))
        dealt[missing].append(seat)
    return [(run, dealt[run.campaign.id]) for run in runs]


def _idle_first(seats: list[Seat], count: int) -> list[Seat]:
    return sorted(seats, key=lambda seat: seat.state is not AgentState.AVAILABLE)[:count]


def _had(run: Run) -> float:
    """What the campaign has had of agents today, for its weight: who had least gets the odd one."""
    return run.history.day.answered / run.campaign.settings.weight


def set_aside(run: Run, seats: Iterable[Seat]) -> None:
    """Of these agents, who are counted for the campaign and stand as they are offered, keep an idle
    one for each of its calls in flight: they were placed because he is idle, and another campaign's
    client must not get him."""
    flying = run.flying
    for seat in seats:
        if seat.state is AgentState.AVAILABLE:
            seat.kept_for = run if flying > 0 else None
            flying -= 1


def release(board: Board, run: Run) -> None:
    """Nobody is set aside for the campaign any more."""
    for seat in board.seats.values():
        if seat.kept_for is run:
            seat.kept_for = None


def _in_turn(seat: Seat) -> tuple[float, int]:
    return (seat.since, seat.agent.id)


def shares_of(board: Board, runs: list[Run], agents: int, now: float) -> list[float]:
    """How many of the agents each campaign is to have, with fractions: first each caller who waits
    has one; what a campaign cannot use goes to the others, first to those of its own priority."""
    shares, most = [0.0] * len(runs), [_most(board, run, now) for run in runs]
    owed = [waiting_in(run) if run.is_inbound else 0 for run in runs]
    left = _pour(shares, owed, {n: 1.0 for n, callers in enumerate(owed) if callers}, float(agents))
    for rank in sorted({_rank(run) for run in runs}, reverse=True):
        equals = [n for n, run in enumerate(runs) if _rank(run) == rank]
        thirsty = [n for n in equals if most[n] > 0]
        left = _pour(shares, most, {n: runs[n].campaign.settings.weight for n in thirsty}, left)
    return shares


def _rank(run: Run) -> tuple[int, bool]:
    return (run.campaign.settings.priority, run.is_inbound)


def _pour(shares: list[float], most: list[int], weights: dict[int, float], left: float) -> float:
    """Give campaigns of one priority their shares by weight; returns what none of them can use."""
    thirsty = list(weights)
    while thirsty and left > 1e-9:
        unit = left / sum(weights[n] for n in thirsty)
        full = []
        for n in thirsty:
            room = most[n] - shares[n]
            wanted = unit * weights[n]
            if wanted >= room:
                full.append(n)
            given = min(wanted, room)
            shares[n] += given
            left -= given
        if not full:
            break
        thirsty = [n for n in thirsty if n not in full]
    return left


def _most(board: Board, run: Run, now: float) -> int:
    """How many agents could be busy for it: by its lines, and by its tasks once storage has no
    more that are due."""
    if run.is_inbound:
        return wanted(board, run, now)
    lines = lines_of(run, now)
    work = len(run.calls) + len(run.hopper) + run.shelf.open_count()
    return min(lines, work) if run.exhausted else lines


def lines_of(run: Run, now: float) -> int:
    """Calls at once: as set, and no more than its trunks have, or its dial string was found to."""
    most = run.campaign.settings.max_lines
    if run.lines.free is not None:
        return min(most, len(run.calls) + run.lines.free)
    return after_congestion(most, run.lines.congested_at, run.lines.found, now)
