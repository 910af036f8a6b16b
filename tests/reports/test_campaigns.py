"""The report of campaigns: its figures by hand."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.agent import AgentState
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.disposition import Disposition
from ccdialer.core.metrics import abandonment_rate
from ccdialer.reports.campaigns import campaigns, results
from ccdialer.reports.span import Span
from tests.reports.scenes import NOW, Scene


def record(scene: Scene, wanted: Span) -> dict[str, Any]:
    table = campaigns(scene.db, wanted, scene.campaign)
    (row,) = table.rows
    return dict(zip((column.key for column in table.columns), row, strict=True))


def test_figures_of_four_calls(scene: Scene) -> None:
    results_ = (Disposition.TALKED, Disposition.ABANDONED, Disposition.BUSY, Disposition.TALKED)
    for n, disposition in enumerate(results_):
        scene.add(f"+7916000000{n}")
        scene.call(disposition)
    scene.add("+79160000009")
    scene.shift(
        *((AgentState.TALKING, 120), (AgentState.WRAP_UP, 30), (AgentState.AVAILABLE, 10)),
        campaign_id=scene.campaign.id,
    )
    found = record(scene, Span(NOW, NOW + 3_600_000))
    assert (found["tasks"], found["tasks_done"], found["tasks_left"]) == (5, 2, 3)
    assert (found["attempts"], found["live_answers"]) == (4, 3)
    assert (found["talked"], found["abandoned"], found["busy"], found["lost"]) == (2, 1, 1, 0)
    assert found["abandonment_rate"] == pytest.approx(abandonment_rate(2, 1))
    assert found["contact_rate"] == pytest.approx(3 / 4)
    assert found["mean_wait_s"] == pytest.approx(1.0)
    assert (found["talk_s"], found["wrap_up_s"]) == (120.0, 30.0)
    assert found["aht_s"] == pytest.approx(75.0)
    assert found["attempts_per_contact"] == pytest.approx(2.0)
    assert found["results"] == "talked 2, abandoned 1, busy 1"


def test_a_span_without_calls(scene: Scene) -> None:
    scene.add("+79160000001")
    scene.call(Disposition.TALKED)
    found = record(scene, Span(0, NOW))
    assert (found["attempts"], found["talk_s"], found["tasks_done"]) == (0, 0.0, 1)
    assert (found["mean_wait_s"], found["attempts_per_contact"]) == (None, None)


def test_every_campaign_has_a_row(scene: Scene) -> None:
    storage.upsert_campaign(scene.db, "care", "second", CampaignSettings("PJSIP/{digits}@t"), NOW)
    rows = list(campaigns(scene.db, Span(0, NOW)).rows)
    assert [row[:2] for row in rows] == [("care", "second"), ("sales", "demo")]


def test_results_in_words_leave_out_what_did_not_happen() -> None:
    assert results({Disposition.BUSY: 1, Disposition.TALKED: 0, Disposition.LOST: 3}) == (
        "lost 3, busy 1"
    )
