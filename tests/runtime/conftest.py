"""A migrated database, a floor on it, and a log that leaves no traces."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import structlog

from ccdialer import storage
from ccdialer.storage import Database, database
from tests.runtime.floor import Floor


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """On SQLite, for what does not depend on the kind of database; a lock is noticed soon."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.5)
    with storage.connect(f"sqlite:///{tmp_path}/site.db") as made:
        storage.migrate(made)
        yield made


@pytest_asyncio.fixture
async def floor(db: Database) -> AsyncIterator[Floor]:
    made = Floor(db)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def fresh_logs() -> Iterator[None]:
    """Whatever `logs.set_up` does, the next test finds logging as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers.clear()
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
