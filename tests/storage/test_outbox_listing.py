"""What waits and what is parked is seen, and sent again or dropped by a person's word."""

from __future__ import annotations

import pytest

from ccdialer.core.notice import ParcelState
from ccdialer.errors import NotFound
from ccdialer.storage import Database
from ccdialer.storage.outbox import claim_parcels, park, settle_parcel
from ccdialer.storage.outbox_listing import (
    Backlog,
    OutboxFilter,
    backlogs,
    drop_parcels,
    list_outbox,
    retry_parcels,
    show_parcel,
)
from tests.storage.samples import NOW
from tests.storage.test_outbox import ONE, calls_of, promised


@pytest.fixture
def parked_id(db: Database) -> int:
    """Of three, one is parked, one done, one waits; another connector has one."""
    promised(db, "a", "b", "c")
    promised(db, "d", connector="hook")
    first, second = claim_parcels(db, ONE, 2, NOW)
    park(db, first, "no such user", NOW)
    settle_parcel(db, second, "", "", NOW)
    return first.id


def test_rows_are_listed_by_state_connector_and_number(db: Database, parked_id: int) -> None:
    rows = list_outbox(db, OutboxFilter(), 10)
    assert [row["payload"]["call_id"] for row in rows] == ["a", "b", "c", "d"]
    (parked,) = list_outbox(db, OutboxFilter(states=[ParcelState.PARKED]), 10)
    assert (parked["id"], parked["last_error"]) == (parked_id, "no such user")
    assert show_parcel(db, parked_id) == parked
    assert [row["key"] for row in list_outbox(db, OutboxFilter(connector="hook"), 10)] == [
        "hook/calls/d"
    ]
    assert [row["subject"] for row in list_outbox(db, OutboxFilter(number="+c"), 10)] == ["+c"]
    (last,) = list_outbox(db, OutboxFilter(after=rows[2]["id"]), 10)
    assert last == rows[3]
    with pytest.raises(NotFound, match="no notice 999"):
        show_parcel(db, 999)


def test_the_backlog_is_counted(db: Database, parked_id: int) -> None:
    assert backlogs(db) == [Backlog("crm", 1, 0, 1, NOW), Backlog("hook", 1, 0, 0, NOW)]


def test_what_is_parked_goes_out_again(db: Database, parked_id: int) -> None:
    waiting = list_outbox(db, OutboxFilter(number="+c"), 1)[0]["id"]
    done = list_outbox(db, OutboxFilter(number="+b"), 1)[0]["id"]
    assert retry_parcels(db, [parked_id, waiting, done], NOW) == [parked_id, waiting]
    assert calls_of(claim_parcels(db, ONE, 10, NOW)) == ["a", "c"]


def test_what_is_dropped_is_not_delivered(db: Database, parked_id: int) -> None:
    waiting = list_outbox(db, OutboxFilter(number="+c"), 1)[0]["id"]
    assert drop_parcels(db, [parked_id, waiting, 999], NOW) == [parked_id, waiting]
    assert claim_parcels(db, ONE, 10, NOW) == []
    assert drop_parcels(db, [parked_id], NOW) == []
