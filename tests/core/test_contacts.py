"""An agent asks for a contact, reads, and calls; the contact is his alone meanwhile."""

from __future__ import annotations

import pytest

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.campaign import CampaignState, Mode
from ccdialer.core.contacts import NOT_CALLED, assignments
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import Task
from tests.core.world import World, reading


def test_nothing_is_dialed_by_itself() -> None:
    world = World()
    world.campaign(5, mode=Mode.PREVIEW)
    world.sign_in("anna")
    world.wait(60.0)
    assert world.every(c.OpenAttempt) == []
    assert world.every(c.ReserveTasks) == []


def test_an_agent_reads_a_contact_that_nobody_else_is_offered() -> None:
    world = reading(2)
    world.sign_in("bert")
    world.ask("bert")
    anna, bert = world.seat("anna"), world.seat("bert")
    assert (anna.state, bert.state) == (AgentState.READING, AgentState.READING)
    assert anna.contact is not None
    assert bert.contact is not None
    assert anna.contact.id != bert.contact.id


def test_who_asks_twice_keeps_what_he_reads() -> None:
    world = reading(2)
    first = world.seat("anna").contact
    world.ask("anna")
    assert world.seat("anna").contact is first
    assert len(world.every(c.ReserveContact)) == 1


def test_while_all_is_stopped_no_contact_is_looked_for() -> None:
    world = reading(0)
    world.tell(e.AllStopped("wrong list"))
    world.add_tasks(1)
    world.ask("anna")
    assert world.state("anna") is AgentState.AVAILABLE
    assert len(world.every(c.ReserveContact)) == 1
    world.tell(e.AllResumed())
    world.ask("anna")
    assert world.seat("anna").contact is not None


def test_without_a_contact_that_is_due_he_is_available_again() -> None:
    world = reading(0)
    assert world.state("anna") is AgentState.AVAILABLE


@pytest.mark.parametrize("kept_up", [True, False])
def test_the_agent_s_phone_first_then_the_client_s(kept_up: bool) -> None:
    world = reading(kept_up=kept_up)
    world.silent.add("PJSIP/anna")
    world.call_contact("anna")
    if not kept_up:
        assert (world.call.state, world.dialed) == (CallState.SUMMONING, [])
        world.legs[str(world.call.agent_leg_id)] = True
        world.tell(e.LegAnswered(str(world.call.agent_leg_id)))
    assert world.dialed == [world.call.leg_id]
    world.answer(world.call)
    assert world.call.state is CallState.TALKING
    assert world.state("anna") is AgentState.TALKING


def test_one_of_several_numbers_is_called() -> None:
    world = reading(0)
    numbers = ("+79160000001", "+79160000002", "+79160000003")
    world.storage.due.append(Task(7, 1, numbers, attempts=4))
    world.ask("anna")
    world.call_contact("anna", numbers[2])
    assert world.call.number == numbers[2]


def test_a_skipped_contact_goes_behind_the_others() -> None:
    world = reading(2)
    first = world.seat("anna").contact
    world.skip("anna")
    assert world.state("anna") is AgentState.AVAILABLE
    world.ask("anna")
    second = world.seat("anna").contact
    world.skip("anna")
    world.ask("anna")
    assert second not in (None, first)
    assert world.seat("anna").contact == first


@pytest.mark.parametrize(
    ("deed", "state"), [("sign_out", AgentState.OFFLINE), ("pause", AgentState.PAUSED)]
)
def test_who_goes_leaves_his_contact_as_it_was(deed: str, state: AgentState) -> None:
    world = reading()
    getattr(world, deed)("anna")
    assert world.state("anna") is state
    assert len(world.storage.due) == 1
    assert not world.storage.reserved


def test_who_reads_too_long_is_paused_and_the_contact_free() -> None:
    world = reading(reading_s=60.0)
    world.wait(59.9)
    assert world.state("anna") is AgentState.READING
    world.wait(0.1)
    assert (world.state("anna"), world.seat("anna").reason) == (AgentState.PAUSED, NOT_CALLED)
    assert len(world.storage.due) == 1


def test_the_time_of_an_earlier_contact_does_not_end_a_later_one() -> None:
    world = reading(2, reading_s=60.0)
    world.wait(30.0)
    world.skip("anna")
    world.ask("anna")
    world.wait(31.0)
    assert world.state("anna") is AgentState.READING
    world.wait(29.0)
    assert world.state("anna") is AgentState.PAUSED


def test_a_reading_agent_gets_nobody_else_s_client() -> None:
    world = reading()
    world.campaign(1, id=2)
    world.wait(5.0)
    assert world.dialed == []
    world.skip("anna")
    world.wait(5.0)
    assert len(world.dialed) == 1


def test_an_answer_that_comes_too_late_gives_the_contact_back() -> None:
    world = World(prompt=False)
    world.campaign(1, mode=Mode.PREVIEW)
    world.sign_in("anna")
    world.ask("anna")
    world.pause("anna")
    world.catch_up()
    assert world.seat("anna").contact is None
    assert len(world.storage.due) == 1


def test_a_campaign_that_is_paused_takes_its_contacts_back() -> None:
    world = reading()
    world.load(CampaignState.PAUSED)
    assert world.state("anna") is AgentState.AVAILABLE
    assert len(world.storage.due) == 1
    world.ask("anna")
    assert world.state("anna") is AgentState.AVAILABLE


def test_the_contact_is_free_again_after_a_restart() -> None:
    world = reading()
    world.restart()
    world.find_switch()
    assert world.state("anna") is AgentState.AVAILABLE
    assert len(world.storage.due) == 1


def test_asking_ends_wrap_up() -> None:
    world = reading(2)
    world.call_contact("anna")
    world.answer(world.call)
    world.hang_up(world.call.leg_id)
    assert world.state("anna") is AgentState.WRAP_UP
    world.ask("anna")
    assert world.state("anna") is AgentState.READING


def test_an_agent_who_does_not_answer_his_phone_costs_the_client_nothing() -> None:
    world = reading()
    world.sign_in("bert")
    world.broken.add("PJSIP/anna")
    world.call_contact("anna")
    assert world.dialed == []
    assert world.outcomes == [Disposition.CANCELLED]
    assert world.state("bert") is AgentState.AVAILABLE, "he has not read it"
    assert world.seat("anna").missed == 1


def test_without_asterisk_he_reads_on() -> None:
    world = reading()
    world.lose_switch()
    world.call_contact("anna")
    assert world.state("anna") is AgentState.READING
    world.find_switch()
    world.call_contact("anna")
    assert world.call.state is CallState.DIALING


def test_assignments_by_priority_for_those_who_are_named() -> None:
    world = World()
    world.campaign(1, 1, mode=Mode.PREVIEW)
    world.campaign(1, 2, mode=Mode.PREVIEW, priority=9)
    world.campaign(1, 3, mode=Mode.PREVIEW, agents=("bert",))
    world.campaign(0, 4)
    world.sign_in("anna")
    found = assignments(world.board, world.seat("anna"))
    assert [run.campaign.id for run in found] == [2, 1]
    world.ask("anna")
    contact = world.seat("anna").contact
    assert contact is not None
    assert contact.campaign_id == 2


def test_an_assignment_is_settled_when_a_contact_has_ended() -> None:
    world = reading()
    world.call_contact("anna")
    world.hang_up(world.call.leg_id, 17, 486)
    assert world.said.count(c.SettleCampaigns((1,))) == 1
    assert world.said.index(c.SettleCampaigns((1,))) > world.said.index(world.closed)


def test_after_a_talk_it_is_settled_when_wrap_up_ends() -> None:
    world = reading()
    world.call_contact("anna")
    world.answer(world.call)
    world.hang_up(world.call.leg_id)
    assert c.SettleCampaigns((1,)) not in world.said
    world.ready("anna")
    assert c.SettleCampaigns((1,)) in world.said


def test_storage_s_word_on_an_assignment_is_believed() -> None:
    world = reading(0)
    world.tell(e.CampaignMoved(1, CampaignState.DONE))
    assert world.board.runs[1].campaign.state is CampaignState.DONE
    world.tell(e.CampaignMoved(9, CampaignState.DONE))
