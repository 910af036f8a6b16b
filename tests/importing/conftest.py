"""A migrated database with a campaign in it, and files to import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignSettings
from ccdialer.storage import Database

Write = Callable[..., Path]


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with storage.connect(database_url) as database:
        storage.migrate(database)
        yield database


@pytest.fixture
def campaign(db: Database) -> Campaign:
    return storage.upsert_campaign(db, "acme", "demo", CampaignSettings("PJSIP/{digits}@t"), 1)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file: text in an encoding, or bytes."""

    def write(content: str | bytes, encoding: str = "utf-8", name: str = "tasks.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write
