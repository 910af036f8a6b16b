"""Waiting numbers without a price are counted, whatever the prefix's length."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.trunk import Rate, Trunk, TrunkSettings
from ccdialer.storage import Database, TaskRow
from ccdialer.storage.coverage import unpriced
from tests.storage.samples import NOW, insert


def test_what_no_enabled_trunk_has_a_price_for(db: Database, campaign: Campaign) -> None:
    numbers = ["+79161234567", "+79161234568", "+74951112233", "+442071234567"]
    insert(db, campaign, [TaskRow([(number, number)], NOW) for number in numbers])
    assert unpriced(db, campaign.id) == [("+7916", 2), ("+4420", 1), ("+7495", 1)]
    trunk = Trunk(0, "main", TrunkSettings("main"), {"7495": Rate("7495", 1), "44": Rate("44", 1)})
    storage.upsert_trunk(db, trunk, NOW)
    assert unpriced(db, campaign.id) == [("+7916", 2)]
    assert unpriced(db, campaign.id, 0) == []
    storage.upsert_trunk(db, Trunk(0, "spare", TrunkSettings("s"), {"79": Rate("79", 1)}), NOW)
    assert unpriced(db, campaign.id) == []
    storage.enable_trunk(db, "spare", False, NOW)
    assert unpriced(db, campaign.id) == [("+7916", 2)]
