"""Results of callers' talks are kept, and done when the call is over or when they come after it."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.commands import OpenInbound, RecordResult
from ccdialer.core.events import CallbacksChanged
from ccdialer.core.queue import Fate
from ccdialer.core.result import Given, Result
from ccdialer.storage import Database
from ccdialer.storage.callbacks import CallbackFilter, list_callbacks
from ccdialer.storage.dnc import DncFilter, list_dnc
from tests.storage.callers import agent_of, callbacks_of, comes, ends, joins, queue_of
from tests.storage.samples import NOW, at, carry, claim, insert, number, row


@pytest.fixture
def queue(db: Database) -> Campaign:
    return queue_of(db)


@pytest.fixture
def callbacks(db: Database) -> Campaign:
    return callbacks_of(db)


def says(opened: OpenInbound, agent_id: int, given: Given, **changes: Any) -> RecordResult:
    who = (opened.caller.call_id, 0, opened.campaign_id, agent_id)
    return RecordResult(*who, at(60), given, **changes)


def talk(db: Database, queue: Campaign, agent_id: int, **changes: Any) -> OpenInbound:
    came = comes(queue, **changes)
    carry(db, came, joins(came, agent_id))
    return came


def test_a_promise_during_the_talk_is_kept_when_it_ends(
    db: Database, queue: Campaign, callbacks: Campaign
) -> None:
    anna = agent_of(db, "anna")
    came = talk(db, queue, anna)
    later = Given(Result.CALLBACK, minutes=60)
    promise = says(came, anna, later, callback_at=at(3600), is_promised=True)
    assert carry(db, promise) == []
    assert carry(db, ends(came, Fate.ANSWERED)) == [CallbacksChanged(is_moved=False)]
    (task,) = list_callbacks(db, CallbackFilter(callbacks.id))
    assert (task["due_at"], task["owner"]) == (NOW + 3_600_000, "anna")
    assert "missed_calls" not in task["details"]
    assert carry(db, promise, ends(came, Fate.ANSWERED)) == []


def test_a_promise_after_the_talk_is_kept_at_once(
    db: Database, queue: Campaign, callbacks: Campaign
) -> None:
    anna = agent_of(db, "anna")
    came = talk(db, queue, anna)
    carry(db, ends(came, Fate.ANSWERED))
    later = Given(Result.CALLBACK, minutes=60)
    assert carry(db, says(came, anna, later, callback_at=at(3600))) == [
        CallbacksChanged(is_moved=False)
    ]
    (task,) = list_callbacks(db, CallbackFilter(callbacks.id))
    assert (task["due_at"], task["owner"]) == (NOW + 3_600_000, None)


def test_who_asks_not_to_be_called_is_on_his_projects_list(db: Database, queue: Campaign) -> None:
    anna = agent_of(db, "anna")
    came = talk(db, queue, anna)
    carry(db, says(came, anna, Given(Result.REFUSAL, reason="asks not to be called")))
    assert list_dnc(db, DncFilter()) == []
    carry(db, ends(came, Fate.ANSWERED))
    (entry,) = list_dnc(db, DncFilter())
    assert (entry["e164"], entry["project_id"]) == (number(1), queue.project_id)


def test_what_an_agent_noted_of_a_caller_is_in_his_history(
    db: Database, campaign: Campaign, queue: Campaign
) -> None:
    anna = agent_of(db, "anna")
    insert(db, campaign, [row(1), row(2)])
    first, second = claim(db, campaign)
    came = talk(db, queue, anna)
    carry(db, says(came, anna, Given(Result.SUCCESS, comment="likes red")))
    (noted,) = storage.show_contact(db, first.id)["history"]
    assert (noted["comment"], noted["number"], noted["agent"]) == ("likes red", number(1), "anna")
    assert storage.show_contact(db, second.id)["history"] == []


def test_a_hidden_caller_is_not_called_back(
    db: Database, queue: Campaign, callbacks: Campaign
) -> None:
    anna = agent_of(db, "anna")
    came = talk(db, queue, anna, number="")
    promise = says(came, anna, Given(Result.CALLBACK, minutes=5), callback_at=at(360))
    assert carry(db, promise, ends(came, Fate.ANSWERED)) == []
    assert list_callbacks(db, CallbackFilter(callbacks.id)) == []
