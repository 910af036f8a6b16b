"""A site at work gets its lists, and its tasks stay as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings
from ccdialer.storage import Database
from ccdialer.storage.migrating import STEPS
from tests.storage.samples import NOW

TASK = (
    "INSERT INTO task (campaign_id, state, priority, due_at, attempts, details, reason,"
    " created_at, changed_at) VALUES (?, 'waiting', 5, ?, 0, '{}', '', ?, ?)"
)


def test_tasks_outlive_the_step(database_url: str, tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    for step in STEPS.glob("000[12]_*.py"):
        shutil.copy(step, before)
    with storage.connect(database_url) as database:
        storage.migrate(database, before)
        campaign = storage.upsert_campaign(database, "acme", "demo", CampaignSettings("P/x"), NOW)
        database.run(TASK, (campaign.id, NOW, NOW, NOW))
        assert "0004_dnc" in storage.migrate(database)
        assert database.rows("SELECT state, due_at FROM task") == [("waiting", NOW)]
        assert database.rows("SELECT * FROM do_not_call") == []


def test_a_look_up_reads_the_key_alone(db: Database) -> None:
    sql = "SELECT reason FROM do_not_call WHERE e164 = '+74950000001'"
    if db.dialect == "sqlite":
        assert "PRIMARY KEY" in str(db.rows(f"EXPLAIN QUERY PLAN {sql}"))
    else:
        db.run("SET enable_seqscan = off")  # no rows would be read faster without
        assert "do_not_call_pkey" in str(db.rows(f"EXPLAIN {sql}"))
