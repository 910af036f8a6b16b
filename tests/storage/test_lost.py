"""A lost caller is called back once, by whom he talked with last; and not where he may not be."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignState
from ccdialer.core.queue import CallbackOwner, Fate, QueueSettings
from ccdialer.storage import Database, TaskRow
from ccdialer.storage.callbacks import CallbackFilter, add_callback, list_callbacks
from ccdialer.storage.dnc import DncList, Listing, put_on_list
from ccdialer.storage.lost import CalledBack, Missed, call_back, callbacks_of
from tests.storage import callers
from tests.storage.callers import agent_of, comes, ends, joins, queue_of, row_of
from tests.storage.samples import NOW, carry, number

MINUTE_MS = 60_000


@pytest.fixture
def callbacks(db: Database) -> Campaign:
    return callers.callbacks_of(db)


def missed(campaign: Campaign, index: int = 1, **changes: Any) -> Missed:
    known = Missed(f"{index:032x}", number(index), campaign.project_id, NOW, waited_s=35.0)
    return replace(known, queue="sales", **changes)


def only(db: Database, campaign: Campaign) -> dict[str, Any]:
    (found,) = list_callbacks(db, CallbackFilter(campaign.id))
    return found | {"details": json.loads(found["details"])}


def journal(db: Database) -> list[tuple[Any, ...]]:
    sql = "SELECT state, reason, task_id FROM journal WHERE kind = 'callback' ORDER BY id"
    return db.rows(sql)


def test_who_leaves_is_called_back_at_once_by_anyone(db: Database, callbacks: Campaign) -> None:
    made = call_back(db, missed(callbacks))
    found = only(db, callbacks)
    assert made == CalledBack(found["id"])
    assert (found["due_at"], found["owner_id"], found["state"]) == (NOW, None, "waiting")
    assert found["details"] == {
        "missed_calls": 1,
        "missed_at": ["2027-01-15T08:00:00Z"],
        "why": f"he left the queue sales after 35 s (inbound call {1:032x})",
    }
    assert [row[0] for row in journal(db)] == ["asked"]


def test_he_is_pinned_to_whom_he_talked_with_last(db: Database, callbacks: Campaign) -> None:
    queue, anna, boris = queue_of(db), agent_of(db, "anna"), agent_of(db, "boris")
    for index, agent_id in enumerate((anna, boris)):
        came = comes(queue, 1, index * 60, call_id=f"talk{index}")
        end = ends(came, Fate.ANSWERED, index * 60 + 30)
        carry(db, came, joins(came, agent_id, index * 60 + 10), end)
    came = comes(queue, 1, 200)
    carry(db, came, ends(came, after_s=230))
    assert only(db, callbacks)["owner"] == "boris"
    agent_of(db, "boris", ("other",))  # he is not of the project any more
    came = comes(queue, 1, 400, call_id="e" * 32)
    db.run("UPDATE task SET state = 'done'")
    carry(db, came, ends(came, after_s=430))
    assert only(db, callbacks)["owner"] is None


ROUTED = """
    UPDATE inbound_call SET trace = ? WHERE id = ?"""


@pytest.mark.parametrize(
    ("callback_owner", "crm", "owner"),
    [
        ("last", "login:boris", "anna"),
        ("owner", "login:boris", "boris"),
        ("owner", "login:carla", "anna"),  # she is not of the project
        ("owner", "boris@example.com", "anna"),  # nobody here, as far as we know
        ("owner", "", "anna"),
        ("none", "login:boris", None),
    ],
)
def test_for_whom_it_is_the_queue_says(
    db: Database, callbacks: Campaign, callback_owner: str, crm: str, owner: str | None
) -> None:
    queue = queue_of(db, callback_owner=CallbackOwner(callback_owner))
    anna, _ = agent_of(db, "anna"), agent_of(db, "boris")
    agent_of(db, "carla", ("other",))
    talk, came = comes(queue), comes(queue, 1, 200, call_id="e" * 32)
    carry(db, talk, joins(talk, anna), ends(talk, Fate.ANSWERED), came)
    db.run(ROUTED, (json.dumps({"facts": {"owner": crm}}), came.caller.call_id))
    carry(db, ends(came, after_s=230))
    assert only(db, callbacks)["owner"] == owner


def test_a_callback_that_waits_already_is_the_one(db: Database, callbacks: Campaign) -> None:
    anna = agent_of(db, "anna")
    promised = TaskRow([(number(1), "1")], NOW + 60 * MINUTE_MS, 3, details='{"about": "roof"}')
    task_id = add_callback(db, callbacks.id, promised._replace(owner_id=anna), NOW)
    for _ in range(2):
        made = call_back(db, missed(callbacks, priority=7))
    assert made.task_id == task_id
    found = only(db, callbacks)
    assert (found["due_at"], found["priority"], found["owner"]) == (NOW, 7, "anna")
    assert (found["details"]["about"], found["details"]["missed_calls"]) == ("roof", 2)
    assert [row[0] for row in journal(db)] == ["asked", "missed", "missed"]


def test_one_of_another_campaign_of_the_project_is_the_one_too(
    db: Database, callbacks: Campaign
) -> None:
    other = callers.callbacks_of(db, "promises")
    task_id = add_callback(db, other.id, TaskRow([(number(1), "1")], NOW), NOW)
    settings = QueueSettings(callbacks="callbacks")
    assert call_back(db, missed(callbacks, settings=settings)).task_id == task_id
    assert list_callbacks(db, CallbackFilter(callbacks.id)) == []


def test_one_that_is_being_called_is_only_told(db: Database, callbacks: Campaign) -> None:
    task_id = add_callback(db, callbacks.id, TaskRow([(number(1), "1")], NOW), NOW)
    for state in ("reserved", "active"):
        db.run("UPDATE task SET state = ?, node = 'one' WHERE id = ?", (state, task_id))
        assert call_back(db, missed(callbacks)).task_id == task_id
        assert only(db, callbacks)["state"] == state


def test_a_settled_one_is_asked_for_anew(db: Database, callbacks: Campaign) -> None:
    first = call_back(db, missed(callbacks)).task_id
    db.run("UPDATE task SET state = 'failed', attempts = 3 WHERE id = ?", (first,))
    assert call_back(db, missed(callbacks)).task_id == first
    found = only(db, callbacks)
    assert (found["state"], found["attempts"], found["due_at"]) == ("waiting", 0, NOW)


def test_who_asks_for_it_keeps_his_place(db: Database, callbacks: Campaign) -> None:
    call_back(db, missed(callbacks, 2))
    since = NOW - 5 * MINUTE_MS
    asks = missed(callbacks, fate=Fate.CALLBACK, keeps_place_from=since)
    made = call_back(db, asks)
    first, _ = list_callbacks(db, CallbackFilter(callbacks.id))
    assert (first["id"], first["due_at"]) == (made.task_id, since)


def test_whom_nobody_can_call(db: Database, callbacks: Campaign) -> None:
    short = missed(callbacks, waited_s=2.0, settings=QueueSettings(lost_after_s=5))
    for each, why in (
        (replace(missed(callbacks), number=""), "his number is hidden"),
        (short, "he hung up at once"),
    ):
        assert call_back(db, each) == CalledBack(None, why)
    assert list_callbacks(db, CallbackFilter(callbacks.id)) == []
    assert [row[:2] for row in journal(db)] == [
        ("not_made", "his number is hidden"),
        ("not_made", "he hung up at once"),
    ]
    assert call_back(db, replace(short, fate=Fate.LOST)).task_id is not None


def test_who_is_on_a_do_not_call_list_is_not_called(db: Database, callbacks: Campaign) -> None:
    put_on_list(db, DncList(callbacks.project_id, "agent"), [Listing(number(1), "asked")], NOW)
    for _ in range(2):
        made = call_back(db, missed(callbacks))
        task = storage.show_task(db, made.task_id or 0)
        assert task["state"] == "cancelled"
        assert task["reason"].startswith("on the do-not-call list of project")


def test_where_there_is_no_callback_campaign_it_is_said(db: Database) -> None:
    queue = queue_of(db)
    told = callbacks_of(db, queue.project_id)
    assert told == "its project has no callback campaign: make one (mode: callback)"
    came = comes(queue)
    carry(db, came, ends(came))
    assert row_of(db, came.caller.call_id)["fate_reason"] == f"not called back: {told}"
    assert journal(db) == [("not_made", told, None)]


def test_which_campaign_it_is(db: Database, callbacks: Campaign) -> None:
    project = callbacks.project_id
    assert callbacks_of(db, project) == callbacks
    other = callers.callbacks_of(db, "others")
    several = callbacks_of(db, project)
    assert isinstance(several, str)
    assert several.startswith("its project has 2 callback campaigns: name one")
    assert callbacks_of(db, project, QueueSettings(callbacks="others")) == other
    assert callbacks_of(db, project, QueueSettings(callbacks="gone")) == (
        'its project has no callback campaign "gone": make it, or name another'
    )
    storage.set_campaign_state(db, other.id, CampaignState.CANCELLED, NOW)
    assert callbacks_of(db, project) == callbacks
    callers.callbacks_of(db, "elsewhere", "other")
    assert callbacks_of(db, project) == callbacks
