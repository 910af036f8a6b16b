"""Whom the hours would hold, before any claim has looked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.storage import Database, held_now
from tests.storage.samples import NOW, claim, insert, row


def test_nobody_is_held_where_it_is_always_open(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(n) for n in range(3)])
    found = held_now.held_now(db, campaign, NOW)
    assert (found.due, found.asked, found.by_rule) == (3, 3, {})


def test_the_hours_hold_whom_a_claim_would_hold(
    db: Database, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Landlines of Moscow, some of them with a zone of their own; of a long list every second."""
    settings = replace(campaign.settings, calling_hours={"daily": "09:00-10:00"})
    campaign = storage.upsert_campaign(db, "acme", "demo", settings, NOW)
    zones = ["", "", "UTC", "Africa/Lagos"]
    insert(db, campaign, [row(n, zone=zones[n % 4]) for n in range(8)])
    found = held_now.held_now(db, campaign, NOW)
    monkeypatch.setattr(held_now, "SAMPLE", 4)
    assert held_now.held_now(db, campaign, NOW).asked == 4
    taken = claim(db, campaign)
    assert found.by_rule == {"window": 8 - len(taken)}
    dues = [t["due_at"] for t in storage.list_tasks(db, storage.TaskFilter()) if t["held_by"]]
    assert found.first_at == {"window": min(dues)}
