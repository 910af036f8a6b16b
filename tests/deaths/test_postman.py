"""SIGKILL at every request of a delivery, before and after the portal has done it: each call is in
the portal once, each client's in order, and nothing is left over."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from ccdialer.core.notice import Notice, NoticeKind
from ccdialer.storage import Database
from ccdialer.storage.outbox import Promise, promise
from tests.crm.asking import portal
from tests.crm.fakes.bitrix24_calls import CallingPortal
from tests.crm.fakes.server import Answer, FakeServer, Request
from tests.crm.telling import CALL, NOTE
from tests.storage.conftest import db
from tests.storage.samples import NOW

__all__ = ["db"]

LIMIT_S = 120.0
CALLS = ("a", "b", "c")


class Reaper:
    """Kills whoever delivers, when the portal has been asked so many times."""

    def __init__(self, answer: Callable[[Request], Answer], deaths: set[float]) -> None:
        self._answer = answer
        self._deaths = deaths  # 3.0: before the third request is done; 3.5: after it
        self._asked = 0
        self._lock = threading.Lock()
        self.victim: subprocess.Popen[bytes] | None = None

    def __call__(self, request: Request) -> Answer:
        with self._lock:
            self._asked += 1
            if self._asked in self._deaths:
                self._kill()
                raise ConnectionAbortedError
            answer = self._answer(request)
            if self._asked + 0.5 in self._deaths:
                self._kill()
                raise ConnectionAbortedError
            return answer

    def _kill(self) -> None:
        assert self.victim is not None
        self.victim.kill()
        self.victim.wait()


def fill(db: Database) -> None:
    """A talk and its note for each of three calls of one client, and a call of another."""
    for n, call in enumerate(CALLS):
        for notice in (CALL, NOTE):
            _promise(db, replace(notice, call_id=call * 32), NOW + n)
    _promise(db, replace(CALL, call_id="x" * 32, number="+79169999999"), NOW)


def _promise(db: Database, notice: Notice, at: int) -> None:
    key = f"crm/{notice.kind}/{notice.call_id}"
    promise(db, [Promise("crm", key, notice.number, notice, at)])


def deliver(db: Database, server: FakeServer, reaper: Reaper) -> int:
    """Life after life, until all is settled; how many lives it took."""
    until = time.monotonic() + LIMIT_S
    lives = 0
    while _left(db):
        words = [sys.executable, "-m", "tests.deaths.postman", db.url, server.url]
        with subprocess.Popen(words) as process:
            reaper.victim = process
            lives += 1
            while process.poll() is None and _left(db):
                assert time.monotonic() < until
                time.sleep(0.02)
            process.kill()
    return lives


def _left(db: Database) -> int:
    sql = "SELECT COUNT(*) FROM outbox WHERE state IN ('waiting', 'sending')"
    ((count,),) = db.rows(sql)
    return int(count)


@pytest.mark.parametrize("deaths", [{1.0, 3.5, 6.0, 8.5}, {2.5, 5.0, 7.5, 10.0}])
def test_killed_at_requests(db: Database, deaths: set[float]) -> None:
    """Before a request is done, and after it is: with the call registered and not finished, and
    finished and not settled."""
    there = CallingPortal(portal())
    reaper = Reaper(there.answer, deaths)
    fill(db)
    with FakeServer(reaper) as server:
        lives = deliver(db, server, reaper)
    assert lives > len(deaths)
    trouble = db.rows("SELECT key, last_error FROM outbox WHERE state <> 'done'")
    assert trouble == []
    told = [call["EXTERNAL_CALL_ID"][0] for call in there.history]
    assert sorted(told) == [*CALLS, "x"]
    assert [call for call in told if call != "x"] == [*CALLS]
    assert len(there.comments) == len(CALLS)
    assert there.live == {}
    assert {NoticeKind(kind) for (kind,) in db.rows("SELECT DISTINCT kind FROM outbox")} == {
        NoticeKind.CALLS,
        NoticeKind.NOTES,
    }
