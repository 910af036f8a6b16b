"""Who met nobody: each is listed until somebody has talked with him."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer.reports.lost import lost
from ccdialer.reports.table import Table
from ccdialer.storage import Database, inbound_statistics
from ccdialer.storage.inbound_statistics import InboundFilter
from tests.reports.scenes import Scene
from tests.reports.test_inbound import HOUR, come
from tests.storage.samples import NOW

EVER = InboundFilter(0, NOW * 2)
CALLED_BACK = """
    INSERT INTO attempt (id, task_id, campaign_id, number, node, opened_at, dialed_at, joined_at,
        ended_at, counts, note)
    VALUES (?, ?, 1, '', 'one', ?, ?, ?, ?, ?, '')"""


def records(table: Table) -> list[dict[str, Any]]:
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def call_back(scene: Scene, call_id: str, task_id: int, at: int, joined_at: int | None) -> None:
    row = (call_id, task_id, at, at, joined_at, at + 60_000, True)
    scene.db.run(CALLED_BACK, row)


def done(db: Database) -> dict[str, str]:
    return {row["id"]: row["how"] for row in records(lost(db, EVER, with_recovered=True))}


def test_what_was_done_about_each(scene: Scene) -> None:
    tasks = [scene.add(f"+7916000000{n}", owner_id=scene.agent_id) for n in range(4)]
    come(scene.db, "a", "left", 30, number="")
    for name, task_id in zip("bcde", tasks, strict=True):
        come(scene.db, name, "left", 30, number=f"+791600{name}", task_id=task_id)
    call_back(scene, "x", tasks[1], NOW + HOUR, None)
    call_back(scene, "y", tasks[2], NOW + HOUR, NOW + HOUR + 5000)
    reason = "full; not called back: his number is hidden"
    come(scene.db, "g", "sent_on", 0, number="", fate_reason=reason)
    again = {"number": "+791600e", "arrived_at": NOW + HOUR}
    come(scene.db, "f", "answered", 5, **again)
    assert done(scene.db) == {
        "a": "nothing: there is no callback",
        "b": "not called back yet",
        "c": "called back, not reached",
        "d": "called back and talked",
        "e": "called again and talked",
        "g": "not called back: his number is hidden",
    }
    found = lost(scene.db, EVER)
    rows = {row["id"]: row for row in records(found)}
    assert list(rows) == ["a", "b", "c", "g"]
    assert (rows["b"]["owner"], rows["b"]["task_state"]) == ("anna", "waiting")
    assert rows["c"]["first_call_back_s"] == 3570.0
    assert (rows["a"]["outcome"], rows["a"]["wait_s"], rows["a"]["queue"]) == (
        *("hung up before an agent came", 30.0, "demo"),
    )
    assert found.note == "6 lost, 0 asked to be called back; talked with since: 2"


def test_who_asked_for_it_is_owed_a_call_too(scene: Scene) -> None:
    come(scene.db, "a", "callback", 30)
    found = lost(scene.db, EVER)
    assert [row["outcome"] for row in records(found)] == ["asked to be called back"]
    assert found.note == "0 lost, 1 asked to be called back; talked with since: 0"


def test_nobody_is_owed_a_call(scene: Scene) -> None:
    come(scene.db, "a", "answered", 30)
    found = lost(scene.db, EVER)
    assert (list(found.rows), found.note) == ([], "")


def test_who_was_talked_with_at_another_task_is_not_owed_a_call(scene: Scene) -> None:
    spring = scene.add("+79160000001")
    come(scene.db, "a", "left", 30, number="+79160000001")
    come(scene.db, "b", "left", 30, number="+79160000001", project_id=2)
    call_back(scene, "x", spring, NOW + HOUR, NOW + HOUR + 5000)
    assert done(scene.db) == {
        "a": "talked by another call of ours",
        "b": "nothing: there is no callback",
    }
    assert [row["id"] for row in records(lost(scene.db, EVER))] == ["b"]


def test_a_try_after_he_has_talked_is_for_a_later_call_of_his(scene: Scene) -> None:
    task_id = scene.add("+79160000001")
    again = {"number": "+79160000001", "arrived_at": NOW + HOUR}
    come(scene.db, "a", "left", 30, number="+79160000001", task_id=task_id)
    come(scene.db, "b", "answered", 5, **again)
    come(scene.db, "c", "left", 30, **again | {"arrived_at": NOW + 2 * HOUR}, task_id=task_id)
    call_back(scene, "x", task_id, NOW + 3 * HOUR, None)
    rows = {row["id"]: row for row in records(lost(scene.db, EVER, with_recovered=True))}
    assert [rows[i]["first_call_back_s"] for i in "ac"] == [None, 3570.0]
    assert rows["a"]["how"] == "called again and talked"


def test_who_hung_up_at_once_and_is_called_back_is_listed(scene: Scene) -> None:
    come(scene.db, "a", "left", 4, task_id=scene.add("+79160000001"))
    come(scene.db, "b", "left", 4)
    assert done(scene.db) == {"a": "not called back yet"}


def test_a_long_list_is_read_page_by_page(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound_statistics, "PAGE", 2)
    for n in range(5):
        come(scene.db, f"c{n}", "left", 30, arrived_at=NOW + n // 3)
    assert [row["id"] for row in records(lost(scene.db, EVER))] == [f"c{n}" for n in range(5)]
    first = lost(scene.db, EVER, limit=2)
    assert [row["id"] for row in records(first)] == ["c0", "c1"]
    assert first.note == "5 lost, 0 asked to be called back; talked with since: 0"
