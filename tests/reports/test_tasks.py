"""The list of tasks."""

from __future__ import annotations

import json

import pytest

from ccdialer.core.disposition import Disposition
from ccdialer.reports import table, tasks
from ccdialer.storage import TaskFilter
from tests.reports.scenes import NOW, Scene


def test_a_task_in_a_row(scene: Scene) -> None:
    details = json.dumps({"name": "Анна", "city": "Омск"})
    task_id = scene.add("+79160000001", "+74950000001", details=details, external_id="c-1")
    (row,) = tasks.tasks(scene.db, TaskFilter()).rows
    assert row == (
        *(task_id, "demo", "waiting", 5, NOW, 0, "", "+79160000001, +74950000001", "c-1"),
        *("name=Анна, city=Омск", ""),
    )


def test_a_number_that_does_not_exist_is_marked(scene: Scene) -> None:
    scene.add("+79160000001", "+74950000001")
    scene.call(Disposition.UNALLOCATED)
    (row,) = tasks.tasks(scene.db, TaskFilter()).rows
    assert "+79160000001 (bad), +74950000001" in row


def test_pages_meet_without_a_gap(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "PAGE", 2)
    ids = [scene.add(f"+7916000000{n}") for n in range(5)]
    assert [row[0] for row in tasks.tasks(scene.db, TaskFilter(limit=0)).rows] == ids
    assert [row[0] for row in tasks.tasks(scene.db, TaskFilter(limit=3)).rows] == ids[:3]
