"""A site that has tasks keeps them, and has no results yet."""

from __future__ import annotations

import shutil
from pathlib import Path

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings
from ccdialer.storage.migrating import STEPS
from tests.storage.samples import NOW

TASK = """
    INSERT INTO task (campaign_id, state, priority, due_at, attempts, details, reason, created_at,
        changed_at) VALUES (?, 'waiting', 5, ?, 0, '{}', '', ?, ?)"""


def test_tasks_of_the_schema_before_are_kept(database_url: str, tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    for step in sorted(STEPS.glob("0*.py")):
        if step.name < "0006":
            shutil.copy(step, before)
    with storage.connect(database_url) as database:
        storage.migrate(database, before)
        settings = CampaignSettings("PJSIP/{digits}@t")
        campaign = storage.upsert_campaign(database, "acme", "demo", settings, NOW)
        database.run(TASK, (campaign.id, NOW, NOW, NOW))
        assert storage.migrate(database)[0] == "0006_assignments"
        (task,) = storage.list_tasks(database, storage.TaskFilter())
        assert task["due_at"] == NOW
        assert database.rows("SELECT COUNT(*) FROM result") == [(0,)]
