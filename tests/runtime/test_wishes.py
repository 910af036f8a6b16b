"""Wishes of callers: in order, once, and kept while the database is away."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from structlog.testing import capture_logs

from ccdialer.errors import Refused, StorageUnavailable
from ccdialer.fastagi.desk import Done
from ccdialer.fastagi.script import Status
from ccdialer.runtime import wishes as module
from ccdialer.runtime.wishes import NoWishes, Wishes
from ccdialer.storage import Database

NEW = Done(Status.OK, "new")
LIMIT_S = 10.0


@pytest.fixture(autouse=True)
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.005)


class Written:
    """Takes wishes, as often as the database does not fail."""

    def __init__(self, fails: int = 0) -> None:
        self.fails = fails
        self.tries = 0
        self.order: list[int] = []

    def wish(self, n: int) -> Any:
        def write(database: Database, now: int) -> Done:
            self.tries += 1
            if self.tries <= self.fails:
                raise StorageUnavailable("locked")
            self.order.append(n)
            return NEW

        return write


def test_in_order_and_once(db: Database) -> None:
    wishes, written, told = Wishes(db), Written(), []
    wishes._written = lambda: told.append(1)
    for n in (1, 2, 3, 1, 2):
        assert wishes.fulfil(("x", n), written.wish(n)) == NEW
    assert wishes.close(LIMIT_S)
    assert written.order == [1, 2, 3]
    assert len(told) == 3


def test_what_is_late_is_written_all_the_same(db: Database) -> None:
    wishes, written = Wishes(db), Written(fails=20)
    with capture_logs():
        assert wishes.fulfil("a", written.wish(1), waits_s=0.0) == Done(
            Status.TIMEOUT, "database_slow"
        )
        assert wishes.fulfil("b", written.wish(2), waits_s=LIMIT_S) == NEW
        assert wishes.fulfil("a", written.wish(3)) == NEW, "it is the same wish"
        assert wishes.close(LIMIT_S)
    assert written.order == [1, 2]


def test_what_is_refused_may_be_tried_again(db: Database) -> None:
    def refused(database: Database, now: int) -> Done:
        raise Refused("not now")

    def broken(database: Database, now: int) -> Done:
        raise ZeroDivisionError

    wishes, written = Wishes(db), Written()
    with capture_logs() as logs:
        assert wishes.fulfil("a", refused).reason == "refused"
        assert wishes.fulfil("b", broken).reason == "write_failed"
    assert logs[0]["why"] == "not now"
    for key in ("a", "b"):
        assert wishes.fulfil(key, written.wish(1)) == NEW
    assert wishes.close(LIMIT_S)


def test_the_end_writes_what_is_queued_and_tells_of_what_it_cannot(db: Database) -> None:
    open_again = threading.Event()

    def waits(database: Database, now: int) -> Done:
        assert open_again.wait(LIMIT_S)
        return NEW

    wishes, written = Wishes(db), Written()
    wishes.fulfil("a", waits, waits_s=0.0)
    wishes.fulfil("b", written.wish(1), waits_s=0.0)
    assert wishes.depth == 1
    threading.Timer(0.05, open_again.set).start()
    assert wishes.close(LIMIT_S)
    assert written.order == [1]

    away, never = Wishes(db), Written(fails=10**9)
    with capture_logs() as logs:
        away.fulfil("a", never.wish(1), waits_s=0.0)
        away.fulfil("b", never.wish(2), waits_s=0.0)
        assert not away.close(0.05)
    assert logs[-1]["event"] == "wishes of callers are not written"


def test_nobody_wishes_without_end(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUED_MOST", 2)
    monkeypatch.setattr(module, "KEPT", 3)
    go = threading.Event()
    wishes, written = Wishes(db), Written()

    def waits(database: Database, now: int) -> Done:
        assert go.wait(LIMIT_S)
        return NEW

    wishes.fulfil(0, waits, waits_s=0.0)
    until = time.monotonic() + LIMIT_S
    while wishes.depth and time.monotonic() < until:
        time.sleep(0.001)
    found = [wishes.fulfil(n, written.wish(n), waits_s=0.0).reason for n in range(1, 5)]
    assert found == ["database_slow", "database_slow", "too_many_wishes", "too_many_wishes"]
    go.set()
    assert wishes.close(LIMIT_S)
    assert len(wishes._known) <= 3


def test_nothing_is_written_when_a_script_is_tried(db: Database) -> None:
    told: list[str] = []
    written = Written()
    done = NoWishes(told.append).fulfil(("do_not_call", "+7", "1.1", ""), written.wish(1))
    assert done == Done(Status.OK, "dry_run")
    assert told == ["not written (--really writes it): do_not_call +7 1.1 "]
    assert written.order == []


def test_an_end_without_wishes(db: Database) -> None:
    assert Wishes(db).close(0.0)
