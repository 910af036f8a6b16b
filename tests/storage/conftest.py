"""A migrated database with a campaign in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignSettings
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.storage import Database
from tests.storage.samples import NOW


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with storage.connect(database_url) as database:
        storage.migrate(database)
        yield database


@pytest.fixture
def campaign(db: Database) -> Campaign:
    settings = CampaignSettings("PJSIP/{digits}@t", calling_hours=AT_ANY_TIME)
    return storage.upsert_campaign(db, "acme", "demo", settings, NOW)
