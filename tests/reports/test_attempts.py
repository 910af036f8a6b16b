"""The report of attempts: a row for each, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer.core.disposition import Disposition
from ccdialer.reports import attempts, table
from ccdialer.storage import AttemptFilter
from tests.reports.scenes import NOW, Scene


def rows(scene: Scene, wanted: AttemptFilter) -> list[dict[str, Any]]:
    table = attempts.attempts(scene.db, wanted)
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def test_a_talk_and_a_busy_line(scene: Scene) -> None:
    first = scene.add("+79160000001", external_id="c-1")
    scene.call(Disposition.TALKED, cause=16, sip_code=200)
    scene.now += 1000
    scene.add("+79160000002")
    scene.call(Disposition.BUSY, ended_at=scene.now / 1000 + 3)
    talk, busy = rows(scene, AttemptFilter())
    assert (talk["opened_at"], talk["campaign"], talk["number"]) == (NOW, "demo", "+79160000001")
    assert (talk["ring_s"], talk["wait_s"], talk["talk_s"]) == (5.0, 1.0, 60.0)
    assert (talk["agent"], talk["result"], talk["task_id"]) == ("anna", "talked", first)
    assert (talk["external_id"], talk["cause"]) == ("c-1", "SIP 200, normal clearing")
    assert (busy["result"], busy["disposition"]) == ("busy", "busy")
    assert (busy["ring_s"], busy["wait_s"], busy["talk_s"], busy["agent"]) == (
        3.0,
        None,
        None,
        None,
    )


def test_a_live_call_has_no_result_yet(scene: Scene) -> None:
    scene.add("+79160000001")
    scene.open()
    (live,) = rows(scene, AttemptFilter())
    assert (live["result"], live["disposition"], live["ring_s"]) == ("live", None, None)


def test_pages_meet_without_a_gap(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "PAGE", 2)
    for n in range(5):
        scene.add(f"+7916000000{n}")
        scene.call(Disposition.BUSY)
    every = rows(scene, AttemptFilter(limit=0))
    assert {row["number"] for row in every} == {f"+7916000000{n}" for n in range(5)}
    assert len(every) == 5
    assert [row["id"] for row in rows(scene, AttemptFilter(limit=3))] == [
        r["id"] for r in every[:3]
    ]


def test_a_record_has_its_instant_in_utc(scene: Scene) -> None:
    scene.add("+79160000001")
    scene.call(Disposition.BUSY)
    (stored,) = attempts._pages(scene.db, AttemptFilter())
    assert attempts.record(stored)["opened_at"] == "2026-09-21T14:13:20.000Z"
