"""A site of an earlier schema gets a place for routing rules, and has none yet."""

from __future__ import annotations

from pathlib import Path

from ccdialer import storage
from ccdialer.storage.routes import routes_in_force, routes_revision
from tests.storage.migrations.earlier import steps_before


def test_a_site_without_rules_has_none(database_url: str, tmp_path: Path) -> None:
    steps = steps_before("0012", tmp_path)
    with storage.connect(database_url) as database:
        storage.migrate(database, steps)
        assert "0012_routes" in storage.migrate(database)
        assert routes_in_force(database) is None
        assert routes_revision(database) == 0
