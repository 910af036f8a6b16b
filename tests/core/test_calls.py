"""The life of one call."""

import pytest

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Call
from ccdialer.core.campaign import CampaignState, Mode
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import TaskMove
from tests.core.world import World, dialing, talking


@pytest.mark.parametrize("mode", sorted(set(Mode) - {Mode.PREVIEW, Mode.INBOUND}))
@pytest.mark.parametrize("kept_up", [True, False])
def test_a_call_from_the_reserved_task_to_its_outcome(mode: Mode, kept_up: bool) -> None:
    world, call = dialing(kept_up, mode=mode)
    world.ring(call)
    assert call.state is CallState.RINGING
    world.wait(3.0)
    world.answer(call)
    assert call.state is CallState.TALKING
    world.wait(60.0)
    world.hang_up(call.leg_id)
    closed = world.closed
    assert (closed.disposition, closed.task_move) == (Disposition.TALKED, TaskMove.FINISH)
    assert closed.agent_id == 1
    assert closed.dialed_at is not None
    assert closed.answered_at == closed.dialed_at + 3.0 == closed.joined_at
    assert closed.ended_at == closed.answered_at + 60.0
    assert not world.calls


def test_words_to_the_world_come_in_order() -> None:
    world, _ = talking(kept_up=False)
    order = [type(command).__name__ for command in world.said]
    wanted = ["ReserveTasks", "OpenAttempt", "Originate", "Originate", "OpenBridge", "RecordJoin"]
    assert [name for name in order if name != "RecordAgentState"] == wanted


def test_nothing_is_dialed_before_the_attempt_is_committed() -> None:
    world = World(prompt=False)
    world.campaign(1)
    world.sign_in("anna")
    world.tell(world.news.popleft())
    assert len(world.every(c.OpenAttempt)) == 1
    world.wait(3.0)
    assert world.dialed == []
    world.catch_up()
    assert len(world.dialed) == 1


def test_an_attempt_opened_too_late_is_not_dialed() -> None:
    world = World(prompt=False)
    world.campaign(1)
    world.sign_in("anna")
    world.tell(world.news.popleft())
    world.wait(5.1)
    world.catch_up()
    assert world.dialed == []
    assert (world.closed.task_move, world.closed.retry_after_s) == (TaskMove.RELEASE, 0.0)
    assert not world.closed.counts


def test_an_attempt_opened_twice_is_dialed_once() -> None:
    world, call = dialing()
    world.tell(e.AttemptOpened(call.attempt_id))
    assert world.dialed == [call.leg_id]


def test_a_refused_attempt_is_forgotten() -> None:
    world = World()
    world.storage.refuses.add(100_001)
    world.campaign(1)
    world.sign_in("anna")
    assert not world.calls
    assert world.dialed == []
    assert world.outcomes == []


def test_a_call_refused_after_it_was_opened_lives() -> None:
    world, call = dialing()
    world.tell(e.AttemptRefused(call.attempt_id, "told twice"))
    assert world.call is call


@pytest.mark.parametrize(
    ("cause", "sip_code", "disposition"),
    [
        (17, 486, Disposition.BUSY),
        (1, 404, Disposition.UNALLOCATED),
        (21, 603, Disposition.REJECTED),
        (34, 503, Disposition.CONGESTION),
        (20, 480, Disposition.UNREACHABLE),
    ],
)
def test_an_unanswered_call_ends_by_its_cause(
    cause: int, sip_code: int, disposition: Disposition
) -> None:
    world, call = dialing()
    world.hang_up(call.leg_id, cause, sip_code)
    assert world.outcomes == [disposition]
    assert (world.closed.cause, world.closed.sip_code) == (cause, sip_code)
    assert world.closed.agent_id is None


def test_a_call_that_rang_out_was_not_answered() -> None:
    world, call = dialing(ring_timeout_s=25.0)
    world.ring(call)
    world.wait(25.0)
    world.hang_up(call.leg_id, 19)
    assert world.outcomes == [Disposition.NO_ANSWER]


def test_a_machine_is_hung_up() -> None:
    world, call = dialing(amd=True)
    world.answer(call)
    assert call.state is CallState.DETECTING
    world.tell(e.MachineJudged(call.leg_id, True, "MACHINE/LONGGREETING"))
    assert world.outcomes == [Disposition.MACHINE]
    assert world.closed.note == "MACHINE/LONGGREETING"


def test_a_person_told_from_a_machine_gets_an_agent() -> None:
    world, call = dialing(amd=True)
    world.answer(call)
    world.tell(e.MachineJudged(call.leg_id, False, "HUMAN"))
    assert call.state is CallState.TALKING


def test_who_could_not_be_told_apart_is_a_person() -> None:
    world, call = dialing(amd=True)
    world.answer(call)
    world.tell(e.CommandFailed(call.leg_id, "DetectMachine", "no such context"))
    assert call.state is CallState.TALKING


def test_a_verdict_is_not_awaited_for_ever() -> None:
    world, call = dialing(amd=True)
    world.answer(call)
    world.wait(15.0)
    assert call.state is CallState.TALKING


def client_in(state: CallState) -> tuple[World, Call]:
    """The only client, in that state."""
    world, call = dialing(kept_up=False, amd=True, safe_harbour="sound:sorry")
    world.silent.add("PJSIP/anna")
    steps = {
        CallState.RINGING: lambda: world.ring(call),
        CallState.DETECTING: lambda: world.answer(call),
        CallState.CONNECTING: lambda: world.tell(e.MachineJudged(call.leg_id, False, "HUMAN")),
        CallState.WAITING: lambda: world.hang_up(str(call.agent_leg_id), 20),
        CallState.PARTING: lambda: world.wait(2.0),
    }
    for reached, step in steps.items():
        if call.state is not state:
            step()
            assert call.state is reached
    return world, call


@pytest.mark.parametrize(
    ("state", "disposition"),
    [
        (CallState.DIALING, Disposition.CANCELLED),
        (CallState.RINGING, Disposition.CANCELLED),
        (CallState.DETECTING, Disposition.LEFT),
        (CallState.CONNECTING, Disposition.LEFT),
        (CallState.WAITING, Disposition.LEFT),
        (CallState.PARTING, Disposition.ABANDONED),
    ],
)
def test_the_client_hangs_up_in_every_state(state: CallState, disposition: Disposition) -> None:
    world, call = client_in(state)
    world.hang_up(call.leg_id)
    assert world.outcomes == [disposition]
    assert not world.board.waiting
    assert world.state("anna").value == "available"


def test_an_originate_that_failed_for_certain_uses_up_no_attempt() -> None:
    world, call = dialing()
    world.tell(e.OriginateFailed(call.leg_id, True, "no such endpoint"))
    assert world.outcomes == [Disposition.FAILED]
    assert (world.closed.counts, world.closed.note) == (False, "no such endpoint")


def test_a_doubtful_call_that_is_answered_is_a_call() -> None:
    world, call = dialing()
    world.tell(e.OriginateFailed(call.leg_id, False, "no reply"))
    world.answer(call)
    assert call.state is CallState.TALKING


def test_calls_in_flight_go_on_when_the_campaign_is_paused() -> None:
    world, call = dialing()
    world.load(CampaignState.PAUSED)
    world.answer(call)
    assert call.state is CallState.TALKING


def test_an_attempt_opened_after_the_campaign_was_paused_is_not_dialed() -> None:
    world = World(prompt=False)
    world.campaign(1)
    world.sign_in("anna")
    world.tell(world.news.popleft())
    world.load(CampaignState.PAUSED)
    world.catch_up()
    assert world.dialed == []
    assert world.closed.task_move is TaskMove.RELEASE
