"""What became of a call, and what that means for its task."""

from __future__ import annotations

from dataclasses import replace

from ccdialer.core import best_hour, retry
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Call
from ccdialer.core.commands import CloseAttempt, CloseInbound
from ccdialer.core.disposition import Disposition, of_unanswered
from ccdialer.core.events import LegEnded, OpenAttemptFound
from ccdialer.core.queue import Fate
from ccdialer.core.retry import RetryDecision
from ccdialer.core.task import TaskMove

CAUSE_NONE, CAUSE_NO_ANSWER = 0, 19
TIMEOUT_TOLERANCE_S = 1.0
"""Asterisk's own ring time-out and a 480 from the network look alike but for when they come."""
LOST_RETRY_S = 3600.0
"""Pause after an attempt whose campaign is not known any more."""


def of_end(call: Call, event: LegEnded, now: float) -> Disposition:
    """The result of a call that ended by itself: by where it stood, or by the cause."""
    by_state = {
        CallState.DETECTING: Disposition.LEFT,
        CallState.WAITING: Disposition.LEFT,
        CallState.CONNECTING: Disposition.LEFT,
        CallState.TALKING: Disposition.TALKED,
    }
    if call.state in by_state:
        return by_state[call.state]
    if event.cause == CAUSE_NO_ANSWER and _rang_out(call, now):
        return Disposition.NO_ANSWER
    return of_unanswered(event.cause, event.sip_code)


def _rang_out(call: Call, now: float) -> bool:
    limit = call.run.campaign.settings.ring_timeout_s - TIMEOUT_TOLERANCE_S
    return call.dialed_at is not None and now - call.dialed_at >= limit


def of_drop(call: Call) -> Disposition:
    """The result of a call that we end because the daemon goes down."""
    if call.joined_at is not None:
        return Disposition.TALKED
    return Disposition.CANCELLED if call.answered_at is None else Disposition.ABANDONED


def of_no_campaign(event: OpenAttemptFound, now: float) -> CloseAttempt:
    """The end of an attempt that an earlier run left, of a campaign that is gone."""
    return CloseAttempt(
        attempt_id=event.attempt_id,
        task_id=event.task.id,
        disposition=Disposition.LOST,
        task_move=TaskMove.RETRY,
        retry_after_s=LOST_RETRY_S,
        counts=True,
        bad_number=False,
        cause=CAUSE_NONE,
        sip_code=None,
        ended_at=now,
    )


def _at_best_hour(call: Call, decision: RetryDecision, now: float) -> RetryDecision:
    """The same decision, not before the pause is over; tasks that settle have no hour."""
    if decision.move is not TaskMove.RETRY:
        return decision
    earliest = now + decision.after_s
    settings = call.run.campaign.settings
    zone, latest = call.task.zone or settings.zone, earliest + settings.best_hour_within_s
    choice = best_hour.choose(call.run.hours, zone, earliest, latest)
    reasons = [reason for reason in (decision.reason, choice.reason) if reason]
    return replace(decision, after_s=choice.at - now, reason=" and ".join(reasons))


def closing(
    call: Call, disposition: Disposition, now: float, end: LegEnded | None
) -> CloseAttempt | CloseInbound:
    """What is written down; a task that was not dialed is due as before."""
    return _of_caller(call, now) if call.caller else _of_attempt(call, disposition, now, end)


def _of_caller(call: Call, now: float) -> CloseInbound:
    is_joined = call.joined_at is not None
    fate = call.fate or (Fate.LOST if call.is_unseen else Fate.LEFT)
    return CloseInbound(
        call_id=call.attempt_id,
        campaign_id=call.run.campaign.id,
        fate=Fate.ANSWERED if is_joined else fate,
        ended_at=now,
        queued_at=call.opened_at,
        joined_at=call.joined_at,
        agent_id=call.agent_id if is_joined else None,
        reason=call.fate_reason,
        sent_to=call.sent_to,
        keeps_place_from=call.opened_at if fate is Fate.CALLBACK else None,
    )


def _of_attempt(
    call: Call, disposition: Disposition, now: float, end: LegEnded | None
) -> CloseAttempt:
    settings = call.run.campaign.settings
    missed = bool(call.tried)
    decision = retry.decide(settings, call.task, disposition, now, agent_missed=missed)
    if settings.best_hour and disposition in best_hour.NOBODY_THERE:
        decision = _at_best_hour(call, decision, now)
    never_dialed = call.dialed_at is None
    return CloseAttempt(
        attempt_id=call.attempt_id,
        task_id=call.task.id,
        disposition=disposition,
        task_move=TaskMove.RELEASE if never_dialed else decision.move,
        retry_after_s=0.0 if never_dialed else decision.after_s,
        counts=decision.counts and not never_dialed,
        bad_number=decision.bad_number,
        cause=end.cause if end else 0,
        sip_code=end.sip_code if end else None,
        ended_at=now,
        dialed_at=call.dialed_at,
        ringing_at=call.ringing_at,
        answered_at=call.answered_at,
        joined_at=call.joined_at,
        agent_id=call.agent_id if call.joined_at is not None else None,
        note=call.note,
        next_number=None if never_dialed else decision.number,
        reason="" if never_dialed else decision.reason,
    )
