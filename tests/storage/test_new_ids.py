"""Ids are handed out once."""

from __future__ import annotations

from itertools import islice

from ccdialer.core.campaign import Campaign
from ccdialer.storage import Database
from ccdialer.storage.new_ids import CHUNK, ids_as_needed, new_ids
from tests.storage.samples import insert, row


def test_ids_follow_those_that_are_there(db: Database, campaign: Campaign) -> None:
    assert list(new_ids(db, "client", 2)) == [1, 2]
    insert(db, campaign, [row(1), row(2)])
    with db.transaction():
        first = list(new_ids(db, "task", 3))
    assert first == [3, 4, 5]
    assert list(new_ids(db, "task", 0)) == []


def test_as_many_as_are_needed(db: Database) -> None:
    found = list(islice(ids_as_needed(db, "client", 2 * CHUNK), CHUNK + 2))
    assert found == list(range(1, CHUNK + 3))
    assert list(islice(ids_as_needed(db, "deal", 1), 2)) == [1, 2]
