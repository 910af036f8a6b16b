"""The report of pacing: the journal, page by page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer.core.commands import RecordPace
from ccdialer.reports import table
from ccdialer.reports.pacing import pacing
from ccdialer.storage import PaceFilter
from tests.reports.scenes import NOW, Scene


def test_rows_in_order_without_a_gap(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "PAGE", 2)
    first = RecordPace(
        scene.campaign.id, NOW / 1000, 3, 40, 2, 0, 5, 0.021, None, "2 idle: placed 3"
    )
    for n in range(5):
        scene.carry(replace(first, at=NOW / 1000 + 10 * (n // 2), placed=n))
    found = pacing(scene.db, PaceFilter(limit=0))
    keys = [column.key for column in found.columns]
    rows = [dict(zip(keys, row, strict=True)) for row in found.rows]
    assert [row["placed"] for row in rows] == [0, 1, 2, 3, 4]
    assert rows[0] == {
        "at": NOW,
        "campaign": "demo",
        "placed": 0,
        "decisions": 40,
        "idle": 2,
        "waiting": 0,
        "in_flight": 5,
        "risk": 0.021,
        "allowed": None,
        "reason": "2 idle: placed 3",
    }
    assert len(list(pacing(scene.db, PaceFilter(limit=3)).rows)) == 3
