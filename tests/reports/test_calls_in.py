"""A number's calls to us are told with what became of each, and of the callbacks they left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ccdialer import storage
from ccdialer.core.commands import CloseInbound
from ccdialer.core.queue import Fate
from ccdialer.reports.calls_in import COLUMNS, calls_in, came_of_it, record
from ccdialer.storage import Database
from ccdialer.storage.app_queue import SiteCall, lost_call
from ccdialer.storage.calls_in import calls_in as found_in
from tests.storage.callers import agent_of, callbacks_of, comes, ends, joins, queue_of
from tests.storage.samples import NOW, carry, number


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with storage.connect(database_url) as database:
        storage.migrate(database)
        yield database


def told(db: Database) -> list[dict[str, object]]:
    keys = [column.key for column in COLUMNS]
    rows = calls_in(found_in(db, number(1)), NOW).rows
    return [dict(zip(keys, row, strict=True)) for row in rows]


def test_each_call_is_told_the_last_first(db: Database) -> None:
    queue, anna = queue_of(db), agent_of(db, "anna")
    callbacks_of(db)
    left, talked = comes(queue, call_id="left"), comes(queue, 1, 100, call_id="talked")
    waits = comes(queue, 1, 300, call_id="waits")
    carry(db, left, ends(left))
    (only,) = told(db)
    assert only["went_to"] == "queue sales"
    assert only["became"] == "hung up before an agent came"
    assert (only["waited_s"], only["talk_s"]) == (35.0, None)
    task_id = only["task_id"]
    assert str(only["came_of_it"]).startswith(f"callback task {task_id} waits, due ")
    carry(db, talked, joins(talked, anna, 110), ends(talked, Fate.ANSWERED, 200), waits)
    third, second, first = told(db)
    assert (third["became"], third["came_of_it"]) == ("on the line", "")
    assert (second["became"], second["agent"], second["talk_s"]) == ("talked", "anna", 90.0)
    assert first["came_of_it"] == (
        f"callback task {task_id} is done: reached by inbound call talked"
    )


def test_a_call_that_the_dialplan_s_own_fallback_had(db: Database) -> None:
    project_id = callbacks_of(db).project_id
    call = SiteCall("one", "1.7", number(1), project_id, NOW, told_at=NOW + 90_000)
    lost_call(db, call, NOW + 40_000, Fate.SENT_ON, "agi_failure")
    (only,) = told(db)
    assert only["went_to"] == "the dialplan's own fallback"
    assert only["became"] == "sent on: agi_failure"


def test_a_callback_that_reached_him_is_told(db: Database) -> None:
    queue = queue_of(db)
    callbacks_of(db)
    left = comes(queue)
    carry(db, left, ends(left))
    (call,) = found_in(db, number(1))
    assert came_of_it(call | {"talked_at": NOW + 60_000}, NOW).startswith("called back and talked ")
    tried = came_of_it(call | {"called_at": NOW + 60_000}, NOW)
    assert ", called " in tried


def test_why_he_is_not_called_back_is_told(db: Database) -> None:
    left = comes(queue_of(db, lost_after_s=60))
    end: CloseInbound = ends(left)
    carry(db, left, end)
    (call,) = found_in(db, number(1))
    assert record(call, NOW)["became"] == (
        "hung up before an agent came: not called back: he hung up at once"
    )
    assert record(call, NOW)["arrived_at"] == "2027-01-15T08:00:00.000Z"
