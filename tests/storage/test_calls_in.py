"""A number's calls to us are listed with the callbacks that came of them, and their attempts."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.core.disposition import Disposition
from ccdialer.core.queue import Fate
from ccdialer.core.task import TaskMove
from ccdialer.storage import Database
from ccdialer.storage.calls_in import calls_in
from tests.storage.callers import agent_of, callbacks_of, comes, ends, joins, queue_of
from tests.storage.samples import NOW, at, carry, claim, closing, number, opening


def test_a_lost_call_and_what_came_of_it(db: Database) -> None:
    queue, callbacks, anna = queue_of(db), callbacks_of(db), agent_of(db, "anna")
    first, lost = comes(queue, 1, -200, call_id="first"), comes(queue, 1, -60, call_id="lost")
    carry(db, first, joins(first, anna, -190), ends(first, Fate.ANSWERED, -100))
    carry(db, lost, ends(lost, after_s=-30), comes(queue, 2))
    found, before = calls_in(db, number(1))
    assert (before["id"], before["agent"], before["task_id"]) == ("first", "anna", None)
    assert (found["id"], found["queue"], found["project"]) == ("lost", "sales", "acme")
    assert (found["fate"], found["owner"], found["task_state"]) == ("left", "anna", "waiting")
    assert (found["due_at"], found["called_at"], found["talked_at"]) == (NOW - 30_000, None, None)
    (task,) = claim(db, callbacks)
    o = opening(task)
    talk = {"disposition": Disposition.TALKED, "task_move": TaskMove.FINISH, "joined_at": at(5)}
    carry(db, o, closing(o, **talk))
    found, _ = calls_in(db, number(1))
    assert (found["called_at"], found["talked_at"]) == (NOW, NOW + 5000)
    assert storage.show_task(db, found["task_id"])["state"] == found["task_state"] == "done"


def test_who_has_not_called(db: Database) -> None:
    assert calls_in(db, number(1)) == []
