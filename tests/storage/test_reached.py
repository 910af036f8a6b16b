"""Callbacks of whom we have talked with are done, in his project's callback campaigns alone."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.queue import Fate
from ccdialer.storage import Database
from ccdialer.storage.callbacks import add_callback
from ccdialer.storage.reached import STICKY
from tests.storage.callers import agent_of, callbacks_of, comes, ends, joins, queue_of
from tests.storage.samples import NOW, carry, row, state_of


def test_only_callback_campaigns_are_found(db: Database) -> None:
    for mode in Mode:
        settings = CampaignSettings("P/x", mode, safe_harbour="sound:mode")
        storage.upsert_campaign(db, "acme", mode, settings, NOW)
    found = db.rows("SELECT name FROM campaign WHERE settings LIKE ?", (STICKY,))
    assert found == [(Mode.CALLBACK,)]


def test_who_calls_us_and_talks_is_not_called_back(db: Database) -> None:
    queue, anna = queue_of(db), agent_of(db, "anna")
    mine, theirs = callbacks_of(db), callbacks_of(db, "theirs", "other")
    tasks = [
        add_callback(db, campaign.id, row(index), NOW)
        for campaign, index in ((mine, 1), (mine, 2), (theirs, 1))
    ]
    came = comes(queue)
    carry(db, came, joins(came, anna), ends(came, Fate.ANSWERED))
    assert [state_of(db, task_id) for task_id in tasks] == ["done", "waiting", "waiting"]
    reason = f"reached by inbound call {came.caller.call_id}"
    assert storage.show_task(db, tasks[0])["reason"] == reason
    told = db.rows("SELECT state, reason, attempt_id FROM journal WHERE task_id = ?", (tasks[0],))
    assert told[-1] == ("reached", reason, came.caller.call_id)


def test_who_leaves_is_still_called_back(db: Database) -> None:
    queue, campaign = queue_of(db), callbacks_of(db)
    task_id = add_callback(db, campaign.id, row(1), NOW)
    came = comes(queue)
    carry(db, came, ends(came))
    assert state_of(db, task_id) == "waiting"
