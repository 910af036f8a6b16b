"""The outbox: notices delivered a second, what promising costs a closing, and a long backlog."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from uuid import uuid4

from ccdialer.core.attempt import client_leg
from ccdialer.core.commands import CloseAttempt, OpenAttempt
from ccdialer.core.disposition import Disposition
from ccdialer.core.notice import Direction, Notice, NoticeKind, Parcel, Wish
from ccdialer.core.task import Task, TaskMove, next_number
from ccdialer.crm.taking import Memory, Taken
from ccdialer.runtime.delivery import Delivery, Route
from ccdialer.storage.attempts import close_attempts, open_attempts
from ccdialer.storage.database import Database, connect
from ccdialer.storage.migrating import migrate
from ccdialer.storage.outbox import Promise, Worker, claim_parcels, promise, put_back
from ccdialer.storage.tasks import claim_tasks
from tests.bench.calls import databases
from tests.bench.claim import NODE, fill
from tests.bench.rows import Goal, Row

NOTICES = 3000
BACKLOG = 200_000
BATCHES, BATCH = 40, 50
CLAIMS = 200
LIMIT_S = 120.0
TAKE = "UPDATE outbox SET state = 'sending' WHERE id = ?"
MARK = "UPDATE outbox SET state = 'done' WHERE id = ?"


def outbox() -> list[Row]:
    """For each kind of database."""
    rows = []
    with databases() as makers:
        for name, make in makers.items():
            rows += [_delivered(name, make(), make()), _backlog(name, make()), _closed(name, make)]
    return rows


class _Receiver:
    """Takes everything at once."""

    name = "bench"

    def __init__(self) -> None:
        self.left = NOTICES
        self.done = threading.Event()

    def take(self, parcel: Parcel, memory: Memory) -> Taken:
        self.left -= 1
        if self.left <= 0:
            self.done.set()
        return Taken()


def _fill(database: Database, count: int) -> None:
    """Notices of as many clients."""
    migrate(database)
    at = time.time_ns() // 1_000_000 - 1000
    told = Notice(NoticeKind.CALLS, "", Direction.OUTBOUND, "+79161234567", "+74950000000", "sales")
    for first in range(0, count, 5000):
        numbers = range(first, min(count, first + 5000))
        rows = [Promise("bench", f"bench/calls/{n}", f"+7{n:010}", told, at) for n in numbers]
        with database.transaction():
            promise(database, rows)


def _delivered(name: str, url: str, bare_url: str) -> Row:
    with connect(url) as database:
        _fill(database, NOTICES)
        receiver = _Receiver()
        delivery = Delivery(database, "bench", [Route(receiver, per_s=1e9)])
        begun = time.perf_counter()
        delivery.start()
        assert receiver.done.wait(LIMIT_S)
        per_s = NOTICES / (time.perf_counter() - begun)
        delivery.close()
    what = f"notices delivered, against two commits each by key, {name}"
    goal = Goal(f"outbox-delivered-{name}", what, "1/s", at_least=0.5)
    return goal.row(per_s, _bare(bare_url))


def _bare(url: str) -> float:
    with connect(url) as database:
        _fill(database, NOTICES)
        ids = [row_id for (row_id,) in database.rows("SELECT id FROM outbox")]
        begun = time.perf_counter()
        for row_id in ids:
            for sql in (TAKE, MARK):
                with database.transaction():
                    database.run(sql, (row_id,))
        return NOTICES / (time.perf_counter() - begun)


def _backlog(name: str, url: str) -> Row:
    """Claims among many that wait, against claims among few."""
    with connect(url) as database:
        _fill(database, 1000)
        few = _claim_ms(database)
        _fill(database, BACKLOG)
        database.run("ANALYZE")
        many = _claim_ms(database)
    what = f"a claim of 5 among {BACKLOG:,} that wait, median, against 1,000, {name}"
    return Goal(f"outbox-backlog-{name}", what, "ms", at_most=3).row(many, few)


def _claim_ms(database: Database) -> float:
    worker, now, times = Worker("bench", "bench"), time.time_ns() // 1_000_000, []
    for _ in range(CLAIMS):
        begun = time.perf_counter()
        parcels = claim_parcels(database, worker, 5, now)
        times.append(time.perf_counter() - begun)
        assert len(parcels) == 5
        put_back(database, parcels)
    return statistics.median(times) * 1000


def _closed(name: str, make: Callable[[], str]) -> Row:
    """A batch of attempts is closed with a promise for each, against one without."""
    told, silent = (_closing_ms(make(), wishes) for wishes in ((WISH,), ()))
    what = f"closing {BATCH} attempts with a promise each, median, against without, {name}"
    return Goal(f"outbox-closing-{name}", what, "ms", at_most=6).row(told, silent)


WISH = Wish("bench", frozenset({NoticeKind.CALLS}))


def _closing_ms(url: str, wishes: tuple[Wish, ...]) -> float:
    times = []
    with connect(url) as database:
        campaign_id = fill(database, BATCHES * BATCH)
        database.wishes = wishes
        for _ in range(BATCHES):
            tasks = claim_tasks(database, campaign_id, BATCH, time.time_ns() // 1_000_000, NODE)
            commands = [_opened(task) for task in tasks]
            open_attempts(database, commands, NODE, lambda s: round(s * 1000))
            closes = [_close_of(command) for command in commands]
            begun = time.perf_counter()
            close_attempts(database, closes, lambda s: round(s * 1000))
            times.append(time.perf_counter() - begun)
        ((count,),) = database.rows("SELECT COUNT(*) FROM outbox")
        assert count == (BATCHES * BATCH if wishes else 0)
    return statistics.median(times) * 1000


def _opened(task: Task) -> OpenAttempt:
    attempt_id = uuid4().hex
    leg, number = client_leg(attempt_id), next_number(task)
    return OpenAttempt(attempt_id, task.id, task.campaign_id, number, leg, time.time())


def _close_of(opened: OpenAttempt) -> CloseAttempt:
    return CloseAttempt(
        *(opened.attempt_id, opened.task_id, Disposition.BUSY, TaskMove.RETRY),
        *(86400.0, True, False, 17, 486, opened.at, opened.at),
    )
