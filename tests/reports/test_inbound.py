"""Inbound calls in figures: shares, service level, waits, lost and recovered, by anything."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.queue import QueueSettings
from ccdialer.reports.inbound import inbound, limits_of
from ccdialer.reports.table import Table
from ccdialer.storage import Database
from ccdialer.storage.inbound_statistics import By, InboundFilter
from tests.storage import client_base
from tests.storage.samples import NOW

EVER = InboundFilter(0, NOW * 2)
HOUR = 3_600_000


@pytest.fixture(params=["Asia/Kolkata", "UTC"])
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The machine's clock is in this zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def come(db: Database, call_id: str, fate: str, wait_s: float, **changes: Any) -> None:
    """A caller who waited so long in a queue; who talked did so for a minute."""
    arrived = changes.pop("arrived_at", NOW)
    over = arrived + round(wait_s * 1000)
    told: dict[str, Any] = {"queued_at": arrived, "campaign_id": 1, "project_id": 1, "fate": fate}
    is_talk = fate == "answered"
    told |= {"joined_at": over if is_talk else None, "ended_at": over + 60_000 * is_talk}
    client_base.inbound(db, call_id, 1, arrived, **told | changes)


def records(table: Table) -> list[dict[str, Any]]:
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def test_targets_with_their_shares(db: Database) -> None:
    for n in range(6):
        come(db, f"c{n}", "answered", 10, target_kind="queue", target="consultants")
    for n in range(3):
        come(db, f"s{n}", "left", 30, target_kind="queue", target="sales")
    come(db, "x", "sent_on", 0, queued_at=None, target_kind="extension", target="200")
    found = inbound(db, replace(EVER, by=By.TARGET))
    rows = records(found)
    assert [(row["target"], row["share"]) for row in rows] == [
        *(("queue consultants", 0.6), ("queue sales", 0.3), ("extension 200", 0.1)),
    ]
    assert [row["service_level"] for row in rows] == [1.0, 0.0, None]
    assert [row["asa_s"] for row in rows] == [10.0, None, None]
    assert [row["lost"] for row in rows] == [0, 3, 0]
    assert [row["talk_s"] for row in rows] == [360.0, 0.0, 0.0]
    assert found.note == (
        "10 calls; service level 66.7%: 6 answered in time of 9 who came into an open queue and"
        " stayed 5 s; lost 3, recovered 0"
    )


def test_lost_and_recovered(db: Database) -> None:
    come(db, "a", "left", 30)
    come(db, "b", "left", 45, number="+79160000001")
    come(db, "c", "callback", 50, number="+79160000002")
    come(db, "d", "answered", 5, arrived_at=NOW + HOUR)
    (row,) = records(inbound(db, EVER))
    assert (row["lost"], row["recovered"], row["recovered_rate"]) == (2, 1, 0.5)
    assert (row["callbacks"], row["longest_wait_s"], row["service_level"]) == (1, 50.0, 0.25)
    assert (row["call_back_median_s"], row["call_back_p90_s"]) == (None, None)


def test_hours_and_days_are_of_this_machine_s_clock(db: Database, zone: str) -> None:
    midnight = 1_799_971_200_000  # 2027-01-15 00:00 UTC
    come(db, "a", "answered", 5, arrived_at=midnight + 20 * 60_000)
    come(db, "b", "left", 25, arrived_at=midnight + 45 * 60_000)
    come(db, "c", "left", 35, arrived_at=midnight + 23 * HOUR)
    hours = {row["hour"]: row["offered"] for row in records(inbound(db, replace(EVER, by=By.HOUR)))}
    days = {row["day"]: row["offered"] for row in records(inbound(db, replace(EVER, by=By.DAY)))}
    if zone == "UTC":
        assert hours == {"00:00": 2, "23:00": 1}
        assert days == {"2027-01-15": 3}
    else:  # half past five later
        assert hours == {"04:00": 1, "05:00": 1, "06:00": 1}
        assert days == {"2027-01-15": 2, "2027-01-16": 1}
    assert list(hours) == sorted(hours)


def test_what_has_no_name_is_none(db: Database) -> None:
    come(db, "a", "left", 9)
    (row,) = records(inbound(db, replace(EVER, by=By.CHANNEL)))
    assert row["channel"] == "none"


def test_no_calls(db: Database) -> None:
    found = inbound(db, EVER)
    assert (list(found.rows), found.note) == ([], "")


def test_two_queues_of_one_name_are_two(db: Database) -> None:
    settings = CampaignSettings(mode=Mode.INBOUND)
    here, there, night = (
        storage.upsert_campaign(db, project, name, settings, NOW)
        for project, name in (("sales", "line"), ("north", "line"), ("north", "night"))
    )
    for n, queue in enumerate((here, there, there, night)):
        come(db, str(n), "answered", 10, campaign_id=queue.id)
    come(db, "a", "answered", 10, campaign_id=None)
    rows = records(inbound(db, EVER))
    found = {row["queue"]: row["offered"] for row in rows}
    assert found == {"sales/line": 1, "north/line": 2, "night": 1, "none": 1}


def test_a_queue_has_its_own_limit(db: Database) -> None:
    settings = CampaignSettings(mode=Mode.INBOUND, queue=QueueSettings(service_level_s=7.0))
    queue = storage.upsert_campaign(db, "sales", "line", settings, NOW)
    come(db, "a", "answered", 10, campaign_id=queue.id)
    assert limits_of(db) == {queue.id: 7.0}
    (row,) = records(inbound(db, replace(EVER, limits=limits_of(db))))
    assert (row["queue"], row["service_level"]) == ("line", 0.0)


def test_who_came_into_no_queue_is_none_of_its_service(db: Database) -> None:
    come(db, "a", "answered", 10)
    come(db, "b", "left", 30, queued_at=None, campaign_id=None, target_kind="extension")
    come(db, "c", "answered", 10, queued_at=None, campaign_id=None, target_kind="extension")
    (row,) = records(inbound(db, replace(EVER, by=By.DID)))
    assert (row["answered"], row["left"], row["in_time"], row["service_level"]) == (2, 1, 1, 1.0)


def test_who_hears_that_it_is_closed_does_not_wait(db: Database) -> None:
    come(db, "a", "sent_on", 15, fate_reason="closed")
    come(db, "b", "left", 7)
    (row,) = records(inbound(db, EVER))
    assert (row["closed"], row["longest_wait_s"]) == (1, 7.0)


def test_of_one_project_or_of_one_number_called(db: Database) -> None:
    come(db, "a", "answered", 10, did="+74951230001")
    come(db, "b", "answered", 10, did="+74951230002")
    come(db, "c", "answered", 10, did="+74951230002", project_id=2)
    for wanted, offered in (
        (replace(EVER, project_id=1), 2),
        (replace(EVER, did="+74951230002"), 2),
        (replace(EVER, did="+74951230002", project_id=1), 1),
    ):
        assert [row["offered"] for row in records(inbound(db, wanted))] == [offered]
