"""The list of callbacks: how late, and who is waited for."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.reports.callbacks import callbacks, step_of
from ccdialer.storage import CallbackFilter, TaskRow, add_callback, list_callbacks, upsert_campaign
from tests.reports.scenes import NOW, Scene


def test_a_callback_in_a_row(scene: Scene) -> None:
    settings = CampaignSettings("PJSIP/{digits}@t", Mode.CALLBACK)
    campaign = upsert_campaign(scene.db, "acme", "back", settings, NOW)
    number = "+79160000009"
    row = TaskRow([(number, number)], NOW - 90_000, 7, details='{"note": "x"}', owner_group="vip")
    task_id = add_callback(scene.db, campaign.id, row, NOW)
    (shown,) = callbacks(list_callbacks(scene.db, CallbackFilter()), NOW).rows
    assert shown == (
        *(task_id, "back", NOW - 90_000, 90.0, None, "vip", "the group", "waiting"),
        *(7, 0, number, "note=x"),
    )


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({"owner_id": 1}, "owner"),
        ({"owner_group": "vip"}, "group"),
        ({}, "anyone"),
        ({"owner_id": 1, "step": "group", "step_due_at": 5}, "group"),
        ({"owner_id": 1, "step": "group", "step_due_at": 4}, "owner"),
    ],
)
def test_a_step_belongs_to_its_due_time(changes: dict[str, Any], step: str) -> None:
    bare = {"owner_id": None, "owner_group": None, "step": None, "step_due_at": None, "due_at": 5}
    assert step_of({**bare, **changes}) == step
