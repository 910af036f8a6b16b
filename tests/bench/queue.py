"""The time from a caller's arrival in a queue to his agent, against a script that only joins."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from ccdialer.core.agent import Agent
from ccdialer.core.campaign import CampaignSettings, CampaignState, Mode
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.storage import agents, campaigns
from ccdialer.storage.database import connect
from ccdialer.storage.migrating import migrate
from tests.bench.calls import RUN_LIMIT_S, job_for
from tests.bench.figures import Figures, Job
from tests.bench.rows import Goal, Row, middle
from tests.lab.asterisk import Plan
from tests.lab.callers import Call, callers
from tests.lab.sipp import Manners
from tests.lab.site import Site

ROUNDS, AGENTS, RATE, MEASURE_S, WARM_UP_S = 3, 50, 20.0, 15.0, 4.0
DID = "74951234567"
DIALPLAN = "\n[from-trunk](+)\nexten => {did},1,Stasis({app},queue,bench)\n same => n,Hangup()\n"

TAIL = Goal(
    "queue-join-p99", "caller in the queue to agent joined, p99 at 20 calls/s", "ms", at_most=5
)
LIMIT = Goal("queue-join-limit", "the same, of the 150 ms that it may take", "ms", at_most=1)
LIMIT_MS = 150.0
LOST = Goal("queue-lost", "callers who met nobody though agents were free", "calls", at_most=0)


def queue() -> list[Row]:
    """50 kept-up agents, 20 callers a second, talks of a second on the average."""
    with lab() as site:
        job = job_for(site, agents=AGENTS, talk_s=1.0, measure_s=MEASURE_S)
        bare = [_run(site, "tests.bench.queue_bare", job) for _ in range(ROUNDS)]
        ours = [_run_engine(site, job, n) for n in range(ROUNDS)]
    print(f"bare: {bare}\nours: {ours}", file=sys.stderr)
    tail = middle([f.join_p99_ms for f in ours])
    return [
        TAIL.row(tail, middle([f.join_p99_ms for f in bare])),
        LIMIT.row(tail, LIMIT_MS),
        LOST.row(sum(f.unresolved for f in ours), 0),
    ]


@contextmanager
def lab() -> Iterator[Site]:
    """Asterisk whose trunk's calls go straight into the queue, and the agents' phones."""
    with tempfile.TemporaryDirectory(prefix="ccd-bench-") as folder:
        site = Site(Path(folder), Plan(agents=AGENTS), Manners(talk_ms=(0, 0), media=False))
        with (site.asterisk.folder / "etc" / "extensions.conf").open("a") as dialplan:
            dialplan.write(DIALPLAN.format(did=DID, app=site.plan.app))
        site.start()
        try:
            yield site
        finally:
            site.stop()


def _run_engine(site: Site, job: Job, serial: int) -> Figures:
    url = f"sqlite:///{site.folder}/queue{serial}.db"
    text = site.config.read_text().splitlines()
    kept = [line for line in text if not line.startswith(("database:", "log:"))]
    site.config.write_text("\n".join([*kept, f"database: {url}", "log: {level: warning}", ""]))
    _fill(url)
    return _run(site, "tests.bench.queue_engine", job)


def _run(site: Site, module: str, job: Job) -> Figures:
    argv = [sys.executable, "-m", module, json.dumps(asdict(job))]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as running:
        time.sleep(WARM_UP_S)
        count = int(RATE * MEASURE_S)
        people = [Call(f"7916{n:07d}", DID, stay_ms=20_000) for n in range(count)]
        with tempfile.TemporaryDirectory(prefix="ccd-callers-") as folder:
            sipp = callers(Path(folder), people, site.plan, RATE)
            out, _ = running.communicate(timeout=RUN_LIMIT_S)
            sipp.stop()
    return Figures(**json.loads(out.splitlines()[-1]))


def _fill(url: str) -> None:
    now = time.time_ns() // 1_000_000
    settings = CampaignSettings(mode=Mode.INBOUND, calling_hours=AT_ANY_TIME, wrap_up_s=0.0)
    with connect(url) as database:
        migrate(database)
        found = campaigns.upsert_campaign(database, "bench", "bench", settings, now)
        for n in range(1, AGENTS + 1):
            agent = Agent(0, f"agent{n}", f"Agent {n}", f"PJSIP/agent{n}", True, frozenset())
            agents.upsert_agent(database, agent, ["bench"], now)
        campaigns.set_campaign_state(database, found.id, CampaignState.ACTIVE, now)
