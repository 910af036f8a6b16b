"""Held agents: who is reserved for a client before anybody is dialed, and what if he is lost.

Client first (a sticky callback): the agent is reserved, the client is dialed, and joined with him
the moment he answers. Agent first (SPEC B6, D11): the agent is called to the phone and told the
campaign, then the client is dialed. Either way no client who answers is without an agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat

from ccdialer.core import attempt as attempts
from ccdialer.core import calls, connecting, ending, floor
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallMove, CallState
from ccdialer.core.board import Board, Call, Run, Seat
from ccdialer.core.campaign import Mode
from ccdialer.core.commands import Play
from ccdialer.core.disposition import Disposition
from ccdialer.core.distribution import turn_in
from ccdialer.core.matching import may_serve
from ccdialer.core.stickiness import may_take
from ccdialer.core.timers import Wake

UNANSWERED = frozenset(
    {
        CallState.OPENING,
        CallState.SUMMONING,
        CallState.DIALING,
        CallState.RINGING,
        CallState.DETECTING,
    }
)


def is_held(call: Call) -> bool:
    """An agent is held for the call, and the client is not there yet."""
    return call.is_held and call.state in UNANSWERED


def places(board: Board, run: Run, seats: Iterable[Seat], count: int) -> Iterator[Seat | None]:
    """For each of `count` calls the agent to be held; None where the campaign holds nobody."""
    if not run.campaign.settings.agent_first:
        return repeat(None, count)
    return iter(free(board, run, seats)[:count])


def free(board: Board, run: Run, seats: Iterable[Seat]) -> list[Seat]:
    """Those of the agents who may be held for the campaign now, in turn."""
    idle = [seat for seat in seats if seat.state is AgentState.AVAILABLE]
    ours = [seat for seat in idle if seat.kept_for in (None, run)]
    return sorted(ours, key=turn_in(board, run))


# --- agent first --------------------------------------------------------------------------------


def opened(board: Board, call: Call, now: float) -> None:
    """The attempt is committed: call the agent first, or dial the client."""
    run = call.run
    is_first = call.is_held and (run.is_asked or run.campaign.settings.agent_first)
    if is_first and call.state is CallState.OPENING and calls.may_dial(board, call, now):
        call.move(CallMove.SUMMON)
        _summon(board, call, now)
    else:
        calls.opened(board, call, now)


def _summon(board: Board, call: Call, now: float) -> None:
    seat = call.seat
    if seat is not None and seat.leg_id is not None:
        call.agent_leg_id = seat.leg_id
        agent_is_up(board, call, now)
    elif seat is not None:
        connecting.ring(board, call, seat)
        over = now + board.rules.agent_ring_s + board.rules.hang_up_grace_s
        board.timers.set(over, Wake.SUMMON_OVER, call.attempt_id)


def agent_is_up(board: Board, call: Call, now: float) -> None:
    """The agent is there: tell him the campaign, then dial; or join, if the client waits."""
    if call.state is not CallState.SUMMONING:
        connecting.agent_is_up(board, call, now)
        return
    if call.agent_up or call.agent_leg_id is None:
        return
    call.agent_up = True
    announce = call.run.campaign.settings.announce
    if not announce:
        calls.dial(board, call, now)
        return
    playback_id = attempts.playback(call.attempt_id, connecting.ANNOUNCEMENT)
    board.emit(Play(playback_id, call.agent_leg_id, announce))
    # By then, though nobody told that it is over.
    board.timers.set(now + connecting.ANNOUNCEMENT_LIMIT_S, Wake.ANNOUNCED, call.attempt_id)


def announced(board: Board, call: Call, now: float) -> None:
    """The agent has heard the campaign: dial the client, or join him."""
    if call.state is not CallState.SUMMONING:
        connecting.join(board, call)
    elif call.agent_up:
        calls.dial(board, call, now)


def summon_over(board: Board, call: Call, now: float) -> None:
    """Neither answer nor end of the agent's phone long after it should have come."""
    limit_s = board.rules.agent_ring_s + board.rules.hang_up_grace_s
    is_waiting = call.state is CallState.SUMMONING and not call.agent_up and call.seat is not None
    if is_waiting and call.seat is not None and now - call.seat.since >= limit_s:
        lost(board, call, now, is_missed=True)


# --- an agent is lost ---------------------------------------------------------------------------


def lost(board: Board, call: Call, now: float, is_missed: bool = False) -> None:
    """The held agent will not take the client, who is not there yet: the next allowed agent is
    held in his place; without one the call is let go, or not dialed at all. Of a client who is
    just being told from a machine an agent is found when that is known."""
    seat = call.seat
    if seat is None or not is_held(call):
        return
    connecting.let_agent_leg_go(board, call)
    call.tried.add(seat.agent.id)
    connecting.take_off(call)
    (floor.missed if is_missed else floor.release)(board, seat, now)
    if call.state is not CallState.DETECTING:
        _replace(board, call, now)


def _replace(board: Board, call: Call, now: float) -> None:
    # Who has asked for a contact has read it, and nobody else has.
    seats = [] if call.run.is_asked else free(board, call.run, board.seats_for(call.run))
    seat = next((seat for seat in seats if _may_be_held(seat, call)), None)
    if seat is None:
        _without_agent(board, call, now)
        return
    connecting.hold(board, call, seat, now)
    if call.state is CallState.SUMMONING:
        _summon(board, call, now)


def _may_be_held(seat: Seat, call: Call) -> bool:
    is_sticky = call.run.campaign.settings.mode is Mode.CALLBACK
    return may_serve(seat, call) and (not is_sticky or may_take(call.task, seat.agent))


def _without_agent(board: Board, call: Call, now: float) -> None:
    """To the client it is a call not answered, or none: it does not use up one of his attempts."""
    if call.state is CallState.OPENING:
        call.result = Disposition.CANCELLED  # and so it is not dialed when it is committed
    elif call.state is CallState.SUMMONING:
        calls.close(board, call, Disposition.CANCELLED, now)
    else:
        ending.let_go(board, call, now, Disposition.CANCELLED)


def pause(board: Board, seat: Seat, reason: str, now: float) -> None:
    """Pause: after the call, if the agent is in one; a client who is not there yet loses him."""
    floor.pause(board, seat, reason, now)
    _let_client_go(board, seat, now)


def ask_to_leave(board: Board, seat: Seat, now: float) -> None:
    """Sign-out: after the call, if the agent is in one; a client not there yet loses him."""
    floor.ask_to_leave(board, seat, now)
    _let_client_go(board, seat, now)


def hang_up(board: Board, call: Call, now: float) -> None:
    """The agent is done: the talk is over; or he will not have the client who is being dialed."""
    if is_held(call):
        lost(board, call, now)
    else:
        ending.hang_up_talk(board, call, now)


def _let_client_go(board: Board, seat: Seat, now: float) -> None:
    if seat.call is not None:
        lost(board, seat.call, now)


def hold_again(board: Board, call: Call, now: float) -> None:
    """After a restart: the agent whom the earlier run held for an adopted call, if he is free."""
    seat = board.seats.get(call.agent_id or 0)
    if seat is None or call.joined_at is not None or call.seat is not None:
        return
    if seat.state is AgentState.AVAILABLE and call.state in UNANSWERED:
        connecting.hold(board, call, seat, now)
