"""What waits to be dialed: when next, and how many before."""

from __future__ import annotations

from ccdialer.core.campaign import Campaign
from ccdialer.storage import Database
from ccdialer.storage.holds import Hold, hold_back
from ccdialer.storage.waiting import count_ahead, next_due
from tests.storage.samples import NOW, claim, insert, row


def test_the_next_due_of_all_priorities(db: Database, campaign: Campaign) -> None:
    assert next_due(db, campaign.id) is None
    insert(db, campaign, [row(1, due_at=NOW + 50, priority=9), row(2, due_at=NOW + 20, priority=0)])
    assert next_due(db, campaign.id) == (NOW + 20, "")


def test_the_next_due_tells_what_held_it_back(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    with db.transaction():
        hold_back(db, {task.id: Hold("window", "outside the hours", NOW + 99)}, NOW)
    assert next_due(db, campaign.id) == (NOW + 99, "outside the hours")


def test_reserved_tasks_do_not_wait(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    claim(db, campaign)
    assert next_due(db, campaign.id) is None


def test_who_goes_before(db: Database, campaign: Campaign) -> None:
    insert(
        db,
        campaign,
        [
            row(1, priority=9),
            row(2, priority=9, due_at=NOW + 1),  # not due yet
            row(3, due_at=NOW - 10),
            row(4),  # the one that asks
            row(5, priority=4, due_at=NOW - 99),
        ],
    )
    assert count_ahead(db, campaign.id, (5, NOW), NOW, 100) == 2
    assert count_ahead(db, campaign.id, (5, NOW), NOW, 1) == 1
    assert count_ahead(db, campaign.id + 1, (5, NOW), NOW, 100) == 0
