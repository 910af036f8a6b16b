"""The report of kept callbacks, as people read it."""

from __future__ import annotations

from dataclasses import replace

from ccdialer import storage
from ccdialer.core.campaign import Mode
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.disposition import Disposition
from ccdialer.reports.promises import NOTE, promises_table
from ccdialer.reports.span import Span
from tests.reports.scenes import NOW, Scene

SPAN = Span(NOW - 1, NOW + 3_600_000)


def test_one_was_late_and_nobody_missed(scene: Scene) -> None:
    scene.add("+79160000001", owner_id=scene.agent_id, due_at=NOW - 90_000)
    scene.call(Disposition.TALKED)
    settings = replace(scene.campaign.settings, mode=Mode.CALLBACK, calling_hours=AT_ANY_TIME)
    storage.upsert_campaign(scene.db, "sales", "demo", settings, NOW)
    table = promises_table(scene.db, SPAN, scene.campaign)
    keys = [column.key for column in table.columns]
    (row,) = [dict(zip(keys, one, strict=True)) for one in table.rows]
    assert (row["owner"], row["group"], row["dialed"], row["late"]) == ("anna", "", 1, 1)
    assert (row["in_time_rate"], row["by_owner"], row["reached"]) == (0.0, 1, 1)
    assert (row["mean_late_s"], row["missed"], row["overdue"]) == (90.0, 0, 0)
    assert table.note == NOTE


def test_nothing_was_promised(scene: Scene) -> None:
    table = promises_table(scene.db, SPAN)
    assert (list(table.rows), table.note) == ([], "")
