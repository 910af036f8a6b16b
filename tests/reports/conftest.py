"""A migrated database of each kind with a campaign and an agent in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ccdialer import storage
from ccdialer.storage import Database
from tests.reports.scenes import Scene, scene_in


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    with storage.connect(database_url) as database:
        storage.migrate(database)
        yield scene_in(database)


@pytest.fixture
def db(scene: Scene) -> Database:
    return scene.db
