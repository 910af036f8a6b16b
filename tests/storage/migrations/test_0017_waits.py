"""A caller of an earlier schema waits on as his queue says."""

from __future__ import annotations

from pathlib import Path

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.queue import QueueSettings
from ccdialer.storage.inbound import callers_of
from tests.storage.migrations.earlier import steps_before
from tests.storage.samples import NODE, NOW
from tests.storage.test_inbound import BEGUN


def test_a_caller_of_before_is_found(database_url: str, tmp_path: Path) -> None:
    with storage.connect(database_url) as database:
        storage.migrate(database, steps_before("0017", tmp_path))
        settings = CampaignSettings(mode=Mode.INBOUND, queue=QueueSettings(owner_first_s=12))
        queue = storage.upsert_campaign(database, "acme", "sales", settings, NOW)
        database.run(BEGUN, ("a" * 32, "+79160000001", NOW))
        database.run(
            "UPDATE inbound_call SET node = ?, campaign_id = ?, queued_at = ?",
            (NODE, queue.id, NOW),
        )
        assert "0017_waits" in storage.migrate(database)
        (found,) = callers_of(database, NODE)
        assert (found.caller.owner_wait_s, found.caller.groups) == (12, frozenset())
        assert found.caller.priority is None
