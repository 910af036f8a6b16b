"""What those cost who only wait: 10,000 connections to the AGI port that say nothing, while calls
are served; and 200 callers in a queue whose agents are away."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings, CampaignState, Mode
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.queue import QueueSettings
from tests.bench.agi import OPEN_S, Load, prepared, server
from tests.bench.rows import Goal, Row
from tests.lab.asterisk import Plan
from tests.lab.callers import Call, callers
from tests.lab.running import Running
from tests.lab.sipp import Manners, wait_until
from tests.lab.site import Site

IDLE, STEP_S = 10_000, 0.05
WAITING, DID = 200, "74951234567"
DIALPLAN = "\n[from-trunk](+)\nexten => {did},1,Stasis({app},queue,sales)\n same => n,Hangup()\n"

TAIL = Goal("idle-agi-p99", "p99 of route_by_stage, 10,000 idle connections, none", "ms", at_most=5)
MEMORY = Goal("idle-agi-mib", "memory that they cost at most, limit", "MiB", at_most=1)
FILES = Goal("idle-agi-files", "files that they keep open at most, limit", "files", at_most=1)
CALLER_KIB = Goal("waiting-kib", "memory for each of 200 waiting callers, limit", "KiB", at_most=1)
CALLER_FILES = Goal("waiting-files", "files that 200 waiting callers open", "files", at_most=0.05)


def rss_kib(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


# --- the AGI port ---------------------------------------------------------------------------------


def idle() -> list[Row]:
    """Five rows; the connections come in as fast as calls are served, none is closed by us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, IDLE + 2_000), hard))
    try:
        with tempfile.TemporaryDirectory(prefix="ccd-bench-") as name:
            path = prepared(Path(name))
            with server("routes", Path(name) / "routes", path) as load:
                rows = uvloop.run(_idle(load))
        print(rows, file=sys.stderr)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return [*rows, *waiting()]


async def _idle(load: Load) -> list[Row]:
    pid = _listener(load.port)
    await load.closed(2.0)
    without = await load.open(OPEN_S)
    before = rss_kib(pid), files(pid)
    most = [0, 0]
    held: list[socket.socket] = []
    crowd = asyncio.ensure_future(_crowd(load.port, held, pid, most))
    beside = await load.open(OPEN_S)
    await crowd
    for one in held:
        one.close()
    return [
        TAIL.row(beside, without),
        MEMORY.row((most[0] - before[0]) / 1024, 32.0),
        FILES.row(most[1] - before[1], 512),
    ]


async def _crowd(port: int, held: list[socket.socket], pid: int, most: list[int]) -> None:
    """Come in together with OPEN_S of calls, and notice the most that the server uses."""
    each = round(IDLE * STEP_S / (OPEN_S - 2))
    while len(held) < IDLE:
        for _ in range(each):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            held.append(one)
        most[:] = max(most[0], rss_kib(pid)), max(most[1], files(pid))
        await asyncio.sleep(STEP_S)


def _listener(port: int) -> int:
    """The process of ours that serves the port: a child of this one."""
    mark = f"0100007F:{port:04X} 00000000:0000 0A"
    line = next(row for row in Path("/proc/net/tcp").read_text().splitlines() if mark in row)
    inode = line.split()[9]
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    for pid in map(int, children):
        links = (os.readlink(each) for each in Path(f"/proc/{pid}/fd").iterdir())
        if f"socket:[{inode}]" in links:
            return pid
    raise LookupError(f"nobody serves port {port}")


# --- a queue --------------------------------------------------------------------------------------


@contextmanager
def queue_site() -> Iterator[Running]:
    """A daemon whose only queue has agents who are not there."""
    with tempfile.TemporaryDirectory(prefix="ccd-bench-") as name:
        site = Site(Path(name), Plan(agents=1), Manners(media=False))
        with (site.asterisk.folder / "etc" / "extensions.conf").open("a") as dialplan:
            dialplan.write(DIALPLAN.format(did=DID, app=site.plan.app))
        running = Running(site)
        queue = QueueSettings(max_waiting=WAITING)
        settings = CampaignSettings(mode=Mode.INBOUND, calling_hours=AT_ANY_TIME, queue=queue)
        now = time.time_ns() // 1_000_000
        found = storage.upsert_campaign(running.database, "demo", "sales", settings, now)
        storage.set_campaign_state(running.database, found.id, CampaignState.ACTIVE, now)
        site.start()
        try:
            running.start()
            yield running
        finally:
            running.end()


def waiting() -> list[Row]:
    """Memory and files of the daemon, before they come and when all of them wait."""
    with queue_site() as running, tempfile.TemporaryDirectory(prefix="ccd-callers-") as folder:
        assert running.process is not None
        pid = running.process.pid
        before = rss_kib(pid), files(pid)
        people = [Call(f"7916{n:07d}", DID, stay_ms=40_000) for n in range(WAITING)]
        sipp = callers(Path(folder), people, running.site.plan, 20.0)
        sql = "SELECT count(*) FROM inbound_call WHERE queued_at IS NOT NULL AND ended_at IS NULL"
        wait_until(lambda: running.database.rows(sql) == [(WAITING,)], 35.0, "all wait")
        after = rss_kib(pid), files(pid)
        sipp.stop()
    print(f"before {before}, with {WAITING} waiting {after}", file=sys.stderr)
    return [
        CALLER_KIB.row((after[0] - before[0]) / WAITING, 64.0),
        CALLER_FILES.row(after[1] - before[1], WAITING),
    ]
