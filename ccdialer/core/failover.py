"""Failover: an attempt that its trunk could not carry goes on over the next trunk (SPEC A10).

Only a route failure before the first ring leads to another trunk: what the client or his network
has answered is his answer, and a phone that rang is not rung again.
"""

from __future__ import annotations

from ccdialer.core import attempt as attempts
from ccdialer.core import lines
from ccdialer.core.attempt import MOST_LEGS, CallMove, CallState
from ccdialer.core.board import Board, Call, Leg
from ccdialer.core.commands import OpenLeg
from ccdialer.core.disposition import is_route_failure
from ccdialer.core.events import LegEnded
from ccdialer.core.trunk import NoRoute

REQUEST_TIMEOUT = 408
SILENCE_S = 10.0
"""A 408 that comes sooner is of a provider who does not answer INVITE (Timer B of the endpoint, see
docs/trunks.md). A network says it after a phone has rung unanswered, perhaps in early media, which
nobody reports as ringing."""


def is_of_route(board: Board, call: Call, end: LegEnded, now: float) -> bool:
    """Whether the trunk, and not the client, has ended the call."""
    if call.state is not CallState.DIALING or call.dialed_at is None:
        return False
    if end.sip_code == REQUEST_TIMEOUT and now - call.dialed_at >= SILENCE_S:
        return False
    return is_route_failure(end.cause, end.sip_code, lines.is_registered(board, call))


def goes_on(board: Board, call: Call, end: LegEnded, now: float) -> bool:
    """Try the next trunk after a route failure: its leg is committed before it is dialed. False if
    there is none, or nothing may be dialed any more."""
    lines.did_not_carry(board, call, now)
    route, before = call.route, call.leg_id
    if route is None or route.trunk_id is None:
        return False
    call.trunks_tried.add(route.trunk_id)
    if not _may_dial(board, call):
        return False
    found = lines.choose(board, call.run, call.task, now, call.trunks_tried)
    if isinstance(found, NoRoute):
        return False
    call.route, call.opened_at = found, now
    call.move(CallMove.REROUTE)
    board.legs.pop(before, None)
    call.leg_id = attempts.client_leg(call.attempt_id, attempts.serial_of(before) + 1)
    board.legs[call.leg_id] = Leg(call)
    lines.took(board, call, now)
    board.emit(
        OpenLeg(
            *(call.attempt_id, call.task.id, call.run.campaign.id, call.number),
            *(call.leg_id, found, now),
            *(before, end.cause, end.sip_code),
        )
    )
    return True


def _may_dial(board: Board, call: Call) -> bool:
    is_free = board.is_dialing and call.run.is_active
    return is_free and attempts.serial_of(call.leg_id) < MOST_LEGS
