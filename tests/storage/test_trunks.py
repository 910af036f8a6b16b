"""Trunks come back as they were applied, and are never lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.events import AttemptRefused
from ccdialer.core.trunk import CallerIds, NoRoute, NumberFormat, Rate, Trunk, TrunkSettings
from ccdialer.errors import NotFound
from ccdialer.storage import Database
from tests.storage.samples import NOW, carry, claim, insert, opening, row

SETTINGS = TrunkSettings(
    endpoint="main",
    lines=12,
    number_format=NumberFormat("8{national}", "7", "810{digits}"),
    caller_ids=CallerIds("+74950000000", {"7812": "+78120000000"}, ("+74950000001",), False),
    registers=True,
)
MOSCOW = Rate("7495", 900_000, "RUB", 100_000, 30, 6, True, "Moscow")
RUSSIA = Rate("7", 1_500_000, is_literal=False)
MAIN = Trunk(0, "main", SETTINGS, {"7495": MOSCOW, "7": RUSSIA})


def test_a_trunk_comes_back_as_it_was_applied(db: Database) -> None:
    trunk_id = storage.upsert_trunk(db, MAIN, NOW, '{"server": "sip.example"}')
    assert storage.list_trunks(db) == [replace(MAIN, id=trunk_id)]
    assert storage.find_trunk(db, "main") == replace(MAIN, id=trunk_id)
    assert storage.trunk_connections(db) == {"main": '{"server": "sip.example"}'}


def test_applied_again_it_keeps_its_number_and_has_the_new_prices_only(db: Database) -> None:
    trunk_id = storage.upsert_trunk(db, MAIN, NOW)
    before = storage.trunks_revision(db)
    changed = replace(MAIN, rates={"44": Rate("44", 5)})
    assert storage.upsert_trunk(db, changed, NOW + 1) == trunk_id
    assert storage.find_trunk(db, "main").rates == {"44": Rate("44", 5)}
    assert storage.trunks_revision(db) != before


def test_a_trunk_is_disabled_and_stays(db: Database) -> None:
    storage.upsert_trunk(db, MAIN, NOW)
    before = storage.trunks_revision(db)
    storage.enable_trunk(db, "main", False, NOW)
    assert not storage.find_trunk(db, "main").enabled
    assert storage.trunks_revision(db) != before
    storage.enable_trunk(db, "main", True, NOW)
    assert storage.find_trunk(db, "main").enabled


def test_who_waits_for_a_price_is_due_again_when_trunks_change(
    db: Database, campaign: Campaign
) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    (refused,) = carry(db, opening(task, route=NoRoute("no trunk has a price", 900.0)))
    assert isinstance(refused, AttemptRefused)
    assert (refused.rule, refused.wait_s) == ("trunk", 900.0)
    assert claim(db, campaign) == []
    storage.upsert_trunk(db, MAIN, NOW)
    assert [found.id for found in claim(db, campaign)] == [task.id]


def test_a_trunk_that_is_not_there(db: Database) -> None:
    with pytest.raises(NotFound, match=r'no trunk "spare".*ccdialer trunk list'):
        storage.find_trunk(db, "spare")
    with pytest.raises(NotFound, match='no trunk "spare"'):
        storage.enable_trunk(db, "spare", True, NOW)
