"""What became of a call, and what is written down."""

import pytest

from ccdialer.core import outcome
from ccdialer.core.attempt import CallState, client_leg
from ccdialer.core.board import Call, Run
from ccdialer.core.campaign import Campaign, CampaignState
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import LegEnded
from ccdialer.core.pacing.policies import policy_for
from ccdialer.core.task import Task, TaskMove
from tests.core.world import SETTINGS, START

D = Disposition


def call_in(state: CallState, dialed_at: float | None = START) -> Call:
    run = Run(Campaign(1, 1, "one", CampaignState.ACTIVE, SETTINGS), policy_for(SETTINGS))
    task = Task(1, 1, ("+79160000001",))
    call = Call("a", task, run, task.numbers[0], client_leg("a"), START, state)
    call.dialed_at = dialed_at
    return call


@pytest.mark.parametrize(
    ("state", "disposition"),
    [
        (CallState.RINGING, D.BUSY),
        (CallState.DETECTING, D.LEFT),
        (CallState.WAITING, D.LEFT),
        (CallState.CONNECTING, D.LEFT),
        (CallState.TALKING, D.TALKED),
    ],
)
def test_an_end_means_what_it_means_where_the_call_stood(
    state: CallState, disposition: Disposition
) -> None:
    end = LegEnded(client_leg("a"), 17, 486)
    assert outcome.of_end(call_in(state), end, START + 5.0) is disposition


@pytest.mark.parametrize(("after_s", "disposition"), [(25.0, D.NO_ANSWER), (5.0, D.UNREACHABLE)])
def test_our_own_time_out_is_told_from_the_network_s_480_by_its_time(
    after_s: float, disposition: Disposition
) -> None:
    end = LegEnded(client_leg("a"), 19, 480)
    assert outcome.of_end(call_in(CallState.RINGING), end, START + after_s) is disposition


def test_what_we_end_when_the_daemon_goes_down() -> None:
    call = call_in(CallState.RINGING)
    assert outcome.of_drop(call) is D.CANCELLED
    call.answered_at = START
    assert outcome.of_drop(call) is D.ABANDONED
    call.joined_at = START
    assert outcome.of_drop(call) is D.TALKED


def test_a_task_that_was_not_dialed_is_due_as_before() -> None:
    call = call_in(CallState.OPENING, dialed_at=None)
    closed = outcome.closing(call, D.CANCELLED, START, None)
    assert (closed.task_move, closed.retry_after_s, closed.counts) == (TaskMove.RELEASE, 0.0, False)
