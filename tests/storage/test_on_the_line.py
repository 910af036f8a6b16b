"""A client who calls us is not dialed meanwhile, from whichever of his numbers he calls."""

from __future__ import annotations

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.events import AttemptOpened, AttemptRefused
from ccdialer.core.queue import Fate
from ccdialer.storage import Database, TaskRow
from ccdialer.storage.on_the_line import ROUTED_MS, check
from ccdialer.storage.permission import Candidate
from tests.storage.callers import agent_of, comes, ends, joins, queue_of
from tests.storage.samples import NODE, NOW, carry, claim, insert, number, opening, row


@pytest.fixture
def queue(db: Database) -> Campaign:
    return queue_of(db)


def test_who_waits_or_talks_is_put_off(db: Database, campaign: Campaign, queue: Campaign) -> None:
    insert(db, campaign, [TaskRow([(number(2), "2"), (number(1), "1")], NOW), row(3)])
    waits, free = claim(db, campaign)
    came, anna = comes(queue, 1, -5), agent_of(db, "anna")
    carry(db, came)
    held, opened = carry(db, opening(waits), opening(free))
    assert isinstance(held, AttemptRefused)
    assert isinstance(opened, AttemptOpened)
    assert held.reason == f"the client is calling us: inbound call {came.caller.call_id}"
    assert held.rule == "on_the_line"
    task = storage.show_task(db, waits.id)
    assert (task["state"], task["due_at"], task["held_by"]) == (
        *("waiting", NOW + 60_000, "on_the_line"),
    )
    carry(db, joins(came, anna, 0))
    (hold,) = check(db, [Candidate(waits.id, campaign.id, number(2), NOW)]).values()
    assert hold.reason.startswith("the client talks with us")
    carry(db, ends(came, Fate.ANSWERED, 1))
    assert check(db, [Candidate(waits.id, campaign.id, number(2), NOW + 2000)]) == {}


def test_who_was_promised_a_callback_hears_it_to_its_end(
    db: Database, campaign: Campaign, queue: Campaign
) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    came = comes(queue, 1, -60)
    carry(db, came, ends(came, Fate.CALLBACK, -1, keeps_place_from=came.at))
    (refused,) = carry(db, opening(task))
    assert isinstance(refused, AttemptRefused)
    found = storage.show_task(db, task.id)
    assert (found["state"], found["due_at"]) == ("waiting", NOW)  # as it was
    assert claim(db, campaign) == []  # no agent is reserved for him meanwhile
    assert storage.show_task(db, task.id)["due_at"] == NOW
    assert check(db, [Candidate(task.id, campaign.id, number(1), NOW + 30_000)]) == {}
    assert storage.claim_tasks(db, campaign.id, 1, NOW + 30_000, NODE)[0].id == task.id


def test_a_call_that_nobody_has_ended_does_not_hold_for_good(
    db: Database, campaign: Campaign, queue: Campaign
) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    carry(db, comes(queue, 1))
    db.run("UPDATE inbound_call SET queued_at = NULL")
    asked = Candidate(task.id, campaign.id, number(1), NOW + ROUTED_MS - 1)
    assert list(check(db, [asked])) == [task.id]
    later = Candidate(task.id, campaign.id, number(1), NOW + ROUTED_MS)
    assert check(db, [later]) == {}
