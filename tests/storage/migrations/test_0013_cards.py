"""A site that asked no CRM can remember what one says, and keeps what it has."""

from __future__ import annotations

from pathlib import Path

from ccdialer import storage
from ccdialer.storage.crm_cards import KeptCard, kept_rows, save_cards
from tests.storage.migrations.earlier import steps_before
from tests.storage.samples import NOW


def test_cards_have_a_table(database_url: str, tmp_path: Path) -> None:
    with storage.connect(database_url) as database:
        storage.migrate(database, steps_before("0013", tmp_path))
        project = storage.ensure_project(database, "acme", NOW)
        assert "0013_cards" in storage.migrate(database)
        save_cards(database, [KeptCard("b24", "+79161234567", NOW, None)])
        assert len(kept_rows(database, 0, 10)) == 1
        assert database.rows("SELECT id FROM project") == [(project,)]
