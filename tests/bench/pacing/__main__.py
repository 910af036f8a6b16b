"""`make bench-pacing`: lives the days that are missing and writes docs/pacing-figures.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.bench.pacing import hindsight
from tests.bench.pacing.cache import Cache
from tests.bench.pacing.cases import Case, cases, compared, seeds
from tests.bench.pacing.compiled import ROOT, built
from tests.bench.pacing.contenders import FIXED, PREDICTIVE, SHIPPED, TRUE
from tests.bench.pacing.days import Job, Lived, live
from tests.bench.pacing.page import page, write_days
from tests.bench.pacing.pool import live_all
from tests.bench.pacing.verdict import verdict

HINDSIGHT = "hindsight"
DOCS, PARTLY = ROOT / "docs" / "pacing-figures.md", ROOT / "build" / "pacing-figures.md"
DAYS = Path(__file__).with_name("figures.csv")
CACHE = ROOT / "build" / "pacing.jsonl"
PROOF = [Job("N5 short day", name, 501) for name in (PREDICTIVE, TRUE, *SHIPPED, "Issabel")]
"""Days that the compiled code must live exactly as the plain code does."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be lived."""

    cases: list[tuple[Case, range]]
    policies: list[str]

    def jobs(self) -> list[Job]:
        """Those who are lived on every day, and the trial of hindsight."""
        names = [name for name in self.policies if name != HINDSIGHT]
        jobs = [
            Job(case.name, name, seed)
            for case, days in self.cases
            for name in names
            for seed in (days if name == PREDICTIVE else compared(case, days))
        ]
        if HINDSIGHT in self.policies:
            jobs += [job for case, days in self.cases for job in hindsight.trial(case, days)]
        return jobs

    def final_jobs(self, cache: Cache) -> list[Job]:
        if HINDSIGHT not in self.policies:
            return []
        return [
            job
            for case, days in self.cases
            for job in hindsight.final(case, compared(case, days), cache)
        ]


def main(words: Sequence[str]) -> int:
    """0: every goal that could be judged is reached."""
    asked = _parser().parse_args(words)
    plan = Plan(
        [(case, seeds(case, asked.seeds)) for case in _chosen_cases(asked.rows)],
        _chosen_policies(asked.policies),
    )
    cache = Cache(CACHE)
    if asked.again:
        cache.forget(_chosen_policies(asked.again), [case.name for case, _ in plan.cases])
    if not asked.page:
        _live(plan, cache, ROOT if asked.pure else _proven())
    return _write(plan, cache, is_whole=not (asked.rows or asked.policies or asked.seeds))


def _live(plan: Plan, cache: Cache, folder: Path) -> None:
    for jobs in (plan.jobs, lambda: plan.final_jobs(cache)):
        missing = [job for job in dict.fromkeys(jobs()) if job not in cache]
        live_all(missing, folder, cache.add)


def _proven() -> Path:
    """The folder of compiled code, which has shown that its figures are those of the plain code."""
    folder = built()
    proven = folder / "proven"  # gone with the next compilation
    if not proven.exists():
        print("holding compiled against plain code ...", file=sys.stderr, flush=True)
        compiled: dict[Job, Lived] = {}
        live_all(PROOF, folder, compiled.__setitem__)
        unlike = [job.policy for job in PROOF if live(job) != compiled[job]]
        if unlike:
            names = ", ".join(unlike)
            raise SystemExit(f"compiled code gives other figures for {names}; take --pure")
        proven.touch()
    return folder


def _write(plan: Plan, cache: Cache, is_whole: bool) -> int:
    """A part of the table goes to build/, so that it does not replace the whole."""
    found = [verdict(case, days, cache) for case, days in plan.cases]
    verdicts = [v for v in found if v is not None]
    target = DOCS if is_whole else PARTLY
    target.parent.mkdir(exist_ok=True)
    target.write_text(page(verdicts))
    if is_whole:
        write_days(DAYS, verdicts, cache)
    print(f"written: {target.relative_to(ROOT)}")
    return 0 if all(v.holds for v in verdicts) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench-pacing", description=__doc__)
    parser.add_argument("--rows", help="cases, by comma; * stands for anything: 'N5 *,N20 p35'")
    parser.add_argument("--policies", help=f"by comma: {', '.join([*FIXED, HINDSIGHT])}")
    parser.add_argument("--seeds", type=int, help="days of each case, from seed 501 on")
    parser.add_argument("--again", help="policies that have changed: their days are lived again")
    parser.add_argument("--pure", action="store_true", help="plain Python instead of mypyc")
    parser.add_argument("--page", action="store_true", help="write the page, live nothing")
    return parser


def _chosen_cases(patterns: str | None) -> list[Case]:
    known = cases()
    if patterns is None:
        return list(known.values())
    wanted = patterns.split(",")
    unknown = [p for p in wanted if not any(fnmatchcase(name, p) for name in known)]
    if unknown:
        raise SystemExit(f"no case {', '.join(unknown)}; there are: {', '.join(known)}")
    return [case for name, case in known.items() if any(fnmatchcase(name, p) for p in wanted)]


def _chosen_policies(names: str | None) -> list[str]:
    known = [*FIXED, HINDSIGHT]
    if names is None:
        return known
    wanted = names.split(",")
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise SystemExit(f"no policy {', '.join(unknown)}; there are: {', '.join(known)}")
    return wanted


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nstopped; what was lived is kept, the same command goes on")
