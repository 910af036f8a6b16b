"""What a callback campaign's settings look like in the database is what `reached` looks for."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.storage import Database
from ccdialer.storage.reached import STICKY
from tests.storage.samples import NOW


def test_only_callback_campaigns_are_found(db: Database) -> None:
    for mode in Mode:
        settings = CampaignSettings("P/x", mode, safe_harbour="sound:mode")
        storage.upsert_campaign(db, "acme", mode, settings, NOW)
    found = db.rows("SELECT name FROM campaign WHERE settings LIKE ?", (STICKY,))
    assert found == [(Mode.CALLBACK,)]
