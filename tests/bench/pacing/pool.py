"""Two processes live the days that are asked for, the longest first."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock

from tests.bench.pacing.cases import cases
from tests.bench.pacing.contenders import PREDICTIVE, TRUE
from tests.bench.pacing.days import Job, Lived

WORKERS = 2
DAY_S, AGENT_S = 0.4, 0.04  # machine time of a day of 8 hours: at least, and per agent
THINKING = {PREDICTIVE: 3.0, TRUE: 3.5}  # times as much as the others need


def effort(job: Job) -> float:
    """About how long the day takes to live, seconds; only its proportions matter."""
    case = cases()[job.case]
    hours = case.scenario.hours / 8.0
    return THINKING.get(job.policy, 1.0) * (DAY_S + AGENT_S * case.agents * hours)


@dataclass(slots=True)
class Progress:
    """How far it is, on standard error."""

    total: float
    jobs: int
    since: float = field(default_factory=time.monotonic)
    done: float = 0.0
    count: int = 0
    told: float = 0.0

    def add(self, job: Job) -> None:
        self.done += effort(job)
        self.count += 1
        now = time.monotonic()
        if now - self.told < 5.0 and self.count < self.jobs:
            return
        self.told = now
        left = (now - self.since) / self.done * (self.total - self.done)
        text = f"{self.count} of {self.jobs} days, about {left / 60.0:.0f} min left ({job.case})"
        print(f"\r{text:70}", end="", file=sys.stderr, flush=True)


def live_all(jobs: Sequence[Job], folder: Path, keep: Callable[[Job, Lived], None]) -> None:
    """Live them in processes that import from `folder`; `keep` is called for each, one by one."""
    ordered = sorted(jobs, key=effort)
    progress, lock = Progress(sum(map(effort, jobs)), len(jobs)), Lock()

    def work() -> None:
        with _worker(folder) as worker:
            while True:
                with lock:
                    if not ordered:
                        return
                    job = ordered.pop()
                lived = _ask(worker, job)
                with lock:
                    keep(job, lived)
                    progress.add(job)

    with ThreadPoolExecutor(WORKERS) as threads:
        futures = [threads.submit(work) for _ in range(min(WORKERS, len(jobs)))]
        try:
            for future in futures:
                future.result()
        finally:
            ordered.clear()  # a run that is stopped finishes the days it lives
    if jobs:
        print(file=sys.stderr)


def _worker(folder: Path) -> subprocess.Popen[str]:
    """In a session of its own: an interrupt is for the run, the day is lived to its end."""
    words = [sys.executable, "-m", "tests.bench.pacing.worker"]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        words, cwd=folder, stdin=pipe, stdout=pipe, text=True, start_new_session=True
    )


def _ask(worker: subprocess.Popen[str], job: Job) -> Lived:
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(json.dumps(asdict(job)) + "\n")
    worker.stdin.flush()
    line = worker.stdout.readline()
    if not line:
        raise SystemExit(f"the process that lived {job} has died; its words are above")
    lived = json.loads(line)
    return Lived(
        **lived | {"answered": tuple(lived["answered"]), "abandoned": tuple(lived["abandoned"])}
    )
