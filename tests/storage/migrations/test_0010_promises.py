"""Attempts of an earlier schema live on; when they were due is not known."""

from __future__ import annotations

from pathlib import Path

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings
from tests.storage.migrations.earlier import steps_before
from tests.storage.samples import NOW, insert, row


def test_a_site_without_them_keeps_its_rows(database_url: str, tmp_path: Path) -> None:
    steps = steps_before("0010", tmp_path)
    with storage.connect(database_url) as database:
        storage.migrate(database, steps)
        settings = CampaignSettings("PJSIP/{digits}@t")
        campaign = storage.upsert_campaign(database, "acme", "demo", settings, NOW)
        insert(database, campaign, [row(1)])
        database.run(
            "INSERT INTO attempt (id, task_id, campaign_id, number, node, opened_at, counts, note)"
            " SELECT 'a', id, campaign_id, '+7', 'one', 0, ?, '' FROM task",
            (True,),
        )
        assert "0010_promises" in storage.migrate(database)
        assert database.rows("SELECT id, due_at, owner_id, owner_group FROM attempt") == [
            ("a", None, None, None)
        ]
