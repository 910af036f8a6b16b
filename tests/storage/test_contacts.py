"""One contact for one agent, whoever asks at the same time; whom a rule holds is not offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.campaign import Campaign, CampaignState
from ccdialer.core.commands import RecordAgentState, ReserveContact, SettleCampaigns, SkipContact
from ccdialer.core.events import CampaignMoved, ContactReserved
from ccdialer.core.task import Task
from ccdialer.storage import Database, permission
from ccdialer.storage.contacts import claim_contact, show_contact
from ccdialer.storage.permission import Candidate, Hold
from tests.storage.samples import NODE, NOW, at, carry, insert, number, row, state_of

ANNA, BERT = 1, 2


def ask(db: Database, campaign: Campaign, agent_id: int = ANNA, now: int = NOW) -> Task | None:
    return claim_contact(db, ReserveContact(agent_id, (campaign.id,), at()), now, NODE)


def asked(db: Database, campaign: Campaign, agent_id: int = ANNA) -> Task:
    task = ask(db, campaign, agent_id)
    assert task is not None
    return task


def test_the_first_in_the_queue_is_reserved(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1), row(2, priority=9), row(3, due_at=NOW + 1)])
    assert asked(db, campaign).numbers == (number(2),)
    second = asked(db, campaign, BERT)
    assert second.numbers == (number(1),)
    assert state_of(db, second.id) == "reserved"
    assert ask(db, campaign) is None


def test_the_first_campaign_that_has_a_contact_gives_it(db: Database, campaign: Campaign) -> None:
    other = storage.upsert_campaign(db, "acme", "other", campaign.settings, NOW)
    insert(db, other, [row(1)])
    wanted = ReserveContact(ANNA, (campaign.id, other.id), at())
    (answer,) = carry(db, wanted)
    assert isinstance(answer, ContactReserved)
    assert answer.task is not None
    assert (answer.agent_id, answer.task.campaign_id) == (ANNA, other.id)


def test_a_promised_contact_is_kept_for_its_agent_while_he_is_on_duty(
    db: Database, campaign: Campaign
) -> None:
    insert(db, campaign, [row(1), row(2)])
    first = asked(db, campaign)
    storage.release_tasks(db, [first.id], NODE)
    for login in ("anna", "bert"):  # ids 1 and 2
        agent = Agent(0, login, login, f"PJSIP/{login}", True, frozenset())
        storage.upsert_agent(db, agent, ["acme"], NOW)
    carry(db, RecordAgentState(BERT, AgentState.PAUSED, "lunch", at(), "s", None))
    db.run("UPDATE task SET owner_id = ? WHERE id = ?", (BERT, first.id))
    second = asked(db, campaign)
    assert second.id != first.id
    assert ask(db, campaign) is None
    assert asked(db, campaign, BERT).id == first.id
    storage.release_tasks(db, [first.id], NODE)
    carry(db, RecordAgentState(BERT, AgentState.OFFLINE, "signed out", at(1), "s", None))
    assert asked(db, campaign).id == first.id, "nobody waits for who is not there"


def test_whom_a_rule_holds_back_is_not_offered(
    db: Database, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(db, campaign, [row(1), row(2), row(3)])
    verdicts = {
        number(1): Hold("window", "night", NOW + 60_000),
        number(2): Hold("dnc", "no", None),
    }

    def rule(_: Database, candidates: Sequence[Candidate]) -> Mapping[int, Hold]:
        return {c.task_id: verdicts[c.number] for c in candidates if c.number in verdicts}

    monkeypatch.setattr(permission, "CHECKS", (rule,))
    assert asked(db, campaign).numbers == (number(3),)
    found = [(t["state"], t["reason"]) for t in storage.list_tasks(db, storage.TaskFilter())]
    assert found == [("waiting", "night"), ("cancelled", "no"), ("reserved", "")]


def test_a_contact_without_a_number_is_not_offered(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1), row(2)])
    db.run("UPDATE task_number SET bad = ? WHERE e164 = ?", (True, number(1)))
    assert asked(db, campaign).numbers == (number(2),)


def test_a_skipped_contact_goes_behind_all_that_are_due(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1), row(2)])
    first = asked(db, campaign)
    carry(db, SkipContact(first.id, campaign.id, ANNA, at(1)))
    assert state_of(db, first.id) == "waiting"
    later = [ask(db, campaign, now=NOW + 2000) for _ in range(2)]
    assert [task and task.id == first.id for task in later] == [False, True]
    (entry,) = storage.show_task(db, first.id)["journal"]
    assert (entry["state"], entry["agent_id"]) == ("skipped", ANNA)


def test_many_who_ask_at_once_get_one_each(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(n) for n in range(20)])

    def work(agent_id: int) -> list[int]:
        found = []
        while (task := ask(db, campaign, agent_id)) is not None:
            found.append(task.id)
        return found

    with ThreadPoolExecutor(4) as threads:
        got = [task_id for each in threads.map(work, range(1, 5)) for task_id in each]
    assert len(got) == len(set(got)) == 20


def test_an_assignment_is_done_when_all_its_contacts_are_settled(
    db: Database, campaign: Campaign
) -> None:
    storage.set_campaign_state(db, campaign.id, CampaignState.ACTIVE, NOW)
    assert carry(db, SettleCampaigns((campaign.id,))) == [], "it never had any"
    insert(db, campaign, [row(1)])
    (task,) = storage.list_tasks(db, storage.TaskFilter())
    assert carry(db, SettleCampaigns((campaign.id,))) == []
    storage.cancel_tasks(db, [task["id"]], "withdrawn", NOW)
    answers = carry(db, ReserveContact(ANNA, (campaign.id,), at()))
    assert answers == [
        ContactReserved(ANNA, None),
        CampaignMoved(campaign.id, CampaignState.DONE),
    ]
    assert carry(db, SettleCampaigns((campaign.id,))) == [], "once"
    insert(db, campaign, [row(2)])
    assert storage.campaign_by_id(db, campaign.id).state is CampaignState.ACTIVE
    states = [entry["state"] for entry in storage.read_journal(db, "campaign")]
    assert states == ["applied", "active", "done", "reopened"]


def test_what_an_agent_reads(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1, details='{"name": "Petrov"}')])
    shown = show_contact(db, asked(db, campaign).id)
    assert shown["numbers"][0]["e164"] == number(1)
    assert shown["details"] == '{"name": "Petrov"}'
    assert (shown["result"], shown["history"], shown["tries"]) == (None, [], [])
