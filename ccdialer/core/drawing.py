"""Drawing: what callers of queues take, and are about to take, of the agents on whom pacing counts.

Who waits takes the next agent who is free; who talks gives one back after the queue's durations;
who may come while a client is being rung is reckoned at the rate of late (SPEC A3, F4, F5). Who is
kept for those who may come is not counted on by campaigns of the queue's priority and below.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Board, Call, Run, Seat
from ccdialer.core.metrics import service_level, share
from ccdialer.core.pacing.blending import most_of
from ccdialer.core.pacing.freeing import Freeing
from ccdialer.core.pacing.policy import Besides, Callers
from ccdialer.core.pacing.queueing import Queueing

AWAY = frozenset({AgentState.OFFLINE, AgentState.SIGNING_IN, AgentState.PAUSED, AgentState.READING})
"""Who is on a break, or reads a contact of his own, is no part of anybody's share."""
AHEAD_S = 20.0
"""A client who is dialed now is being rung for so long at most, nearly always."""
RATE_LEAST_S, LATELY_S = 300.0, 1800.0
"""Two callers in a second are no rate yet; what was half an hour ago is none any more."""
CAUTION = 0.5
"""Standard deviations by which a rate is used too high: more callers mean more abandonment."""
SERVED_LEAST = 10
"""Callers of late by whom a queue's service is judged, at least."""
MOST_LEVEL, SURE = 0.98, 0.99
BESIDE = (
    "callers of {0}: {1} waiting, {2} talking, at most {3:.1f} more within {4:.0f} s: "
    "{5} idle not counted on"
)
BEHIND = (
    "{0} has answered {1:.0%} of its callers of late within {2:g} s, and is to answer {3:.0%}: "
    "{4} more of all agents kept for it"
)


def drawing(board: Board, now: float) -> list[Run]:
    """Queues that hold agents back from all campaigns just now."""
    queues = (run for run in board.runs.values() if run.is_inbound and run.is_active)
    return [run for run in queues if wanted(board, run, now) > 0]


def wanted(board: Board, run: Run, now: float) -> int:
    """Agents whom pacing is not to count on: one for each caller who waits, and some more while the
    queue's service is behind its goal."""
    return waiting_in(run) + kept_for_service(board, run, now)


def waiting_in(run: Run) -> int:
    """Callers for whom no agent has been chosen."""
    return sum([call.state is CallState.WAITING for call in run.calls.values()])


def met(call: Call, now: float) -> None:
    """A caller has met his agent."""
    call.run.joins.append(now)
    within_s = call.run.campaign.settings.queue.service_level_s
    call.run.served.append((now, now - call.opened_at <= within_s))


def left(call: Call, now: float) -> None:
    """He waited and met nobody; who was not let in, or hung up at once, did not wait."""
    least_s = call.run.campaign.settings.queue.lost_after_s
    if now > call.opened_at + least_s:
        call.run.served.append((now, False))


def service_of(run: Run, now: float) -> float | None:
    """Share of the callers of late who were answered in time; None: too few to tell."""
    recent = [in_time for at, in_time in run.served if at >= now - LATELY_S]
    return service_level(sum(recent), len(recent)) if len(recent) >= SERVED_LEAST else None


def kept_for_service(board: Board, run: Run, now: float) -> int:
    """So large a share of the queue's agents as its service is behind its goal."""
    service = service_of(run, now)
    behind = 0.0 if service is None else run.campaign.settings.queue.service_level_goal - service
    return ceil(behind * len(_present(board, run)) - 1e-9) if behind > 0.0 else 0


def rate_of(run: Run, now: float) -> float:
    """Callers a second, at most as far as the last ones tell."""
    recent = [at for at in run.arrivals if at >= now - LATELY_S]
    if not recent:
        return 0.0
    is_brisk = len(recent) == run.arrivals.maxlen
    span_s = max(now - recent[0], AHEAD_S if is_brisk else RATE_LEAST_S)
    return (len(recent) + CAUTION * sqrt(len(recent))) / span_s


def callers_of(board: Board, run: Run, seats: Sequence[Seat], now: float) -> tuple[Callers, ...]:
    """For each queue that these agents serve too, what its callers take of them; `run`: the
    campaign that counts on the agents."""
    queues = [each for each in board.runs.values() if each.is_inbound]
    found = [_callers(board, run, queue, seats, now) for queue in queues]
    return tuple([each for each in found if each.talking or each.wrapping or each.rate > 0.0])


def _callers(board: Board, run: Run, queue: Run, seats: Sequence[Seat], now: float) -> Callers:
    mine = [seat for seat in seats if seat.run is queue]
    rate = rate_of(queue, now)
    if rate > 0.0:
        rate *= _drawn_share(board, run, queue, seats)
    return Callers(
        queue.campaign.id,
        queue.policy.handling if isinstance(queue.policy, Queueing) else Freeing(0.0),
        _ages(mine, AgentState.TALKING, now),
        _ages(mine, AgentState.WRAP_UP, now),
        rate,
        _kept(run, queue, rate),
    )


def _kept(run: Run, queue: Run, rate: float) -> int:
    """Idle agents to be kept for those who come while a client is being rung: as surely as their
    queue wants it, and very surely where they would get the agent for whom he is being rung. A
    campaign above the queue keeps none."""
    if rate <= 0.0 or _is_above(run, queue):
        return 0
    goal = min(MOST_LEVEL, queue.campaign.settings.queue.service_level_goal)
    return most_of(rate * AHEAD_S, SURE if _is_above(queue, run) else goal)


def _drawn_share(board: Board, run: Run, queue: Run, seats: Sequence[Seat]) -> float:
    """Which share of the queue's callers will meet one of the seats: as many as they are of all
    agents who serve it."""
    if not queue.is_active:
        return 0.0
    mine = sum([queue.is_served_by(seat.agent) and seat.state not in AWAY for seat in seats])
    return share(mine, len(_present(board, queue)))


def _present(board: Board, run: Run) -> list[Seat]:
    return [seat for seat in board.seats_for(run) if seat.state not in AWAY]


def _ages(seats: Sequence[Seat], state: AgentState, now: float) -> tuple[float, ...]:
    return tuple([now - seat.since for seat in seats if seat.state is state and seat.comes_back])


def besides(board: Board, run: Run, callers: Sequence[Callers], now: float) -> tuple[Besides, ...]:
    """What a decision of the campaign says of them."""
    said: list[Besides] = []
    for each in callers:
        queue = board.runs[each.queue_id]
        name, more = queue.campaign.name, each.rate * AHEAD_S
        figures = (name, waiting_in(queue), len(each.talking), more, AHEAD_S, each.kept)
        said.append((BESIDE, figures))
        kept, service = kept_for_service(board, queue, now), service_of(queue, now)
        if kept > 0 and service is not None and not _is_above(run, queue):
            settings = queue.campaign.settings.queue
            goal = (settings.service_level_s, settings.service_level_goal)
            said.append((BEHIND, (name, service, *goal, kept)))
    return tuple(said)


def _is_above(run: Run, queue: Run) -> bool:
    return run.campaign.settings.priority > queue.campaign.settings.priority
