"""What callbacks keep is added to a site at work, and nothing of it is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings
from ccdialer.storage.migrating import STEPS
from tests.storage.samples import NODE, NOW, carry, claim, insert, opening, row

BEFORE = ("0001_spine", "0002_pacing")


def test_a_site_at_work_keeps_its_attempts(database_url: str, tmp_path: Path) -> None:
    steps = tmp_path / "before"
    steps.mkdir()
    for step in BEFORE:
        shutil.copy(STEPS / f"{step}.py", steps)
    with storage.connect(database_url) as database:
        storage.migrate(database, steps)
        campaign = storage.upsert_campaign(database, "acme", "demo", CampaignSettings("P/x"), NOW)
        database.run(
            "INSERT INTO task (campaign_id, state, priority, due_at, attempts, details, node,"
            " reason, created_at, changed_at)"
            " VALUES (?, 'active', 5, ?, 0, '{}', ?, '', ?, ?)",
            (campaign.id, NOW, NODE, NOW, NOW),
        )
        ((task_id,),) = database.rows("SELECT id FROM task")
        database.run(
            "INSERT INTO attempt (id, task_id, campaign_id, number, node, opened_at, counts, note)"
            " VALUES ('a', ?, ?, '+74950000001', ?, ?, ?, '')",
            (task_id, campaign.id, NODE, NOW, False),
        )
        storage.migrate(database)
        (found,) = storage.open_attempts_of(database, NODE)
        assert (found.attempt_id, found.held_agent_id) == ("a", None)
        insert(database, campaign, [row(2)])
        (task,) = claim(database, campaign)
        carry(database, opening(task, held_agent_id=3))
        held = [found.held_agent_id for found in storage.open_attempts_of(database, NODE)]
        assert sorted(held, key=str) == [3, None]
