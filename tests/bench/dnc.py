"""A do-not-call list of a million numbers: what asking it costs, and what its import holds up."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

from ccdialer.core.attempt import client_leg
from ccdialer.core.commands import CloseAttempt, OpenAttempt
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import AttemptOpened
from ccdialer.core.task import Task, TaskMove, next_number
from ccdialer.importing.dnc import BATCH_ROWS
from ccdialer.storage.attempts import close_attempts, open_attempts
from ccdialer.storage.database import BUSY_TIMEOUT_S, Database, connect
from ccdialer.storage.dnc import PUT
from ccdialer.storage.refusals import SITE
from ccdialer.storage.tasks import claim_tasks
from tests.bench.calls import databases
from tests.bench.claim import NODE, SERIES, fill
from tests.bench.rows import Goal, Row, middle

NUMBERS = 1_000_000
TASKS = 100_000
BATCH = 50
BARE = 100_000
ROUNDS = 41

LIST = """{series} INSERT INTO do_not_call
    (e164, project_id, source, reason, since_at, until_at, seen_at)
    SELECT '+7' || (9200000000 + n * 7), 0, 'state', 'asked', 0, NULL, 0 FROM s"""

IMPORT = """
import sys, time
from ccdialer.importing import DncImport, import_dnc
from ccdialer.storage import open_database
from ccdialer.storage.dnc import DncList
with open_database(sys.argv[1]) as database:
    begun = time.monotonic()
    import_dnc(database, sys.argv[2], DncImport(DncList(source="state")))
    print(time.monotonic() - begun)
"""


def dnc() -> list[Row]:
    """For each kind of database: opening a batch of attempts with the list and without; the time
    that a daemon's longest transaction takes during an import, against the time-out of one."""
    rows = []
    with databases() as makers, tempfile.TemporaryDirectory(prefix="ccd-bench-dnc-") as folder:
        file = _write_list(Path(folder) / "list.csv")
        for name, make in makers.items():
            rows += [_opening(name, make(), make()), *_importing(name, make(), file)]
    return rows


def _write_list(path: Path) -> Path:
    """As registers come: a number a line, in no order, in the national spelling."""
    tails = random.Random(1).sample(range(100_000_000), NUMBERS)
    path.write_text("".join(f"89{100_000_000 + tail:09}\n" for tail in tails))
    return path


def _opening(name: str, with_list: str, without: str) -> Row:
    goal = Goal(
        f"dnc-open-{name}",
        f"open {BATCH} attempts with {NUMBERS:,} numbers listed against none, {name}",
        "ms",
        at_most=1.5,
    )
    with connect(with_list) as listed, connect(without) as empty:
        ours, bare = fill(listed, TASKS), fill(empty, TASKS)
        listed.run(LIST.format(series=SERIES[listed.dialect].format(count=NUMBERS)))
        listed.run("ANALYZE")
        times = [(_cycle_ms(listed, ours), _cycle_ms(empty, bare)) for _ in range(ROUNDS)]
    return goal.row(middle([t[0] for t in times]), middle([t[1] for t in times]))


def _cycle_ms(database: Database, campaign_id: int) -> float:
    """One batch: claimed before and closed after the measured time."""
    tasks = claim_tasks(database, campaign_id, BATCH, time.time_ns() // 1_000_000, NODE)
    commands = [_opened(task) for task in tasks]
    begun = time.perf_counter()
    answers = open_attempts(database, commands, NODE, lambda s: round(s * 1000))
    took = time.perf_counter() - begun
    assert len(answers) == BATCH
    assert all(isinstance(answer, AttemptOpened) for answer in answers)
    close_attempts(database, [_closed(c) for c in commands], lambda s: round(s * 1000))
    return took * 1000


def _opened(task: Task) -> OpenAttempt:
    attempt_id = uuid4().hex
    leg, number = client_leg(attempt_id), next_number(task)
    return OpenAttempt(attempt_id, task.id, task.campaign_id, number, leg, time.time())


def _closed(opened: OpenAttempt) -> CloseAttempt:
    return CloseAttempt(
        *(opened.attempt_id, opened.task_id, Disposition.BUSY, TaskMove.RETRY),
        *(86400.0, True, False, 17, 486, opened.at),
    )


def _importing(name: str, url: str, file: Path) -> list[Row]:
    """A process imports while this one dials, some thirty batches of three a second."""
    stalls: list[float] = []
    with connect(url) as database:
        campaign_id = fill(database, TASKS)
        words = [sys.executable, "-c", IMPORT, url, str(file)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
            while process.poll() is None:
                stalls.append(_longest_s(database, campaign_id))
                time.sleep(0.03)
            assert process.stdout is not None
            took = float(process.stdout.read())
        ((count,),) = database.rows("SELECT COUNT(*) FROM do_not_call")
        bare = _bare_rate(database)
    assert count == NUMBERS
    worst = Goal(
        f"dnc-stall-{name}",
        f"longest transaction of {3 * len(stalls):,} beside the import, against the busy time-out,"
        f" {name}",
        "s",
        at_most=0.2,
    )
    rate = Goal(
        *(f"dnc-import-{name}", f"numbers from a file listed, against bare SQL, {name}", "1/s"),
        at_least=0.05,
    )
    return [worst.row(max(stalls), BUSY_TIMEOUT_S), rate.row(NUMBERS / took, bare)]


def _longest_s(database: Database, campaign_id: int) -> float:
    """Three clients claimed, opened, closed: the longest of these transactions."""
    marks = [time.perf_counter()]
    tasks = claim_tasks(database, campaign_id, 3, time.time_ns() // 1_000_000, NODE)
    marks.append(time.perf_counter())
    commands = [_opened(task) for task in tasks]
    open_attempts(database, commands, NODE, lambda s: round(s * 1000))
    marks.append(time.perf_counter())
    close_attempts(database, [_closed(c) for c in commands], lambda s: round(s * 1000))
    marks.append(time.perf_counter())
    return max(later - earlier for earlier, later in pairwise(marks))


def _bare_rate(database: Database) -> float:
    """Entries a second by the bare statement, in batches as large, nothing read or asked."""
    tails = random.Random(2).sample(range(10_000_000), BARE)
    rows = [(f"+7999{n:07}", SITE, "bare", "", 0, None, 0) for n in tails]
    begun = time.perf_counter()
    for start in range(0, BARE, BATCH_ROWS):
        with database.transaction():
            database.run_many(PUT, rows[start : start + BATCH_ROWS])
    return BARE / (time.perf_counter() - begun)
