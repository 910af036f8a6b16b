"""What pacing has learned outlives the process; its journal is read in order and forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.commands import PrunePaces, RecordLearned, RecordPace
from ccdialer.storage import Database, PaceFilter
from tests.storage.samples import NOW, at, carry

PACE = RecordPace(1, at(), 3, 40, 2, 0, 5, 0.021, 0.026, "2 idle, one more call ...: placed 3")


def test_a_memory_comes_back_as_it_went(db: Database, campaign: Campaign) -> None:
    assert storage.memory_of(db, campaign.id) is None
    first = RecordLearned(campaign.id, at(), {"version": 2, "bins": [0.5, 1e-9], "n": {"a": None}})
    carry(db, first)
    assert storage.memory_of(db, campaign.id) == first.memory
    carry(db, first, replace(first, at=at(60), memory={"version": 3}))
    assert storage.memory_of(db, campaign.id) == {"version": 3}
    assert db.rows("SELECT learned_at FROM pacing_memory") == [(NOW + 60_000,)]


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "[" * 100_000])
def test_a_memory_that_cannot_be_read_is_none(db: Database, campaign: Campaign, text: str) -> None:
    carry(db, RecordLearned(campaign.id, at(), {"version": 2}))
    db.run("UPDATE pacing_memory SET memory = ?", (text,))
    assert storage.memory_of(db, campaign.id) is None


def test_paces_are_listed_in_order(db: Database, campaign: Campaign) -> None:
    other = storage.upsert_campaign(db, "acme", "other", campaign.settings, NOW)
    progressive = replace(PACE, campaign_id=other.id, at=at(5), risk=None, allowed=None)
    first = replace(PACE, campaign_id=campaign.id)
    carry(db, replace(first, at=at(10), placed=1), progressive, first)
    rows = storage.list_paces(db, PaceFilter())
    assert [(row["campaign"], row["at"] - NOW, row["placed"]) for row in rows] == [
        ("demo", 0, 3),
        ("other", 5_000, 3),
        ("demo", 10_000, 1),
    ]
    assert (rows[0]["risk"], rows[0]["allowed"]) == (0.021, 0.026)
    assert (rows[0]["idle"], rows[0]["waiting"], rows[0]["in_flight"]) == (2, 0, 5)
    assert (rows[1]["risk"], rows[0]["reason"]) == (None, PACE.reason)


def test_paces_are_filtered_and_paged(db: Database, campaign: Campaign) -> None:
    carry(db, *[replace(PACE, campaign_id=campaign.id, at=at(n // 2)) for n in range(6)])

    def ids(**wanted: object) -> list[int]:
        return [row["id"] for row in storage.list_paces(db, PaceFilter(**wanted))]

    every = ids()
    assert ids(campaign_id=campaign.id + 1) == []
    assert ids(since=NOW + 1000, until=NOW + 2000) == every[2:4]
    assert ids(after=(NOW + 1000, every[2]), limit=2) == every[3:5]


def test_old_paces_are_forgotten(db: Database, campaign: Campaign) -> None:
    carry(db, *[replace(PACE, campaign_id=campaign.id, at=at(n)) for n in range(3)])
    carry(db, PrunePaces(at(2)), PrunePaces(at(1)))
    assert [row["at"] for row in storage.list_paces(db, PaceFilter())] == [NOW + 2000]
