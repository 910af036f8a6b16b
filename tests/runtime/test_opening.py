"""Open or closed, and when again: of a number that is called, and of a queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, Mode
from ccdialer.core.routing import book_of
from ccdialer.fastagi.script import Status
from ccdialer.runtime.opening import hours_of_did, hours_of_queue
from ccdialer.storage import Database
from tests.core.routing_samples import BY_STAGE, DID, NIGHT, NOON

BOOK = book_of(BY_STAGE)


def test_a_number_by_its_schedule() -> None:
    assert hours_of_did(BOOK, DID, NOON).is_open
    night = hours_of_did(BOOK, DID, NIGHT)
    assert (night.is_open, night.opens_in_s) == (False, 11 * 3600)


def test_a_number_without_a_schedule_is_always_open() -> None:
    did = replace(BY_STAGE.dids[DID], schedule="")
    found = hours_of_did(book_of(replace(BY_STAGE, dids={DID: did})), DID, NIGHT)
    assert (found.is_open, found.reason) == (True, "always")


def test_a_number_of_which_nothing_is_said() -> None:
    assert hours_of_did(BOOK, "+74950000000", NOON).status is Status.NOTFOUND


SETTINGS = CampaignSettings(
    mode=Mode.INBOUND, zone="Europe/Moscow", calling_hours={"mon-fri": "09:00-20:00"}
)
QUEUE = Campaign(1, 1, "sales", CampaignState.ACTIVE, SETTINGS)


@pytest.mark.parametrize(
    ("at", "is_open", "opens_in_s"),
    [(NOON, True, None), (NIGHT, False, 11 * 3600), (NIGHT + 3 * 86400, False, 59 * 3600)],
)
def test_a_queue_by_its_hours(
    db: Database, at: float, is_open: bool, opens_in_s: int | None
) -> None:
    found = hours_of_queue(db, QUEUE, at)
    assert (found.status, found.is_open, found.opens_in_s) == (Status.OK, is_open, opens_in_s)


def test_the_hour_that_clocks_skip_is_not_waited_for(db: Database) -> None:
    settings = replace(SETTINGS, zone="Europe/Berlin", calling_hours={"daily": "09:00-20:00"})
    saturday = datetime(2026, 3, 28, 21, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
    found = hours_of_queue(db, replace(QUEUE, settings=settings), saturday)
    assert (found.is_open, found.opens_in_s) == (False, 11 * 3600)


def test_a_queue_on_the_clocks_of_this_machine(db: Database) -> None:
    always = replace(SETTINGS, zone="", calling_hours={"daily": "00:00-24:00"})
    assert hours_of_queue(db, replace(QUEUE, settings=always), NOON).is_open


def test_hours_that_never_open(db: Database) -> None:
    never = replace(SETTINGS, calling_hours={"mon": "closed"})
    found = hours_of_queue(db, replace(QUEUE, settings=never), NOON)
    assert (found.is_open, found.opens_in_s) == (False, None)


def test_a_queue_that_does_not_run_is_closed(db: Database) -> None:
    found = hours_of_queue(db, replace(QUEUE, state=CampaignState.PAUSED), NOON)
    assert (found.status, found.is_open, found.reason) == (Status.OK, False, "queue_paused")


def test_a_campaign_that_is_no_queue(db: Database) -> None:
    dials = replace(SETTINGS, mode=Mode.PREVIEW)
    assert hours_of_queue(db, replace(QUEUE, settings=dials), NOON).status is Status.NOTFOUND
