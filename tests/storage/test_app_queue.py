"""A site that keeps its own app_queue tells who talked and who was lost, as often as it likes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ccdialer.core.campaign import Campaign
from ccdialer.core.queue import Fate
from ccdialer.storage import Database
from ccdialer.storage.app_queue import SiteCall, call_of_channel, lost_call, talked
from ccdialer.storage.callbacks import CallbackFilter, list_callbacks
from ccdialer.storage.talks import last_talk
from tests.storage.callers import agent_of, callbacks_of, comes, ends, queue_of, row_of
from tests.storage.samples import NOW, carry, number


@pytest.fixture
def callbacks(db: Database) -> Campaign:
    return callbacks_of(db)


def came(callbacks: Campaign, **changes: Any) -> SiteCall:
    call = SiteCall("one", "1800000000.7", number(1), callbacks.project_id, NOW, queue="support")
    return replace(call, **changes)


def open_ones(db: Database, callbacks: Campaign) -> list[dict[str, Any]]:
    return list_callbacks(db, CallbackFilter(callbacks.id))


def test_a_lost_call_told_twice_is_one(db: Database, callbacks: Campaign) -> None:
    task_id = lost_call(db, came(callbacks), NOW + 40_000)
    assert lost_call(db, came(callbacks), NOW + 41_000) == task_id
    (task,) = open_ones(db, callbacks)
    assert task["id"] == task_id
    assert '"missed_calls": 1' in task["details"]
    row = row_of(db, call_of_channel("one", "1800000000.7"))
    assert (row["fate"], row["ended_at"]) == ("left", NOW + 40_000)


def test_who_talked_is_not_lost_at_his_hang_up(db: Database, callbacks: Campaign) -> None:
    anna = agent_of(db, "anna")
    lost_call(db, came(callbacks, leg_id="before"), NOW - 60_000)
    call_id = talked(db, came(callbacks), anna, NOW + 5000)
    assert row_of(db, call_id)["ended_at"] is None
    assert lost_call(db, came(callbacks), NOW + 65_000) is None
    assert row_of(db, call_id)["fate"] == "answered"
    assert open_ones(db, callbacks) == []  # reached
    assert last_talk(db, number(1), callbacks.project_id) == (anna, NOW + 5000, call_id, True)


def test_a_talk_may_be_told_at_its_end(db: Database, callbacks: Campaign) -> None:
    anna = agent_of(db, "anna")
    for _ in range(2):
        call_id = talked(db, came(callbacks), anna, NOW + 5000, NOW + 9000)
    row = row_of(db, call_id)
    assert (row["fate"], row["agent_id"]) == ("answered", anna)
    assert (row["joined_at"], row["ended_at"]) == (NOW + 5000, NOW + 9000)


def test_somebody_who_is_no_agent_has_him(db: Database, callbacks: Campaign) -> None:
    lost_call(db, came(callbacks, leg_id="before"), NOW - 60_000)
    talked(db, came(callbacks), None, NOW + 5000, NOW + 9000)
    assert open_ones(db, callbacks) == []
    assert last_talk(db, number(1), callbacks.project_id) is None


def test_who_asks_for_a_callback_keeps_his_place(db: Database, callbacks: Campaign) -> None:
    lost_call(db, came(callbacks), NOW + 90_000, Fate.CALLBACK)
    (task,) = open_ones(db, callbacks)
    assert task["due_at"] == NOW


def test_who_left_a_queue_of_ours_for_the_sites_own(db: Database, callbacks: Campaign) -> None:
    waited = comes(queue_of(db))
    carry(db, waited, ends(waited, Fate.SENT_ON, 60, sent_to="extension 200"))
    call = came(callbacks, call_id=waited.caller.call_id, queue="")
    assert open_ones(db, callbacks) == []
    task_id = lost_call(db, call, NOW + 90_000)
    assert task_id is not None
    assert row_of(db, call.call_id)["fate"] == "left"
    assert lost_call(db, call, NOW + 95_000) == task_id


def test_one_call_is_one_lost_call_wherever_it_went(db: Database, callbacks: Campaign) -> None:
    waited = comes(queue_of(db))
    carry(db, waited, ends(waited, Fate.SENT_ON, 60, sent_to="voicemail 1"))
    call = came(callbacks, call_id=waited.caller.call_id, queue="")
    lost_call(db, call, NOW + 90_000)
    (task,) = open_ones(db, callbacks)
    assert '"missed_calls": 1' in task["details"]


def test_a_call_of_no_project_is_kept(db: Database) -> None:
    call = SiteCall("one", "1800000000.7", number(1), None, NOW)
    assert lost_call(db, call, NOW + 1000) is None
    row = row_of(db, call_of_channel("one", "1800000000.7"))
    assert (row["fate"], row["fate_reason"]) == (
        "left",
        "not called back: its number is of no project",
    )
