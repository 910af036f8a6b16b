"""A site at work gets zones, holds and rules, and its tasks stay as due as they were."""

from __future__ import annotations

import shutil
from pathlib import Path

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.limits import SiteRules
from ccdialer.storage.migrating import STEPS
from tests.storage.samples import NODE, NOW

BEFORE = ("0001_spine", "0002_pacing")


def test_waiting_tasks_are_claimed_as_before(database_url: str, tmp_path: Path) -> None:
    steps = tmp_path / "before"
    steps.mkdir()
    for step in BEFORE:
        shutil.copy(STEPS / f"{step}.py", steps)
    with storage.connect(database_url) as database:
        storage.migrate(database, steps)
        campaign = storage.upsert_campaign(database, "acme", "demo", CampaignSettings("P/x"), NOW)
        for n in (2, 1):
            database.run(
                "INSERT INTO task (id, campaign_id, state, priority, due_at, attempts, details,"
                " reason, created_at, changed_at)"
                " VALUES (?, ?, 'waiting', 5, ?, 0, '{}', '', ?, ?)",
                (n, campaign.id, NOW - n, NOW, NOW),
            )
            database.run(
                "INSERT INTO task_number (task_id, position, campaign_id, e164, original, bad)"
                " VALUES (?, 0, ?, ?, '', ?)",
                (n, campaign.id, f"+749500000{n:02d}", False),
            )
        storage.migrate(database)
        found = storage.claim_tasks(database, campaign.id, 5, NOW, NODE)
        assert [task.id for task in found] == [2, 1]
        assert storage.site_rules(database) == SiteRules()
