"""Waiting numbers without a price, and clients without a zone, are counted."""

from __future__ import annotations

from dataclasses import replace

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.trunk import Rate, Trunk, TrunkSettings
from ccdialer.storage import Database, TaskRow
from ccdialer.storage.coverage import unpriced, zoneless
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


def test_whose_zone_nobody_knows(db: Database, campaign: Campaign) -> None:
    mobile, other, landline = "+79161234567", "+79161234568", "+73832123456"
    rows = [TaskRow([(number, number)], NOW) for number in (mobile, landline)]
    insert(db, campaign, [*rows, TaskRow([(other, other)], NOW, zone="Asia/Omsk")])
    hours = {"daily": "09:00-20:00"}
    bound = replace(campaign, settings=replace(campaign.settings, calling_hours=hours, zone=""))
    assert zoneless(db, bound, NOW / 1000) == (1, 3)
    at_home = replace(bound.settings, zone="Europe/Moscow")
    assert zoneless(db, replace(bound, settings=at_home), NOW / 1000) == (0, 0)
    at_night = replace(bound.settings, calling_hours={"daily": "always"})
    assert zoneless(db, replace(bound, settings=at_night), NOW / 1000) == (0, 0)
