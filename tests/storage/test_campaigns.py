"""Campaigns are changed by name within their project; their settings survive versions."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer import storage
from ccdialer.core.campaign import (
    Campaign,
    CampaignSettings,
    CampaignState,
    History,
    Mode,
    Tally,
)
from ccdialer.core.clocks import Day
from ccdialer.core.disposition import Disposition
from ccdialer.core.retry_rule import RetryRule, Which
from ccdialer.errors import NotFound, Refused
from ccdialer.storage import Database
from tests.storage.samples import NOW, at, carry, claim, closing, insert, opening, row

SETTINGS = CampaignSettings("PJSIP/{e164}@t", mode=Mode.POWER, max_lines=7)


@given(
    st.builds(
        CampaignSettings,
        dial=st.text(),
        mode=st.sampled_from(Mode),
        max_lines=st.integers(1, 999),
        amd=st.booleans(),
        ring_timeout_s=st.floats(1, 99),
        retry_after_s=st.dictionaries(
            st.sampled_from(Disposition), st.floats(0, 1e6), min_size=len(Disposition)
        ),
        retry_rules=st.lists(
            st.builds(
                RetryRule,
                after=st.lists(st.sampled_from(Disposition)).map(tuple),
                days=st.lists(st.sampled_from(Day)).map(tuple),
                pause_s=st.none() | st.floats(0, 1e6),
                counts=st.sampled_from([None, True, False]),
                number=st.none() | st.sampled_from(Which),
            )
        ).map(tuple),
    )
)
def test_settings_come_back_as_they_went(settings: CampaignSettings) -> None:
    assert storage.settings_from_json(storage.to_json(settings)) == settings


def test_settings_of_another_version_are_read() -> None:
    text = '{"dial": "PJSIP/x", "colour": "red", "retry_after_s": {"busy": 5, "bored": 1}}'
    settings = storage.settings_from_json(text)
    shipped = CampaignSettings("PJSIP/x")
    assert settings.retry_after_s == shipped.retry_after_s | {Disposition.BUSY: 5}
    assert settings.max_lines == shipped.max_lines
    assert json.loads(storage.to_json(shipped))["mode"] == "predictive"


def test_a_new_campaign_is_a_draft(db: Database) -> None:
    made = storage.upsert_campaign(db, "acme", "demo", SETTINGS, NOW)
    (project_id,) = storage.list_projects(db)
    assert made == Campaign(made.id, project_id, "demo", CampaignState.DRAFT, SETTINGS)
    assert storage.list_campaigns(db) == [made]


def test_applying_again_changes_settings_and_not_the_state(db: Database) -> None:
    made = storage.upsert_campaign(db, "acme", "demo", CampaignSettings("PJSIP/x"), NOW)
    storage.set_campaign_state(db, made.id, CampaignState.ACTIVE, NOW)
    again = storage.upsert_campaign(db, "acme", "demo", SETTINGS, NOW)
    assert again == Campaign(made.id, made.project_id, "demo", CampaignState.ACTIVE, SETTINGS)
    entries = storage.read_journal(db, "campaign")
    assert [entry["state"] for entry in entries] == ["applied", "active", "applied"]


def test_a_campaign_is_found_by_name(db: Database, campaign: Campaign) -> None:
    assert storage.find_campaign(db, "demo") == campaign
    assert storage.find_campaign(db, "demo", "acme") == campaign
    with pytest.raises(NotFound, match='no campaign "demi"'):
        storage.find_campaign(db, "demi")
    with pytest.raises(NotFound, match='in project "globex"'):
        storage.find_campaign(db, "demo", "globex")
    with pytest.raises(NotFound):
        storage.set_campaign_state(db, campaign.id + 1, CampaignState.ACTIVE, NOW)


def test_a_name_in_two_projects_needs_the_project(db: Database, campaign: Campaign) -> None:
    other = storage.upsert_campaign(db, "globex", "demo", SETTINGS, NOW)
    with pytest.raises(Refused, match='name the project too: "acme/demo" or "globex/demo"'):
        storage.find_campaign(db, "demo")
    assert storage.find_campaign(db, "demo", "globex") == other
    assert storage.find_campaign(db, "globex/demo") == other
    with pytest.raises(NotFound):
        storage.find_campaign(db, "globex/demo", "globex")
    slashed = storage.upsert_campaign(db, "acme", "globex/demo", SETTINGS, NOW)
    assert storage.find_campaign(db, "globex/demo") == slashed


def test_history_has_the_live_answers_of_a_day_and_of_a_month(
    db: Database, campaign: Campaign
) -> None:
    insert(db, campaign, [row(i) for i in range(8)])
    ends = [
        (Disposition.TALKED, -100),
        (Disposition.TALKED, -200),
        (Disposition.TALKED, -90_000),  # yesterday
        (Disposition.ABANDONED, -90_000),
        (Disposition.ABANDONED, -2_600_000),  # more than thirty days ago
        (Disposition.ABANDONED, -300),
        (Disposition.MACHINE, -300),
    ]
    for task, (disposition, seconds) in zip(claim(db, campaign), ends, strict=False):
        o = opening(task, at=at(seconds))
        carry(db, o, closing(o, disposition=disposition))
    today, month = NOW - 86_400_000, NOW - 30 * 86_400_000
    history = storage.history_of(db, campaign.id, today, month)
    assert history == History(day=Tally(3, 1), month=Tally(5, 2))
    assert storage.history_of(db, campaign.id + 1, today, month) == History()


def test_a_cancelled_campaign_takes_its_open_tasks_along(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1), row(2)])
    (task,) = claim(db, campaign, 1)
    assert storage.cancel_campaign(db, campaign.id, NOW) == 2
    assert storage.campaign_by_id(db, campaign.id).state is CampaignState.CANCELLED
    assert storage.show_task(db, task.id)["reason"] == "its campaign was cancelled"
