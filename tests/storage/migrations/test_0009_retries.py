"""Tasks and projects of an earlier schema live on; the next number is in turn, nothing is set."""

from __future__ import annotations

from pathlib import Path

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings
from tests.storage.migrations.earlier import steps_before
from tests.storage.samples import NOW, claim, insert, number, row


def test_a_site_without_them_keeps_its_rows(database_url: str, tmp_path: Path) -> None:
    steps = steps_before("0009", tmp_path)
    with storage.connect(database_url) as database:
        storage.migrate(database, steps)
        settings = CampaignSettings("PJSIP/{digits}@t")
        campaign = storage.upsert_campaign(database, "acme", "demo", settings, NOW)
        insert(database, campaign, [row(1)])
        assert "0009_retries" in storage.migrate(database)
        (task,) = claim(database, campaign)
        assert (task.numbers, task.prefers) == ((number(1),), "")
        assert database.rows("SELECT settings FROM project") == [("{}",)]
