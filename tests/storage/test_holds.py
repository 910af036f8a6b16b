"""A task that is held back waits or ends, and the journal says why."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.storage import Database
from ccdialer.storage.holds import Hold, hold_back, withdraw
from tests.storage.samples import NOW, claim, insert, row


def test_it_waits_until_then_or_ends(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1), row(2), row(3)])
    first, second, third = claim(db, campaign)
    held = {first.id: Hold("cap", "enough for today", NOW + 9), second.id: Hold("dnc", "no", None)}
    hold_back(db, held, NOW)
    waits, ended = (storage.show_task(db, task.id) for task in (first, second))
    assert (waits["state"], waits["due_at"], waits["node"]) == ("waiting", NOW + 9, None)
    assert (ended["state"], ended["reason"], ended["node"]) == ("cancelled", "no", None)
    assert storage.show_task(db, third.id)["state"] == "reserved"


def test_what_is_withdrawn_is_in_the_journal(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    withdraw(db, {task.id: Hold("dnc", "asked by mail", None)}, NOW)
    ((entry),) = storage.show_task(db, task.id)["journal"]
    assert (entry["state"], entry["reason"]) == ("cancelled", "asked by mail")
