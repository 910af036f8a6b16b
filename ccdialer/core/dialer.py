"""The sans-IO machine: (event, now) -> commands, and the next instant it wants to be woken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ccdialer.core import (
    callbacks,
    callers,
    calls,
    contacts,
    desk,
    distribution,
    ending,
    events,
    features,
    floor,
    holding,
    inheriting,
    legs,
    lines,
    loading,
    pace,
    parting,
    recording,
    recovery,
    refusing,
    results,
    standstill,
)
from ccdialer.core.board import Board, Call, FloorRules, Seat
from ccdialer.core.commands import Command, ReleaseTasks
from ccdialer.core.events import Event
from ccdialer.core.matching import match
from ccdialer.core.pacing.policies import Policies, policy_for
from ccdialer.core.timers import Wake

Handler = Callable[[Board, Any, float], None]


class Dialer:
    """Told everything, it answers with deeds. `now` is seconds, never going back."""

    def __init__(
        self,
        new_id: Callable[[], str],
        rules: FloorRules | None = None,
        policies: Policies = policy_for,
    ) -> None:
        """`policies` makes a campaign's policy; a simulation may put in others."""
        self.board = Board(new_id, rules or FloorRules(), policies)

    def receive(self, event: Event, now: float) -> list[Command]:
        """Take in one fact; what is to be done about it comes back, in order."""
        HANDLERS[type(event)](self.board, event, now)
        is_moved = type(event) not in QUIET
        return self._settle(now, is_moved, is_moved)

    def next_timer(self) -> float | None:
        """When fire_timer wants to be called, if at all."""
        return self.board.timers.next_at()

    def fire_timer(self, now: float) -> list[Command]:
        """Do what was to be done by now."""
        is_pace_due = False
        while (due := self.board.timers.pop_due(now)) is not None:
            wake, subject = due
            WAKES[wake](self.board, subject, now)
            is_pace_due |= wake in (Wake.PACE, Wake.LADDER)
        # A timer that no longer mattered has led to nothing, and nothing is to be decided anew.
        is_moved = bool(self.board.out)
        return self._settle(now, is_pace_due or is_moved, is_moved)

    def _settle(self, now: float, is_pace_due: bool, is_moved: bool) -> list[Command]:
        match(self.board, now)  # who is on the line goes before who has not been dialed
        if is_pace_due:
            callbacks.serve(self.board, now)
            pace.pace(self.board, now, is_moved)
            match(self.board, now)  # agents may have been set free for other campaigns
        out, self.board.out = self.board.out, []
        return out


def _hours_learned(board: Board, event: events.HoursLearned, now: float) -> None:
    run = board.runs.get(event.campaign_id)
    if run is not None:
        run.hours = event.hours


def _tasks_reserved(board: Board, event: events.TasksReserved, now: float) -> None:
    run = board.runs.get(event.campaign_id)
    if run is not None:
        pace.reserved(board, run, event, now)
    elif event.tasks:
        board.emit(ReleaseTasks(tuple(task.id for task in event.tasks)))


def _attempt_opened(board: Board, event: events.AttemptOpened, now: float) -> None:
    call = board.calls.get(event.attempt_id)
    if call is not None:
        holding.opened(board, call, now)


def _attempt_refused(board: Board, event: events.AttemptRefused, now: float) -> None:
    call = board.calls.get(event.attempt_id)
    if call is not None:
        lines.capped(board, call, event, now)
        calls.refused(board, call, now)


HANDLERS: dict[type, Handler] = {
    events.CampaignLoaded: loading.campaign_loaded,
    events.ProjectLoaded: distribution.project_loaded,
    events.WorkCounted: distribution.work_counted,
    events.HoursLearned: _hours_learned,
    events.TasksReserved: _tasks_reserved,
    events.ContactReserved: contacts.reserved,
    events.CampaignMoved: contacts.campaign_moved,
    events.AttemptOpened: _attempt_opened,
    events.AttemptRefused: _attempt_refused,
    events.LegOpened: legs.leg_opened,
    events.LegRefused: legs.leg_refused,
    events.TrunksLoaded: lines.trunks_loaded,
    events.TrunkStateChanged: lines.trunk_changed,
    events.AllStopped: standstill.all_stopped,
    events.AllResumed: standstill.all_resumed,
    events.OpenAttemptFound: inheriting.attempt_found,
    events.SessionFound: inheriting.session_found,
    events.CallerArrived: callers.arrived,
    events.CallerQueued: callers.queued,
    events.CallerFound: inheriting.caller_found,
    events.LegRinging: legs.leg_ringing,
    events.LegAnswered: legs.leg_answered,
    events.LegEnded: legs.leg_ended,
    events.LegJoined: legs.leg_joined,
    events.OriginateFailed: legs.originate_failed,
    events.CommandFailed: legs.command_failed,
    events.MachineJudged: legs.machine_judged,
    events.PlaybackEnded: legs.playback_ended,
    **recording.HANDLERS,
    events.DigitPressed: legs.digit_pressed,
    events.PhoneCalled: features.phone_called,
    events.SwitchLost: legs.switch_lost,
    events.SwitchFound: recovery.switch_found,
    events.SignInAsked: desk.sign_in_asked,
    events.SignOutAsked: desk.of_seat(desk.sign_out),
    events.PauseAsked: desk.of_seat(desk.pause),
    events.ReadyAsked: desk.of_seat(desk.ready),
    events.HangUpAsked: desk.of_seat(desk.hang_up),
    events.ContactAsked: desk.of_seat(contacts.asked),
    events.CallAsked: desk.of_seat(contacts.call),
    events.SkipAsked: desk.of_seat(contacts.skip),
    events.ResultGiven: desk.of_seat(results.given),
    events.AgentChanged: desk.agent_changed,
    events.CallbacksChanged: callbacks.changed,
    events.DrainAsked: desk.drain_asked,
}

QUIET = frozenset(
    {
        events.LegRinging,
        events.LegAnswered,  # one call less in flight, one agent less free
        events.LegJoined,
        events.AttemptOpened,
        *recording.HANDLERS,
        events.LegOpened,
        events.HangUpAsked,
    }
)
"""Facts after which there is never a reason to place more calls."""


def _of_call(deed: Callable[[Board, Call, float], None]) -> Callable[[Board, str, float], None]:
    """A timer's deed on a call; nothing if the call is over."""

    def wake(board: Board, subject: str, now: float) -> None:
        call = board.calls.get(subject)
        if call is not None:
            deed(board, call, now)

    return wake


def _of_agent(deed: Callable[[Board, Seat, float], None]) -> Callable[[Board, str, float], None]:
    """A timer's deed on an agent; nothing if he is not on duty any more."""

    def wake(board: Board, subject: str, now: float) -> None:
        seat = board.seats.get(int(subject))
        if seat is not None:
            deed(board, seat, now)

    return wake


WAKES: dict[Wake, Callable[[Board, str, float], None]] = {
    Wake.PACE: lambda board, subject, now: pace.woken(board, subject),
    Wake.RING_OVER: _of_call(ending.ring_over),
    Wake.DETECTION_OVER: _of_call(calls.detection_over),
    Wake.DEADLINE: _of_call(refusing.deadline),
    Wake.ANNOUNCED: _of_call(holding.announced),
    Wake.LADDER: lambda board, subject, now: pace.woken(board, subject),
    Wake.SUMMON_OVER: _of_call(holding.summon_over),
    Wake.HANG_UP_OVER: _of_call(ending.hang_up_over),
    Wake.PARTED: _of_call(parting.parted),
    Wake.WRAP_UP_OVER: _of_agent(floor.wrap_up_limit),
    Wake.SIGN_IN_OVER: _of_agent(floor.sign_in_over),
    Wake.READING_OVER: _of_agent(contacts.reading_over),
    Wake.QUEUE: _of_call(callers.tend),
    Wake.AGAIN: _of_call(refusing.again),
    Wake.OPENS: loading.opens,
    Wake.DRAIN_OVER: lambda board, subject, now: ending.drop_all(board, now),
}
