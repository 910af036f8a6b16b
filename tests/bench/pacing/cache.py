"""The cache of lived days: a file of JSON lines, so that a run can be stopped and go on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from tests.bench.pacing.days import Job, Lived


class Cache:
    """Figures by job; what is added is written at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lived: dict[Job, Lived] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                self._take(line)

    def __contains__(self, job: Job) -> bool:
        return job in self._lived

    def __getitem__(self, job: Job) -> Lived:
        return self._lived[job]

    def days(self, case: str, policy: str, seeds: Iterable[int]) -> dict[int, Lived]:
        """Those of the days that were lived, by seed."""
        jobs = {seed: Job(case, policy, seed) for seed in seeds}
        return {seed: self._lived[job] for seed, job in jobs.items() if job in self._lived}

    def add(self, job: Job, lived: Lived) -> None:
        self._lived[job] = lived
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            file.write(_line(job, lived))

    def forget(self, policies: Iterable[str], cases: Iterable[str]) -> None:
        """These have changed: their days in these cases are to be lived again."""
        gone = {(case, policy) for case in cases for policy in policies}
        kept = {j: lived for j, lived in self._lived.items() if (j.case, j.policy) not in gone}
        self._lived = kept
        if self._path.exists():
            self._path.write_text("".join(_line(job, lived) for job, lived in kept.items()))

    def _take(self, line: str) -> None:
        try:
            job, lived = json.loads(line)
        except ValueError:
            return  # the run was stopped while it wrote this
        lived["answered"], lived["abandoned"] = tuple(lived["answered"]), tuple(lived["abandoned"])
        self._lived[Job(**job)] = Lived(**lived)


def _line(job: Job, lived: Lived) -> str:
    return json.dumps([asdict(job), asdict(lived)]) + "\n"
