"""A call that ends: who asked not to be called meanwhile is not called again."""

from __future__ import annotations

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.commands import RecordJoin
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import TaskMove
from ccdialer.storage import Database
from ccdialer.storage.dnc import DncList, Listing, put_on_list
from tests.storage.samples import NOW, at, carry, claim, closing, insert, number, opening, row

LIST = DncList(source="command")


def add(db: Database, *indexes: int) -> tuple[int, ...]:
    return put_on_list(db, LIST, [Listing(number(i), "asked") for i in indexes], NOW).ended


def test_listed_while_it_rings(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    opened = opening(task)
    carry(db, opened)
    assert add(db, 1) == ()  # the call goes on
    assert storage.show_task(db, task.id)["state"] == "active"
    carry(db, closing(opened))
    found = storage.show_task(db, task.id)
    assert (found["state"], found["attempts"]) == ("cancelled", 1)
    assert found["reason"].startswith("on the do-not-call list")
    assert found["tries"][0]["disposition"] == Disposition.BUSY


def test_listed_while_he_talks_is_reached_all_the_same(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    opened = opening(task)
    carry(db, opened, RecordJoin(opened.attempt_id, 1, "leg", at(1), at(2)))
    add(db, 1)
    talked = {"disposition": Disposition.TALKED, "task_move": TaskMove.FINISH}
    carry(db, closing(opened, **talked))
    assert storage.show_task(db, task.id)["state"] == "done"


@pytest.mark.parametrize("listed", [(1,), (2,)])
def test_another_number_is_called_again(
    db: Database, campaign: Campaign, listed: tuple[int, ...]
) -> None:
    insert(db, campaign, [row(1, numbers=[(number(1), ""), (number(2), "")])])
    (task,) = claim(db, campaign)
    opened = opening(task)
    carry(db, opened)
    add(db, *listed)
    carry(db, closing(opened))
    assert storage.show_task(db, task.id)["state"] == "waiting"
    (again,) = storage.claim_tasks(db, campaign.id, 9, NOW + 700_000, "one")
    assert again.numbers == ({(1,): number(2), (2,): number(1)}[listed],)
