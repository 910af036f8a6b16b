"""A task is read with the numbers that are worth dialing and the attempts that say something."""

from __future__ import annotations

from ccdialer.core.campaign import Campaign
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import Task, TaskMove, Try
from ccdialer.storage import Database
from ccdialer.storage.reading import FIELDS, tasks_of
from tests.storage.samples import NOW, carry, claim, closing, insert, number, opening, row


def read(db: Database, order: str = "id") -> list[Task]:
    return tasks_of(db, db.rows(f"SELECT {FIELDS}, due_at FROM task ORDER BY {order}"))


def test_in_the_order_of_the_rows_with_what_is_known(db: Database, campaign: Campaign) -> None:
    both = [(number(1), ""), (number(2), "")]
    insert(db, campaign, [row(1, numbers=both, zone="Asia/Omsk"), row(3)])
    later, first = read(db, "id DESC")
    assert (first.numbers, first.zone) == ((number(1), number(2)), "Asia/Omsk")
    assert (first.campaign_id, first.created_at, first.prefers) == (campaign.id, NOW / 1000, "")
    assert later.numbers == (number(3),)


def test_what_was_never_dialed_is_no_attempt(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    let_be = opening(task)
    undialed = {"task_move": TaskMove.RELEASE, "dialed_at": None, "counts": False}
    carry(db, let_be, closing(let_be, retry_after_s=0.0, **undialed))
    (task,) = claim(db, campaign)
    tried = opening(task)
    carry(db, tried, closing(tried, next_number=number(1)))
    (found,) = read(db)
    assert (found.past, found.attempts) == ((Try(Disposition.BUSY, True),), 1)
    assert found.prefers == number(1)


def test_no_number_is_left(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    db.run("UPDATE task_number SET bad = ?", (True,))
    (found,) = read(db)
    assert found.numbers == ()


def test_none(db: Database) -> None:
    assert tasks_of(db, []) == []
