"""A site that has only called out can note who calls in, and keeps what it has."""

from __future__ import annotations

from pathlib import Path

from ccdialer import storage
from tests.storage.migrations.earlier import steps_before
from tests.storage.samples import NOW

EMPTY = ("caller_name", "did", "ad_channel", "client_id", "client_name", "stage", "pipeline")
REST = ("card_status", "target_kind", "target", "reason", "trace", "fate_reason")


def test_calls_that_come_in_have_a_table(database_url: str, tmp_path: Path) -> None:
    columns = ", ".join((*EMPTY, *REST))
    blanks = ", ".join("''" for _ in (*EMPTY, *REST))
    with storage.connect(database_url) as database:
        storage.migrate(database, steps_before("0011", tmp_path))
        project = storage.ensure_project(database, "acme", NOW)
        assert "0011_inbound" in storage.migrate(database)
        database.run(
            f"INSERT INTO inbound_call (id, node, leg_id, number, arrived_at, {columns})"
            f" VALUES ('a', 'one', '1.1', '+74950000001', ?, {blanks})",
            (NOW,),
        )
        assert database.rows("SELECT id, fate FROM inbound_call") == [("a", None)]
        assert database.rows("SELECT id FROM project") == [(project,)]
