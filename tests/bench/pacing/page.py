"""The page of figures: docs/pacing-figures.md, made of the cache, and its days as a table."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.bench.pacing.cache import Cache
from tests.bench.pacing.cases import cases, seeds
from tests.bench.pacing.contenders import FIXED, PREDICTIVE, PROGRESSIVE
from tests.bench.pacing.hindsight import Choice
from tests.bench.pacing.summary import Summary
from tests.bench.pacing.verdict import Verdict

NOTE = "<!-- Written by `make bench-pacing`. -->"
METHOD = Path(__file__).with_name("method.md")
Cell = Callable[[Verdict], str]


def page(verdicts: Sequence[Verdict]) -> str:
    method = METHOD.read_text(encoding="utf-8")
    parts = [method.format(note=NOTE, days=_days(verdicts), counts=_counts(verdicts))]
    parts.append(_table(GOAL_COLUMNS, verdicts))
    parts.append("\n## Every policy\n")
    parts.append(_table(POLICY_COLUMNS, verdicts))
    parts.append("\n## What hindsight chose\n")
    parts.append(_table(CHOICE_COLUMNS, verdicts))
    parts.append("\n## What an hour brings, and what a talk costs\n")
    parts.append(_table(COST_COLUMNS, verdicts))
    return "\n".join(parts) + "\n"


def _days(verdicts: Sequence[Verdict]) -> str:
    """How many days the teams of each size have lived."""
    lived: dict[int, set[int]] = {}
    for v in verdicts:
        lived.setdefault(v.case.agents, set()).add(v.found[PREDICTIVE].days)
    counts = [
        f"{'/'.join(map(str, sorted(days)))} for teams of {agents}"
        for agents, days in sorted(lived.items())
    ]
    return ", ".join(counts)


def _counts(verdicts: Sequence[Verdict]) -> str:
    asked: dict[str, list[bool | None]] = {
        "The cap is kept": [v.keeps_cap for v in verdicts],
        "The best VICIdial in hindsight is beaten by the goal": [
            v.beats_hindsight for v in verdicts
        ],
        "At least 0.99 of true parameters is reached": [v.nears_truth for v in verdicts],
    }
    known = len(cases())
    lines = [f"- {len(verdicts)} of {known} cases have been lived."] * (len(verdicts) < known)
    for what, answers in asked.items():
        told = [answer for answer in answers if answer is not None]
        lines.append(f"- {what} in {sum(told)} of {len(told)} cases.")
    return "\n".join(lines)


def _table(columns: dict[str, Cell], verdicts: Iterable[Verdict]) -> str:
    rows = [[cell(v) for cell in columns.values()] for v in verdicts]
    lines = [list(columns), ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _percent(share: float) -> str:
    return f"{100.0 * share:.1f}"


def _whole(s: Summary | None) -> str:
    if s is None:
        return ""
    spent = f"{_percent(s.abandonment)}/{_percent(s.high)}/{100.0 * s.over:.0f}"
    return f"{_percent(s.utilisation)} ({spent})"


def _judged(value: float | None, holds: bool | None) -> str:
    if value is None:
        return ""
    return f"**{value:.3f}**" if holds is False else f"{value:.3f}"


def _kept(v: Verdict) -> str:
    if v.keeps_cap is None:
        return "few answers"
    return "yes" if v.keeps_cap else "**no**"


def _chosen(choice: Choice | None) -> str:
    return "" if choice is None else _percent(choice.utilisation)


def _setting(choice: Choice | None) -> str:
    return "" if choice is None else f"{choice.name} ({_percent(choice.abandonment)})"


def _of(policy: str, figure: Callable[[Summary], float], digits: int) -> Cell:
    def cell(v: Verdict) -> str:
        found = v.found.get(policy)
        return "" if found is None else f"{figure(found):.{digits}f}"

    return cell


def _policy(name: str) -> Cell:
    return lambda v: _whole(v.found.get(name))


CASE: dict[str, Cell] = {"case": lambda v: v.case.name}
GOAL_COLUMNS: dict[str, Cell] = {
    **CASE,
    "predictive": _policy(PREDICTIVE),
    "cap kept": _kept,
    "/ best VICIdial as shipped": lambda v: _judged(v.over_shipped, None),
    "/ best in hindsight": lambda v: _judged(v.over_hindsight, v.beats_hindsight),
    "goal": lambda v: "" if v.case.goal is None else f"{v.case.goal:.2f}",
    "/ true parameters": lambda v: _judged(v.over_true, v.nears_truth),
    "all holds": lambda v: "yes" if v.holds else "**no**",
}
POLICY_COLUMNS: dict[str, Cell] = {
    **CASE,
    "days": _of(PREDICTIVE, lambda s: s.days, 0),
    **{name: _policy(name) for name in FIXED},
    "adapt, hindsight": lambda v: _chosen(v.adapted),
    "ratio, hindsight": lambda v: _chosen(v.fixed_ratio),
}
CHOICE_COLUMNS: dict[str, Cell] = {
    **CASE,
    "adapt (abandoned)": lambda v: _setting(v.adapted),
    "ratio (abandoned)": lambda v: _setting(v.fixed_ratio),
}
COST_COLUMNS: dict[str, Cell] = {
    **CASE,
    "talks per agent-hour, progressive": _of(PROGRESSIVE, lambda s: s.talks_per_hour, 1),
    "predictive": _of(PREDICTIVE, lambda s: s.talks_per_hour, 1),
    "line time / talk time, progressive": _of(PROGRESSIVE, lambda s: s.lines, 3),
    "predictive ": _of(PREDICTIVE, lambda s: s.lines, 3),
}


def write_days(path: Path, verdicts: Iterable[Verdict], cache: Cache) -> None:
    """The days behind the page, one line each; several campaigns' counts are joined by +."""
    with path.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("case", "policy", "seed", "paid_s", "talk_s", "answered", "abandoned"))
        for v in verdicts:
            for policy in _published(v):
                for seed, day in cache.days(v.case.name, policy, seeds(v.case)).items():
                    counts = ("+".join(map(str, n)) for n in (day.answered, day.abandoned))
                    times = f"{day.paid_s:.0f}", f"{day.talk_s:.0f}"
                    out.writerow((v.case.name, policy, seed, *times, *counts))


def _published(v: Verdict) -> list[str]:
    names = list(v.found)
    if v.adapted is not None and v.adapted.name not in names:
        names.append(v.adapted.name)
    if v.fixed_ratio is not None:
        levels = v.fixed_ratio.name.removeprefix("ratio ").split(" to ")
        names += [f"ratio {level}" for level in levels]
    return names
