"""Call cycles a second, and the time from a client's answer to his agent."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from ccdialer.core.agent import Agent
from ccdialer.core.campaign import CampaignSettings, CampaignState, Mode
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.storage import agents, campaigns
from ccdialer.storage.database import connect
from ccdialer.storage.insertion import TaskRow, insert_tasks
from ccdialer.storage.migrating import migrate
from tests import postgres
from tests.bench.figures import Figures, Job
from tests.bench.rows import Goal, Row, middle
from tests.lab.asterisk import Plan
from tests.lab.sipp import Manners
from tests.lab.site import Site

ROUNDS = 3
TASKS = 20_000
RUN_LIMIT_S = 120

CYCLES = Goal(
    "cycles-{}", "call cycles, attempts closed in {}, against a bare script", "1/s", at_least=0.7
)
JOIN = Goal("join-p99", "answer to agent joined, p99 at 100 calls/s", "ms", at_most=5)
UNRESOLVED = Goal(
    "join-unresolved", "answered calls neither joined nor counted", "calls", at_most=0
)


def cycles() -> list[Row]:
    """50 kept-up agents, each with one call in flight, hung up as soon as joined."""
    with lab(50) as site, databases() as urls:
        job = job_for(site, agents=50, talk_s=0.0, measure_s=8.0)
        baseline: list[float] = []
        reached: dict[str, list[float]] = {name: [] for name in urls}
        for _ in range(ROUNDS):
            baseline.append(run_bare(job).cycles_per_s)
            for name, url in urls.items():
                reached[name].append(run_engine(site, job, url()).cycles_per_s)
    return [
        replace(CYCLES, id=CYCLES.id.format(name), what=CYCLES.what.format(name)).row(
            middle(values), middle(baseline)
        )
        for name, values in reached.items()
    ]


def joins() -> list[Row]:
    """105 agents whose calls last a second on the average: about 100 answers a second."""
    with lab(105) as site, databases() as urls:
        job = job_for(site, agents=105, talk_s=1.0, measure_s=15.0)
        bare = [run_bare(job) for _ in range(ROUNDS)]
        ours = [run_engine(site, job, urls["sqlite"]()) for _ in range(ROUNDS)]
    print(f"bare: {bare}\nours: {ours}", file=sys.stderr)
    return [
        JOIN.row(middle([f.join_p99_ms for f in ours]), middle([f.join_p99_ms for f in bare])),
        UNRESOLVED.row(sum(f.unresolved for f in ours), sum(f.unresolved for f in bare)),
    ]


@contextmanager
def lab(agent_count: int) -> Iterator[Site]:
    """Asterisk, callees who answer at once and stay, and that many phones."""
    with tempfile.TemporaryDirectory(prefix="ccd-bench-") as folder:
        site = Site(Path(folder), Plan(agents=agent_count), Manners(talk_ms=(0, 0), media=False))
        site.start()
        try:
            yield site
        finally:
            site.stop()


@contextmanager
def databases() -> Iterator[dict[str, Callable[[], str]]]:
    """A maker of empty databases of each kind that this machine has."""
    with tempfile.TemporaryDirectory(prefix="ccd-bench-db-") as folder:
        count = iter(range(1000))
        makers: dict[str, Callable[[], str]] = {
            "sqlite": lambda: f"sqlite:///{folder}/bench{next(count)}.db"
        }
        if postgres.missing() is not None:
            yield makers
            return
        with postgres.running_cluster() as cluster:
            makers["postgresql"] = lambda: postgres.fresh_database(cluster)
            yield makers


def job_for(site: Site, agents: int, talk_s: float, measure_s: float) -> Job:
    plan = site.plan
    return Job(
        agents=agents,
        talk_s=talk_s,
        warm_up_s=3.0,
        measure_s=measure_s,
        url=plan.ari_url,
        username=plan.ari_user,
        password=plan.ari_password,
        app=plan.app,
        listen_port=plan.daemon_port,
        config=str(site.config),
    )


def run_bare(job: Job) -> Figures:
    return _run("tests.bench.bare", job)


def run_engine(site: Site, job: Job, url: str) -> Figures:
    """A fresh database with tasks, agents and an active campaign; then the daemon."""
    text = site.config.read_text().splitlines()
    kept = [line for line in text if not line.startswith(("database:", "log:"))]
    lines = [*kept, f"database: {url}", "log: {level: warning}"]
    site.config.write_text("\n".join(lines) + "\n")
    _fill(url, job.agents)
    return _run("tests.bench.engine", job)


def _run(module: str, job: Job) -> Figures:
    argv = [sys.executable, "-m", module, json.dumps(asdict(job))]
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True, timeout=RUN_LIMIT_S, check=True)
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def _fill(url: str, agent_count: int) -> None:
    now = time.time_ns() // 1_000_000
    settings = CampaignSettings(
        dial="PJSIP/{digits}@carrier",
        mode=Mode.PROGRESSIVE,
        calling_hours=AT_ANY_TIME,
        max_lines=agent_count * 2,
        wrap_up_s=0.0,
        ring_timeout_s=30.0,
    )
    with connect(url) as database:
        migrate(database)
        campaign = campaigns.upsert_campaign(database, "bench", "bench", settings, now)
        for n in range(1, agent_count + 1):
            agent = Agent(0, f"agent{n}", f"Agent {n}", f"PJSIP/agent{n}", True, frozenset())
            agents.upsert_agent(database, agent, ["bench"], now)
        rows = [TaskRow(((f"+79001{n:06}", ""),), due_at=now) for n in range(TASKS)]
        for first in range(0, TASKS, 5000):
            insert_tasks(database, campaign.id, rows[first : first + 5000], now)
        campaigns.set_campaign_state(database, campaign.id, CampaignState.ACTIVE, now)
