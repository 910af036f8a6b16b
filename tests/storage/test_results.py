"""A result is kept with its attempt and does to the task what it means, exactly once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, CampaignState
from ccdialer.core.commands import OpenAttempt, RecordResult
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import CampaignMoved
from ccdialer.core.result import Given, Result
from ccdialer.core.task import TaskMove
from ccdialer.storage import Database
from ccdialer.storage.results import history_of_task, result_of_task
from tests.storage.samples import (
    NOW,
    at,
    carry,
    claim,
    closing,
    insert,
    number,
    opening,
    row,
    state_of,
)

SUCCESS = Given(Result.SUCCESS, kind="quote wanted", comment="by mail")
REFUSAL = Given(Result.REFUSAL, reason="too expensive")
CALLBACK = Given(Result.CALLBACK, minutes=10)
TALKED: dict[str, Any] = {"disposition": Disposition.TALKED, "task_move": TaskMove.FINISH}


@pytest.fixture
def call(db: Database, campaign: Campaign) -> OpenAttempt:
    """An open attempt on the first of three tasks."""
    insert(db, campaign, [row(1), row(2), row(3)])
    opened = opening(claim(db, campaign, 1)[0])
    carry(db, opened)
    return opened


def said(call: OpenAttempt, given: Given, **changes: Any) -> RecordResult:
    told = RecordResult(call.attempt_id, call.task_id, call.campaign_id, 7, at(20), given)
    return replace(told, **changes)


def due_at(db: Database, task_id: int) -> int:
    return int(storage.show_task(db, task_id)["due_at"])


def test_during_the_talk_it_waits_for_the_end_of_the_call(db: Database, call: OpenAttempt) -> None:
    carry(db, said(call, CALLBACK, callback_at=at(600)))
    assert state_of(db, call.task_id) == "active"
    carry(db, closing(call, **TALKED))
    assert (state_of(db, call.task_id), due_at(db, call.task_id)) == ("waiting", NOW + 600_000)


def test_after_the_call_it_is_done_at_once(db: Database, call: OpenAttempt) -> None:
    carry(db, closing(call))
    assert state_of(db, call.task_id) == "waiting"
    carry(db, said(call, SUCCESS))
    assert state_of(db, call.task_id) == "done"
    assert result_of_task(db, call.task_id) == {
        **{"result": "success", "kind": "quote wanted", "reason": "", "comment": "by mail"},
        "at": NOW + 20_000,
    }


def test_the_last_word_counts_and_every_word_is_in_the_journal(
    db: Database, call: OpenAttempt
) -> None:
    carry(db, closing(call, **TALKED), said(call, REFUSAL))
    assert state_of(db, call.task_id) == "done"
    carry(db, said(call, CALLBACK, callback_at=at(60)))
    assert state_of(db, call.task_id) == "waiting"
    words = [
        (entry["state"], entry["reason"], entry["attempt_id"])
        for entry in storage.read_journal(db, "result")
    ]
    attempt = call.attempt_id
    assert words == [("refusal", "too expensive", attempt), ("callback", "", attempt)]


def test_a_callback_goes_down_the_queue(db: Database, call: OpenAttempt) -> None:
    carry(db, closing(call, **TALKED), said(call, CALLBACK, callback_places=2))
    assert [task.id for task in claim_late(db, call)][2] == call.task_id


def claim_late(db: Database, call: OpenAttempt) -> Any:
    return storage.claim_tasks(db, call.campaign_id, 9, NOW + 60_000, "one")


def test_the_same_batch_again_moves_nothing(db: Database, call: OpenAttempt) -> None:
    batch = (closing(call, **TALKED), said(call, CALLBACK, callback_places=1))
    carry(db, *batch)
    before = due_at(db, call.task_id)
    carry(db, batch[0])
    carry(db, *batch)
    assert due_at(db, call.task_id) == before
    assert len(storage.read_journal(db, "result")) == 1


def test_a_withdrawn_task_stays_so(db: Database, call: OpenAttempt) -> None:
    storage.cancel_tasks(db, [call.task_id], "withdrawn", NOW)
    carry(db, closing(call, **TALKED), said(call, CALLBACK, callback_at=at(60)))
    assert state_of(db, call.task_id) == "cancelled"


def test_a_result_of_an_earlier_call_moves_nothing(db: Database, call: OpenAttempt) -> None:
    carry(db, closing(call, retry_after_s=0.0, ended_at=at(-10)))
    (task,) = [task for task in claim_late(db, call) if task.id == call.task_id]
    carry(db, opening(task, at=at(30)))
    carry(db, said(call, SUCCESS))
    assert state_of(db, call.task_id) == "active"


def test_of_an_attempt_that_never_was_nothing_is_kept(db: Database, call: OpenAttempt) -> None:
    carry(db, said(replace(call, attempt_id="f" * 32), SUCCESS))
    assert result_of_task(db, call.task_id) is None
    assert storage.read_journal(db, "result") == []


def test_the_client_s_history_is_of_his_project_and_without_callbacks(
    db: Database, campaign: Campaign, call: OpenAttempt
) -> None:
    anna = Agent(0, "anna", "Anna", "PJSIP/anna", True, frozenset())
    agent_id = storage.upsert_agent(db, anna, ["acme"], NOW)
    carry(db, closing(call, **TALKED), said(call, SUCCESS, agent_id=agent_id))
    same = storage.upsert_campaign(db, "acme", "later", campaign.settings, NOW)
    other = storage.upsert_campaign(db, "rival", "later", campaign.settings, NOW)
    for made in (same, other):
        insert(db, made, [row(1)])
    ours, theirs = (claim(db, made)[0] for made in (same, other))
    again = opening(ours)
    carry(db, again, closing(again), said(again, CALLBACK, callback_at=at(60)))
    (entry,) = history_of_task(db, ours.id)
    assert (entry["result"], entry["kind"], entry["agent"]) == ("success", "quote wanted", "anna")
    assert (entry["campaign"], entry["comment"]) == ("demo", "by mail")
    assert history_of_task(db, theirs.id) == []


def test_a_callback_opens_an_assignment_that_was_done(db: Database, call: OpenAttempt) -> None:
    carry(db, closing(call, **TALKED))
    storage.set_campaign_state(db, call.campaign_id, CampaignState.DONE, NOW)
    events = carry(db, said(call, CALLBACK, callback_at=at(60)))
    assert events == [CampaignMoved(call.campaign_id, CampaignState.ACTIVE)]


def test_a_promised_callback_is_its_agent_s(db: Database, call: OpenAttempt) -> None:
    db.run("UPDATE task SET owner_group = 'sales' WHERE id = ?", (call.task_id,))
    carry(db, closing(call, **TALKED), said(call, CALLBACK, callback_at=at(60)))
    assert storage.show_task(db, call.task_id)["owner_group"] == "sales"
    carry(db, said(call, CALLBACK, callback_at=at(60), is_promised=True, at=at(30)))
    task = storage.show_task(db, call.task_id)
    assert (task["owner_id"], task["owner_group"]) == (7, None)


@pytest.mark.parametrize(("reason", "is_listed"), [("asks not to be called", True), ("no", False)])
def test_who_asks_not_to_be_called_is_listed_with_all_his_numbers(
    db: Database, campaign: Campaign, reason: str, is_listed: bool
) -> None:
    numbers = [(number(1), number(1)), (number(2), number(2))]
    insert(db, campaign, [row(1, numbers=numbers)])
    opened = opening(claim(db, campaign, 1)[0])
    carry(db, opened, closing(opened, **TALKED))
    carry(db, said(opened, Given(Result.REFUSAL, reason=reason)))
    entries = db.rows("SELECT e164, project_id, source, reason FROM do_not_call ORDER BY e164")
    listed = [(e164, campaign.project_id, "agent", reason) for e164, _ in numbers]
    assert entries == (listed if is_listed else [])
