"""Callbacks are asked for, listed, moved and released, and what is in a call stays as it is."""

from __future__ import annotations

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignSettings, Mode
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import Step, TaskMove, next_number
from ccdialer.errors import Refused
from ccdialer.storage import CallbackFilter, Database, Pin
from tests.storage.samples import NOW, carry, closing, number, opening, row
from tests.storage.test_sticky import agent, claim


@pytest.fixture
def sticky(db: Database) -> Campaign:
    return storage.upsert_campaign(db, "acme", "back", CampaignSettings("P/x", Mode.CALLBACK), NOW)


def ids(db: Database, **wanted: object) -> list[int]:
    return [one["id"] for one in storage.list_callbacks(db, CallbackFilter(**wanted))]  # type: ignore[arg-type]


def test_callbacks_are_listed_by_who_and_when(db: Database, sticky: Campaign) -> None:
    anna = agent(db, "anna")
    late = storage.add_callback(db, sticky.id, row(1, owner_id=anna, due_at=NOW - 5), NOW)
    soon = storage.add_callback(db, sticky.id, row(2, owner_group="vip", due_at=NOW + 5), NOW)
    other = storage.upsert_campaign(db, "acme", "sales", CampaignSettings("P/x"), NOW)
    storage.insert_tasks(db, other.id, [row(3)], NOW)
    assert ids(db) == [late, soon]
    assert ids(db, owner_id=anna) == ids(db, due_before=NOW) == [late]
    assert ids(db, owner_group="vip") == [soon]
    assert ids(db, campaign_id=other.id) == []
    first, _ = storage.list_callbacks(db, CallbackFilter())
    assert (first["owner"], first["numbers"][0]["e164"]) == ("anna", number(1))


def test_who_has_an_open_callback_gets_no_second_one(db: Database, sticky: Campaign) -> None:
    task_id = storage.add_callback(db, sticky.id, row(1), NOW)
    with pytest.raises(Refused, match=f"ccdialer callback move {task_id}"):
        storage.add_callback(db, sticky.id, row(1), NOW)


def test_who_was_reached_may_be_called_back_again(db: Database, sticky: Campaign) -> None:
    task_id = storage.add_callback(db, sticky.id, row(1), NOW)
    opened = opening(claim(db, sticky).tasks[0])
    carry(db, opened)
    carry(db, closing(opened, disposition=Disposition.TALKED, task_move=TaskMove.FINISH))
    anna = agent(db, "anna")
    assert storage.add_callback(db, sticky.id, row(1, owner_id=anna), NOW) == task_id
    (task,) = claim(db, sticky).tasks
    assert (task.id, task.owner_id, task.attempts) == (task_id, anna, 0)


def test_who_asks_again_is_called_at_the_number_he_asks_for(db: Database, sticky: Campaign) -> None:
    both = [(number(1), ""), (number(2), "")]
    task_id = storage.add_callback(db, sticky.id, row(1, numbers=both), NOW)
    opened = opening(claim(db, sticky).tasks[0])
    carry(db, opened)
    carry(db, closing(opened, disposition=Disposition.TALKED, task_move=TaskMove.FINISH))
    assert storage.add_callback(db, sticky.id, row(2), NOW) == task_id
    (task,) = claim(db, sticky).tasks
    assert next_number(task) == number(2)


def test_a_late_callback_that_is_moved_to_another_agent_waits_for_him_from_now(
    db: Database, sticky: Campaign
) -> None:
    anna, bert = agent(db, "anna"), agent(db, "bert")
    storage.add_callback(db, sticky.id, row(1, owner_id=anna, due_at=NOW - 9000), NOW)
    claim(db, sticky)
    rows = storage.list_callbacks(db, CallbackFilter())
    assert storage.move_callbacks(db, rows, None, Pin(bert), NOW) == [rows[0]["id"]]
    (task,) = claim(db, sticky).tasks
    assert (task.owner_id, task.step) == (bert, Step.OWNER)
    assert (task.step_at, task.due_at) == (NOW / 1000, NOW / 1000 - 9)


def test_a_moved_time_keeps_the_owner(db: Database, sticky: Campaign) -> None:
    anna = agent(db, "anna")
    storage.add_callback(db, sticky.id, row(1, owner_id=anna), NOW)
    rows = storage.list_callbacks(db, CallbackFilter())
    storage.move_callbacks(db, rows, NOW + 60_000, None, NOW)
    (moved,) = storage.list_callbacks(db, CallbackFilter())
    assert (moved["owner"], moved["due_at"]) == ("anna", NOW + 60_000)
    assert claim(db, sticky).tasks == ()


def test_what_is_released_is_for_anyone(db: Database, sticky: Campaign) -> None:
    storage.add_callback(db, sticky.id, row(1, owner_id=agent(db, "anna")), NOW)
    rows = storage.list_callbacks(db, CallbackFilter())
    storage.move_callbacks(db, rows, None, Pin(), NOW)
    (task,) = claim(db, sticky).tasks
    assert (task.owner_id, task.step) == (None, Step.ANYONE)
    told = [one["state"] for one in storage.read_journal(db, "callback")]
    assert told == ["asked", "released"]


def test_what_is_in_a_call_stays_as_it_is(db: Database, sticky: Campaign) -> None:
    storage.add_callback(db, sticky.id, row(1), NOW)
    carry(db, opening(claim(db, sticky).tasks[0]))
    rows = storage.list_callbacks(db, CallbackFilter())
    assert storage.move_callbacks(db, rows, NOW + 1, None, NOW) == []
