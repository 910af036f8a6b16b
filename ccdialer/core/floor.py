"""The floor: agents signing in and out, pausing, wrapping up."""

from __future__ import annotations

from ccdialer.core import attempt as attempts
from ccdialer.core import distribution
from ccdialer.core.agent import Agent, AgentMove, AgentState
from ccdialer.core.board import Board, Leg, Run, Seat
from ccdialer.core.commands import (
    CloseBridge,
    HangUp,
    OpenBridge,
    Originate,
    RecordAgentState,
    ReleaseTasks,
    SettleCampaigns,
)
from ccdialer.core.timers import Wake


def record(board: Board, seat: Seat, now: float) -> None:
    """Tell storage which state the agent is in now."""
    campaign_id = seat.run.campaign.id if seat.run else None
    board.emit(
        RecordAgentState(
            agent_id=seat.agent.id,
            state=seat.state,
            reason=seat.reason,
            at=now,
            session_id=seat.session_id,
            leg_id=seat.leg_id,
            campaign_id=campaign_id,
        )
    )


def sign_in(board: Board, agent: Agent, session_id: str, now: float) -> Seat:
    """Put the agent on duty: at once, or as soon as his phone is up if it is to be kept up."""
    seat = Seat(agent, session_id, AgentState.OFFLINE, since=now, signed_in_at=now)
    board.seats[agent.id] = seat
    seat.move(AgentMove.SIGN_IN, now)
    if not agent.kept_up:
        arrive(board, seat, now)
        return seat
    await_phone(board, seat, now)
    return seat


def await_phone(board: Board, seat: Seat, now: float) -> None:
    """The phone to be kept up has until then."""
    over = now + board.rules.agent_ring_s + board.rules.hang_up_grace_s
    board.timers.set(over, Wake.SIGN_IN_OVER, str(seat.agent.id))


def ring_to_keep_up(board: Board, seat: Seat, now: float) -> None:
    """Ring the agent's phone; the leg stays up until he signs out."""
    seat.leg_id = attempts.session_leg(seat.session_id)
    board.legs[seat.leg_id] = Leg(seat=seat)
    rules = board.rules
    board.emit(
        Originate(
            leg_id=seat.leg_id,
            endpoint=seat.agent.phone,
            caller_id="ccdialer",
            ring_timeout_s=rules.agent_ring_s,
            max_call_s=rules.max_session_s,
            auto_answer=True,
        )
    )
    record(board, seat, now)


def keep_up(board: Board, seat: Seat, leg_id: str) -> None:
    """The leg is up: give it a bridge of its own, in which clients will join it."""
    seat.leg_id = leg_id
    board.legs[leg_id] = Leg(seat=seat)
    board.emit(OpenBridge(seat.bridge_id, (leg_id,)))


def arrive(board: Board, seat: Seat, now: float) -> None:
    """The agent can take calls from now on, and pacing is to know it at once."""
    seat.move(AgentMove.ARRIVE, now)
    for run in board.runs.values():
        run.is_moved = True
    board.timers.set(now, Wake.PACE)
    if seat.pause_after is not None:
        _pause_now(board, seat, seat.pause_after, now)
    else:
        record(board, seat, now)


def leave(board: Board, seat: Seat, reason: str, now: float) -> None:
    """Sign the agent out; his kept-up leg is hung up if it still lives."""
    clear_desk(board, seat)
    if seat.leg_id is not None:
        if board.legs.pop(seat.leg_id, None) is not None:
            board.emit(HangUp(seat.leg_id))
            if not board.connected:  # nobody hears that now: hung up when Asterisk is back
                board.farewells[seat.leg_id] = seat.leg_id
        board.emit(CloseBridge(seat.bridge_id))
    seat.move(AgentMove.SIGN_OUT, now)
    seat.reason = reason
    seat.leg_id = None
    record(board, seat, now)
    del board.seats[seat.agent.id]


def _why_leaving(board: Board, seat: Seat) -> str:
    return "signed out" if board.has_phone(seat) else "phone hung up"


def ask_to_leave(board: Board, seat: Seat, now: float) -> None:
    """Sign-out: at once, or after the call he is in."""
    if seat.call is None:
        leave(board, seat, "signed out", now)
    else:
        seat.leave_after = True


def pause(board: Board, seat: Seat, reason: str, now: float) -> None:
    """Pause: at once, or after the call he is in."""
    if seat.call is not None or seat.state is AgentState.SIGNING_IN:
        seat.pause_after = reason
    else:
        _pause_now(board, seat, reason, now)


def clear_desk(board: Board, seat: Seat) -> None:
    """The contact he read about goes back to the queue as it was; what wrap-up might have said of
    the last one of an assignment is not awaited any more."""
    if seat.contact is not None:
        board.emit(ReleaseTasks((seat.contact.id,)))
        seat.contact = None
    if seat.state is AgentState.WRAP_UP and seat.run is not None:
        settle(board, seat.run)


def settle(board: Board, run: Run) -> None:
    """Something has ended in the campaign: if it is an assignment, it may be done (SPEC B2)."""
    if run.is_asked:
        board.emit(SettleCampaigns((run.campaign.id,)))


def _pause_now(board: Board, seat: Seat, reason: str, now: float) -> None:
    clear_desk(board, seat)
    seat.move(AgentMove.PAUSE, now)
    seat.reason, seat.pause_after, seat.run = reason, None, None
    record(board, seat, now)


def ready(board: Board, seat: Seat, now: float) -> None:
    """End of pause or wrap-up; takes back a pause or a sign-out asked for during a call."""
    seat.pause_after, seat.leave_after = None, not board.has_phone(seat)
    if seat.state in (AgentState.PAUSED, AgentState.WRAP_UP):
        _come_back(board, seat, now)


def _come_back(board: Board, seat: Seat, now: float) -> None:
    clear_desk(board, seat)
    if seat.run is not None:
        seat.run.policy.wrap_up_ended(now - seat.since)
    seat.move(AgentMove.READY, now)
    seat.reason, seat.missed, seat.run = "", 0, None
    record(board, seat, now)


def release(board: Board, seat: Seat, now: float) -> None:
    """The agent keeps no client after all and is as he was before he was reserved."""
    seat.call, seat.run = None, None
    seat.move(AgentMove.RELEASE, now)
    _after_call(board, seat, now)


def missed(board: Board, seat: Seat, now: float) -> None:
    """The agent's phone did not take the call; after some in a row he is paused."""
    seat.missed += 1
    seat.idle_since = now
    if seat.missed >= board.rules.max_missed:
        seat.pause_after = seat.pause_after or "not answering"
    release(board, seat, now)


def talk_ended(board: Board, seat: Seat, wrap_up_s: float, now: float) -> None:
    """The client is gone: wrap-up until the agent says ready, or its limit."""
    seat.call, seat.missed = None, 0
    seat.calls += 1
    distribution.talked(board, seat, now)
    seat.move(AgentMove.FINISH, now)
    if seat.leave_after:
        leave(board, seat, _why_leaving(board, seat), now)
    elif wrap_up_s <= 0:
        wrap_up_over(board, seat, now)
    else:
        board.timers.set(now + wrap_up_s, Wake.WRAP_UP_OVER, str(seat.agent.id))
        record(board, seat, now)


def wrap_up_limit(board: Board, seat: Seat, now: float) -> None:
    """The timer of a wrap-up: it may be of an earlier one, or the limit was raised meanwhile."""
    if seat.state is not AgentState.WRAP_UP:
        return
    limit_s = seat.run.campaign.settings.wrap_up_s if seat.run else 0.0
    if now >= seat.since + limit_s:
        wrap_up_over(board, seat, now)
    else:
        board.timers.set(seat.since + limit_s, Wake.WRAP_UP_OVER, str(seat.agent.id))


def sign_in_over(board: Board, seat: Seat, now: float) -> None:
    """The phone to be kept up has neither answered nor failed in time."""
    if seat.state is not AgentState.SIGNING_IN:
        return
    over = seat.since + board.rules.agent_ring_s + board.rules.hang_up_grace_s
    if now >= over:
        leave(board, seat, "phone did not answer", now)
    else:  # a timer of an earlier sign-in, or the limit was raised meanwhile
        board.timers.set(over, Wake.SIGN_IN_OVER, str(seat.agent.id))


def wrap_up_over(board: Board, seat: Seat, now: float) -> None:
    """The limit of wrap-up has come."""
    if seat.pause_after is not None:
        _pause_now(board, seat, seat.pause_after, now)
    else:
        _come_back(board, seat, now)


def _after_call(board: Board, seat: Seat, now: float) -> None:
    if seat.leave_after:
        leave(board, seat, _why_leaving(board, seat), now)
    elif seat.pause_after is not None:
        _pause_now(board, seat, seat.pause_after, now)
    else:
        record(board, seat, now)
