"""Callers are kept from the queue to their end, once, in whichever order their rows come."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ccdialer.core.campaign import Campaign
from ccdialer.core.commands import OpenInbound, OpenRecording, StorageCommand
from ccdialer.core.events import CallbacksChanged, CallerFound
from ccdialer.core.notice import NoticeKind, Wish
from ccdialer.core.queue import Fate
from ccdialer.storage import Database
from ccdialer.storage.callbacks import CallbackFilter, list_callbacks
from ccdialer.storage.inbound import callers_of
from ccdialer.storage.outbox import Worker, claim_parcels
from tests.storage.callers import agent_of, callbacks_of, comes, ends, joins, queue_of, row_of
from tests.storage.samples import NODE, NOW, at, carry, number

BEGUN = """
    INSERT INTO inbound_call (id, node, leg_id, number, caller_name, did, project_id, ad_channel,
        client_id, client_name, stage, pipeline, owner_id, card_status, target_kind, target,
        reason, trace, arrived_at, fate_reason)
    VALUES (?, 'one', '1.1', ?, '', '', NULL, 'vk', 'c:1', 'Ivan', 'offer', '', 7, 'ok', 'queue',
        'sales', 'rule', '{}', ?, '')"""


def test_who_waits_is_found_after_a_restart(db: Database) -> None:
    queue, anna = queue_of(db, owner_first_s=12), agent_of(db, "anna")
    waits, talks, gone = comes(queue, 1), comes(queue, 2, 1), comes(queue, 3, 2)
    recorded = OpenRecording(talks.caller.call_id, "2027-01-15/x", "wav", at(11))
    carry(db, waits, talks, gone, joins(talks, anna), recorded, ends(gone))
    first, second = callers_of(db, NODE)
    assert first == CallerFound(
        *(queue.id, waits.caller, at(), None, None, None),
    )
    assert (second.caller.call_id, second.agent_id, second.agent_leg_id, second.joined_at) == (
        *(talks.caller.call_id, anna, "agent-leg", at(10)),
    )
    assert second.recordings == 1
    assert callers_of(db, "two") == []


def test_how_he_waits_outlives_a_restart(db: Database) -> None:
    """His route's groups and priority, and how long his agent is waited for (SPEC C6)."""
    came = comes(queue_of(db))
    wants = {"owner_wait_s": 7.5, "groups": frozenset({"vip", "sales"}), "priority": 9}
    caller = replace(came.caller, news="campaign spring tried you at 14:05", **wants)
    carry(db, replace(came, caller=caller))
    (found,) = callers_of(db, NODE)
    assert found.caller == caller
    carry(db, replace(came, at=at(1), caller=replace(caller, groups=frozenset())))
    (found,) = callers_of(db, NODE)
    assert found.caller.groups == frozenset()


def test_a_row_that_a_script_has_begun_keeps_what_it_knows(db: Database) -> None:
    queue = queue_of(db)
    came = comes(queue)
    db.run(BEGUN, (came.caller.call_id, number(1), NOW - 5000))
    carry(db, came)
    known = db.row("SELECT ad_channel, owner_id, project_id, did, arrived_at FROM inbound_call")
    assert known == ("vk", 7, queue.project_id, came.caller.did, NOW - 5000)


def test_a_batch_that_is_given_again_changes_nothing(db: Database) -> None:
    queue, callbacks = queue_of(db), callbacks_of(db)
    came = comes(queue)
    batch = (came, ends(came))
    assert carry(db, *batch) == [CallbacksChanged(is_moved=False)]
    before = row_of(db, came.caller.call_id)
    assert carry(db, *batch) == []
    assert row_of(db, came.caller.call_id) == before
    (task,) = list_callbacks(db, CallbackFilter(callbacks.id))
    assert task["id"] == before["task_id"]
    assert '"missed_calls": 1' in task["details"]


def test_who_was_joined_is_answered_though_his_end_was_not_seen(db: Database) -> None:
    queue, anna = queue_of(db), agent_of(db, "anna")
    callbacks_of(db)
    came = comes(queue)
    carry(db, came, joins(came, anna))
    assert carry(db, ends(came, Fate.LOST, 400)) == []
    row = row_of(db, came.caller.call_id)
    assert (row["fate"], row["agent_id"], row["joined_at"]) == ("answered", anna, NOW + 10_000)


def test_a_caller_goes_from_queue_to_queue_in_one_row(db: Database) -> None:
    night = queue_of(db, "night")
    sales = queue_of(db)
    callbacks_of(db)
    came = comes(sales)
    sent_on = ends(came, Fate.SENT_ON, 60, sent_to="queue night")
    assert carry(db, came, sent_on) == []  # he may yet meet somebody
    assert carry(db, came, sent_on) == []
    again = comes(night, 1, 61)
    carry(db, again)
    assert row_of(db, came.caller.call_id)["campaign_id"] == night.id
    assert row_of(db, came.caller.call_id)["ended_at"] is None
    assert carry(db, ends(again, after_s=90)) == [CallbacksChanged(is_moved=False)]


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.LEFT])
def test_who_was_given_up_and_found_again_is_a_caller_again(db: Database, fate: Fate) -> None:
    """A daemon that went down while Asterisk was away could not give him back, the next one finds
    him there; or somebody has taken him out of his queue, and put him into another. The callback
    that was made is done when he is answered."""
    queue, callbacks = queue_of(db), callbacks_of(db)
    came = comes(queue)
    carry(db, came, ends(came, fate, 60))
    again = comes(queue, 1, 70)
    anna = agent_of(db, "anna")
    carry(db, again, joins(again, anna, 75), ends(again, Fate.ANSWERED, 90, agent_id=anna))
    row = row_of(db, came.caller.call_id)
    assert (row["fate"], row["agent_id"]) == ("answered", anna)
    assert list_callbacks(db, CallbackFilter(callbacks.id)) == []


def test_a_queue_knows_its_project_where_the_route_does_not(db: Database) -> None:
    queue, callbacks = queue_of(db), callbacks_of(db)
    came = comes(queue)
    carry(db, came)
    db.run("UPDATE inbound_call SET project_id = NULL")
    carry(db, ends(came))
    assert len(list_callbacks(db, CallbackFilter(callbacks.id))) == 1


@pytest.mark.parametrize(
    ("sent_to", "is_called_back"),
    [("", True), ("hangup", True), ("voicemail sales", True), ("extension 200", False)],
)
def test_who_is_sent_on_to_nobody_is_called_back(
    db: Database, sent_to: str, is_called_back: bool
) -> None:
    queue, _ = queue_of(db), callbacks_of(db)
    came = comes(queue)
    carry(db, came, ends(came, Fate.SENT_ON, 60, reason="closed", sent_to=sent_to))
    assert (row_of(db, came.caller.call_id)["task_id"] is not None) is is_called_back


def test_outside_systems_are_told_of_each_call_once_when_it_is_over(db: Database) -> None:
    db.wishes = (Wish("crm", frozenset({NoticeKind.CALLS, NoticeKind.MISSED})),)
    night, sales = queue_of(db, "night"), queue_of(db)
    callbacks_of(db)
    came = comes(sales)
    carry(db, came, ends(came, Fate.SENT_ON, 60, sent_to="queue night"))
    assert db.rows("SELECT 1 FROM outbox") == []  # it goes on
    again = comes(night, 1, 61)
    carry(db, again, ends(again, after_s=90))
    carry(db, ends(again, after_s=90))
    (parcel,) = claim_parcels(db, Worker("one", "crm"), 10, NOW * 2)
    assert (parcel.notice.kind, parcel.notice.result) == (NoticeKind.MISSED, "left")


@pytest.mark.parametrize("seed", range(6))
def test_no_caller_is_forgotten_or_called_back_twice(db: Database, seed: int) -> None:
    """Calls of a few clients in any mixture, each batch now and then given twice."""
    dice = random.Random(seed)
    queue, callbacks, anna = queue_of(db), callbacks_of(db), agent_of(db, "anna")
    live: list[OpenInbound] = []
    for step in range(40):
        batch: list[StorageCommand] = []
        if len(live) < 4:
            live.append(comes(queue, dice.randint(1, 3), step * 10, call_id=f"{step:032x}"))
            batch.append(live[-1])
        for later in range(dice.choice([0, 1, 1, 2])):
            if live:
                over = live.pop(dice.randrange(len(live)))
                fate = dice.choice([*Fate])
                if fate is Fate.ANSWERED:
                    batch.append(joins(over, anna, step * 10 + 1))
                batch.append(ends(over, fate, step * 10 + 5 + later))
        for _ in range(dice.choice([1, 1, 2])):
            carry(db, *batch)
        _check(db, callbacks)
    carry(db, *(ends(each, Fate.LOST, 900) for each in live))
    _check(db, callbacks)
    assert db.row("SELECT COUNT(*) FROM inbound_call WHERE ended_at IS NULL") == (0,)


def _check(db: Database, callbacks: Campaign) -> None:
    """Who was lost last has his one callback; who talked last has none."""
    waiting = [
        task["numbers"][0]["e164"] for task in list_callbacks(db, CallbackFilter(callbacks.id))
    ]
    last = dict(
        db.rows(
            "SELECT number, fate FROM inbound_call WHERE ended_at IS NOT NULL ORDER BY ended_at, id"
        )
    )
    assert sorted(waiting) == sorted(n for n, fate in last.items() if fate != Fate.ANSWERED)
