"""One measured figure, held against its baseline and its target."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """`ratio` is value / baseline, both from one run on one machine; `target` reads like
    `>= 0.7`, and `holds` tells whether the ratio keeps it."""

    id: str
    what: str
    value: float
    unit: str
    baseline: float
    ratio: float
    target: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Goal:
    """What a bench measures and what its ratio must reach."""

    id: str
    what: str
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    def row(self, value: float, baseline: float) -> Row:
        """The figure, judged."""
        ratio = value / baseline if baseline else float(value > 0)
        if self.at_least is not None:
            target, holds = f">= {self.at_least:g}", ratio >= self.at_least
        else:
            target, holds = f"<= {self.at_most:g}", ratio <= (self.at_most or 0.0)
        return Row(self.id, self.what, value, self.unit, baseline, ratio, target, holds)


def middle(values: Sequence[float]) -> float:
    """The median: machines are noisy, single runs lie."""
    return float(median(values))


def write(rows: Sequence[Row], path: Path) -> None:
    """bench.json: what is read by machines."""
    path.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")


def table(rows: Sequence[Row]) -> str:
    """What is read by people."""
    lines = [f"{'':2} {'id':22} {'value':>12} {'baseline':>12} {'ratio':>7} {'target':>8}  what"]
    for row in rows:
        mark = "ok" if row.holds else "NO"
        value, baseline = f"{row.value:,.4g}", f"{row.baseline:,.4g}"
        lines.append(
            f"{mark:2} {row.id:22} {value:>12} {baseline:>12} {row.ratio:7.2f} {row.target:>8}"
            f"  {row.what} ({row.unit})"
        )
    return "\n".join(lines)
