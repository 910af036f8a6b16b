"""What pacing keeps has its tables, and a month of live answers is counted in an index."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import peewee
import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignSettings
from ccdialer.core.disposition import LIVE
from ccdialer.storage import Database
from ccdialer.storage.campaigns import HISTORY
from ccdialer.storage.migrating import STEPS
from tests.storage.samples import NOW

ROW = "INSERT INTO pacing_memory (campaign_id, learned_at, memory) VALUES (?, 1, '{}')"


def test_live_answers_are_what_the_law_says() -> None:
    step = (STEPS / "0002_pacing.py").read_text()
    for text in (step, HISTORY):
        (names,) = re.findall(r"disposition IN \((.+)\)", text)
        assert {name.strip("'") for name in names.split(", ")} == LIVE


def test_a_month_is_counted_in_the_index(db: Database) -> None:
    params = (NOW, NOW, 1, NOW)
    if db.dialect == "sqlite":
        plan = str(db.rows(f"EXPLAIN QUERY PLAN {HISTORY}", params))
        assert "COVERING INDEX attempt_answer" in plan
    else:
        db.run("SET enable_seqscan = off")  # no rows would be read faster without
        db.run("SET enable_bitmapscan = off")
        assert "attempt_answer" in str(db.rows(f"EXPLAIN {HISTORY}", params))


def test_a_campaign_has_one_memory(db: Database, campaign: Campaign) -> None:
    db.run(ROW, (campaign.id,))
    with pytest.raises(peewee.IntegrityError):
        db.run(ROW, (campaign.id,))
    with pytest.raises(peewee.IntegrityError):
        db.run(ROW, (campaign.id + 1,))


def test_a_site_of_the_first_schema_keeps_its_campaigns(database_url: str, tmp_path: Path) -> None:
    steps = tmp_path / "first"
    steps.mkdir()
    shutil.copy(STEPS / "0001_spine.py", steps)
    with storage.connect(database_url) as database:
        storage.migrate(database, steps)
        settings = CampaignSettings("PJSIP/{digits}@t")
        campaign = storage.upsert_campaign(database, "acme", "demo", settings, NOW)
        assert storage.migrate(database)[0] == "0002_pacing"
        assert storage.list_campaigns(database) == [campaign]
        assert storage.memory_of(database, campaign.id) is None
