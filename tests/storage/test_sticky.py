"""Callbacks are claimed with their ladders, each end of a wait is written once, and no node takes
another one's."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.campaign import Campaign, CampaignSettings, Mode
from ccdialer.core.commands import RecordAgentState, RecordMiss, ReserveTasks
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import AttemptOpened, AttemptRefused, TasksReserved
from ccdialer.core.task import Step, Task, TaskMove
from ccdialer.core.trunk import Route
from ccdialer.storage import Database
from ccdialer.storage.locks import alive
from tests.lab.sipp import wait_until
from tests.storage.samples import NOW, at, carry, closing, insert, opening, row, state_of


@pytest.fixture
def sticky(db: Database) -> Campaign:
    return storage.upsert_campaign(db, "acme", "back", CampaignSettings("P/x", Mode.CALLBACK), NOW)


def agent(db: Database, login: str, *groups: str) -> int:
    one = Agent(0, login, login, f"PJSIP/{login}", True, frozenset(), frozenset(groups))
    return storage.upsert_agent(db, one, ["acme"], NOW)


def claim(db: Database, campaign: Campaign, node: str = "one") -> TasksReserved:
    (answer,) = carry(db, ReserveTasks(campaign.id, 100, is_sticky=True), node=node)
    assert isinstance(answer, TasksReserved)
    return answer


def miss(task: Task, step: Step, next_step: Step, **more: Any) -> RecordMiss:
    told = RecordMiss(task.id, task.campaign_id, task.owner_id, step, next_step, at(60), "busy")
    return replace(told, **more)


def misses(db: Database) -> list[tuple[str, str]]:
    rows = storage.read_journal(db, "callback")
    return [(one["state"], one["detail"]["next"]) for one in rows if "next" in one["detail"]]


def signs_in(db: Database, agent_id: int, node: str, state: AgentState) -> None:
    carry(db, RecordAgentState(agent_id, state, "", at(), "s", None), node=node)


def test_a_callback_comes_with_its_owner_his_groups_and_leave(
    db: Database, sticky: Campaign
) -> None:
    anna = agent(db, "anna", "sales", "vip")
    storage.set_leave(db, anna, NOW + 5000)
    owned = row(1, owner_id=anna, due_at=NOW - 500, priority=7)
    insert(db, sticky, [owned, row(2, owner_group="vip"), row(3)])
    first, second, third = claim(db, sticky).tasks
    assert (first.owner_id, first.groups) == (anna, frozenset({"sales", "vip"}))
    assert (first.due_at, first.priority, first.step_at) == (at(-0.5), 7, None)
    assert first.owner_leave_until == at(5)
    assert (second.owner_id, second.groups) == (None, frozenset({"vip"}))
    assert (third.owner_id, third.groups) == (None, frozenset())


def test_it_tells_when_the_next_one_is_due(db: Database, sticky: Campaign) -> None:
    insert(db, sticky, [row(1), row(2, due_at=NOW + 7000), row(3, due_at=NOW + 3000, priority=1)])
    assert claim(db, sticky).next_due_at == at(3)


def test_the_end_of_a_wait_is_written_once(db: Database, sticky: Campaign) -> None:
    insert(db, sticky, [row(1, owner_id=agent(db, "anna", "sales"))])
    (task,) = claim(db, sticky).tasks
    told = miss(task, Step.OWNER, Step.GROUP)
    carry(db, told, told)
    carry(db, told)
    assert misses(db) == [("owner_missed", "group")]
    carry(db, miss(task, Step.GROUP, Step.ANYONE, at=at(90)))
    assert misses(db) == [("owner_missed", "group"), ("group_missed", "anyone")]
    storage.release_reserved(db, "one")
    (again,) = claim(db, sticky).tasks
    assert (again.step, again.step_at) == (Step.ANYONE, at(90))
    assert storage.agent_totals(db, NOW, NOW + 100_000)[task.owner_id or 0].missed == 1


def test_a_new_due_time_begins_the_ladder_anew_and_keeps_the_owner(
    db: Database, sticky: Campaign
) -> None:
    anna = agent(db, "anna")
    insert(db, sticky, [row(1, owner_id=anna)])
    (task,) = claim(db, sticky).tasks
    carry(db, miss(task, Step.OWNER, Step.ANYONE))
    opened = opening(task, held_agent_id=anna)
    carry(db, opened)
    carry(db, closing(opened, ended_at=at(-700)))
    (again,) = claim(db, sticky).tasks
    assert (again.owner_id, again.step_at, again.attempts) == (anna, None, 1)


def test_what_was_not_dialed_is_due_as_before(db: Database, sticky: Campaign) -> None:
    insert(db, sticky, [row(1, owner_id=agent(db, "anna"), due_at=NOW - 9000)])
    (task,) = claim(db, sticky).tasks
    carry(db, miss(task, Step.OWNER, Step.ANYONE))
    opened = opening(task)
    carry(db, opened)
    carry(db, closing(opened, task_move=TaskMove.RELEASE, retry_after_s=0.0, counts=False))
    (again,) = claim(db, sticky).tasks
    assert (again.due_at, again.step) == (at(-9), Step.ANYONE)


def test_a_node_leaves_callbacks_to_the_node_of_their_owner(
    db: Database, sticky: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ccdialer.storage.sticky.alive", lambda db, nodes: set(nodes))
    anna, bert = agent(db, "anna"), agent(db, "bert")
    insert(db, sticky, [row(1, owner_id=anna), row(2, owner_id=bert), row(3)])
    first, *_ = claim(db, sticky).tasks
    signs_in(db, anna, "two", AgentState.AVAILABLE)
    told = claim(db, sticky)
    assert (told.gone, told.tasks) == ((first.id,), ())
    assert [task.owner_id for task in claim(db, sticky, "two").tasks] == [anna]
    (answer,) = carry(db, opening(first))
    assert answer == AttemptRefused(answer.attempt_id, "the task is reserved at node two")
    carry(db, miss(first, Step.OWNER, Step.ANYONE))
    assert misses(db) == [], "nor does it tell a miss of what is another one's"
    signs_in(db, anna, "two", AgentState.OFFLINE)
    storage.release_reserved(db, "two")
    assert [task.owner_id for task in claim(db, sticky).tasks] == [anna]


@pytest.mark.postgres
def test_a_dead_node_keeps_no_callback(db: Database, sticky: Campaign) -> None:
    if db.dialect == "sqlite":
        pytest.skip("SQLite tells nobody who holds a lock")
    anna = agent(db, "anna")
    insert(db, sticky, [row(1, owner_id=anna)])
    signs_in(db, anna, "two", AgentState.AVAILABLE)
    with storage.lock_node(db, "two"):
        assert alive(db, ["two", "three"]) == {"two"}
        assert claim(db, sticky).tasks == ()
    wait_until(lambda: not alive(db, ["two"]), 10, "the server's word that the session is gone")
    assert len(claim(db, sticky).tasks) == 1


def test_a_talk_closes_the_client_s_callbacks(db: Database, sticky: Campaign) -> None:
    other = storage.upsert_campaign(db, "acme", "sales", CampaignSettings("P/x"), NOW)
    abroad = storage.upsert_campaign(db, "else", "b", CampaignSettings("P/x", Mode.CALLBACK), NOW)
    for campaign in (sticky, other, abroad):
        insert(db, campaign, [row(1), row(2)])
    held = claim(db, sticky).tasks
    stranger = claim(db, abroad).tasks[0]
    call = opening(storage.claim_tasks(db, other.id, 1, NOW, "one")[0])
    carry(db, call)
    talked = {"disposition": Disposition.TALKED, "task_move": TaskMove.FINISH}
    carry(db, closing(call, **talked), closing(call, **talked))
    shown = storage.show_task(db, held[0].id)
    assert (shown["state"], shown["node"]) == ("done", None)
    assert shown["reason"] == f"reached by attempt {call.attempt_id}"
    assert [one["state"] for one in shown["journal"]] == ["reached"]
    assert state_of(db, held[1].id) == "reserved"
    assert state_of(db, stranger.id) == "reserved", "another project's is its own business"
    (answer,) = carry(db, opening(held[0]))
    assert isinstance(answer, AttemptRefused)
    (answer,) = carry(db, opening(held[1]))
    assert isinstance(answer, AttemptOpened)


def test_an_unanswered_call_closes_nothing(db: Database, sticky: Campaign) -> None:
    other = storage.upsert_campaign(db, "acme", "sales", CampaignSettings("P/x"), NOW)
    insert(db, sticky, [row(1)])
    insert(db, other, [row(1)])
    call = opening(storage.claim_tasks(db, other.id, 1, NOW, "one")[0])
    carry(db, call)
    carry(db, closing(call))
    assert len(claim(db, sticky).tasks) == 1


def test_details_of_a_miss_are_json_of_the_ladder(db: Database, sticky: Campaign) -> None:
    insert(db, sticky, [row(1, owner_id=agent(db, "anna"))])
    (task,) = claim(db, sticky).tasks
    carry(db, miss(task, Step.OWNER, Step.ANYONE))
    (entry,) = storage.read_journal(db, "callback")
    assert entry["detail"] == {"step": "owner", "next": "anyone", "due_at": NOW}
    assert (entry["agent_id"], entry["task_id"], entry["node"]) == (task.owner_id, task.id, "one")
    assert json.loads(json.dumps(entry["detail"])) == entry["detail"]


def test_a_stop_does_not_begin_the_ladder_anew(db: Database, sticky: Campaign) -> None:
    insert(db, sticky, [row(1, owner_id=agent(db, "anna", "sales"), due_at=NOW - 900_000)])
    (task,) = claim(db, sticky).tasks
    carry(db, miss(task, Step.OWNER, Step.ANYONE))
    storage.stop_all(db, "wrong list", NOW)
    (answer,) = carry(db, opening(task, route=Route(None, "", "P/1", "")))
    assert isinstance(answer, AttemptRefused)
    storage.resume_all(db, NOW)
    (again,) = claim(db, sticky).tasks
    assert (again.step, again.due_at) == (Step.ANYONE, task.due_at)
