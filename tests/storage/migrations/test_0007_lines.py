"""Trunks, costs and caps have their tables; what was dialed before them stays."""

from __future__ import annotations

from pathlib import Path

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings
from tests.storage.migrations.earlier import steps_before
from tests.storage.samples import NOW

TASK = (
    "INSERT INTO task (id, campaign_id, state, priority, due_at, attempts, details, reason,"
    " created_at, changed_at) VALUES (1, 1, 'active', 5, 0, 0, '{}', '', 0, 0)"
)
ATTEMPT = (
    "INSERT INTO attempt (id, task_id, campaign_id, number, node, opened_at, counts, note)"
    " VALUES ('a', 1, 1, '+74950000001', 'one', 1, ?, '')"
)
LEG = "INSERT INTO leg (id, attempt_id, role, opened_at) VALUES ('ccd-a-c1', 'a', 'client', 1)"


def test_legs_of_the_time_before_trunks_stay(database_url: str, tmp_path: Path) -> None:
    steps = steps_before("0007", tmp_path)
    with storage.connect(database_url) as database:
        storage.migrate(database, steps)
        storage.upsert_campaign(database, "acme", "demo", CampaignSettings("PJSIP/{digits}@t"), NOW)
        database.run(TASK)
        database.run(ATTEMPT, (False,))
        database.run(LEG)
        assert "0007_lines" in storage.migrate(database)
        assert database.rows("SELECT id, trunk_id, cost FROM leg") == [("ccd-a-c1", None, None)]
        assert database.rows("SELECT id, cost, currency FROM attempt") == [("a", None, None)]
