"""Variants of the rule at equal abandonment (3.0 %), with true laws, the same people for all.

`python -m tests.bench.research.variants risk` (or `letgo`, `patience`, `correlated`, `lines`)
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

from tests.bench.research.lean import (
    CAP,
    Days,
    Knobs,
    Setting,
    against,
    at_cap,
    price,
    run,
    worth_of,
)

RULE = Knobs()
RISK = {
    "worth of 2 free agents counts double": replace(RULE, worth=2.0),
    "worth grows up to 4": replace(RULE, worth=4.0),
    "worth grows up to 8": replace(RULE, worth=8.0),
    "allowed +10 % per idle agent": replace(RULE, per_idle=0.1),
    "allowed +30 % per idle agent": replace(RULE, per_idle=0.3),
    "allowed +100 % per idle agent": replace(RULE, per_idle=1.0),
}
LET_GO = {
    "never": replace(RULE, let_go=2.0),
    "if no agent in time with P > 0.05": replace(RULE, let_go=0.05),
    "if no agent in time with P > 0.2": replace(RULE, let_go=0.2),
    "if no agent in time with P > 0.4": replace(RULE, let_go=0.4),
    "if no agent in time with P > 0.6": replace(RULE, let_go=0.6),
    "if no agent in time with P > 0.8": replace(RULE, let_go=0.8),
    "if no agent in time with P > 0.9": replace(RULE, let_go=0.9),
}
PATIENCE = {
    f"patience {s:.1f} s": replace(RULE, patience_s=s) for s in (0.5, 1.0, 1.5, 2.5, 3.0, 4.0)
}
TEAMS = [Setting(n, p) for n in (5, 10, 20, 50) for p in (0.2, 0.35, 0.6)]
FEW = [Setting(n, 0.35) for n in (5, 20, 50)] + [Setting(20, 0.2)]


def seeds_of(setting: Setting) -> range:
    return range(1, 1 + {5: 60, 10: 40, 20: 20, 50: 8}[setting.agents])


@dataclass(frozen=True)
class Yardstick:
    """The rule in a setting, and what an abandonment is worth there."""

    setting: Setting
    seeds: range
    rule: Days
    slope: float

    @classmethod
    def of(cls, setting: Setting, seeds: range) -> Yardstick:
        return cls(setting, seeds, at_cap(setting, RULE, seeds), price(setting, RULE, seeds))

    def line(self, name: str, knobs: Knobs) -> str:
        days = at_cap(self.setting, knobs, self.seeds)
        return (
            f"N{self.setting.agents:<3d} p{self.setting.p:.2f}  {name:40s} "
            f"{worth_of(days, self.slope).mean():7.2%} {against(days, self.rule, self.slope)}  "
            f"risk {days.allowed:.4f}  abandoned {days.abandonment:.2%}"
        )


def compare(settings: list[Setting], variants: dict[str, Knobs]) -> None:
    for setting in settings:
        yardstick = Yardstick.of(setting, seeds_of(setting))
        for name, knobs in {"the rule": RULE, **variants}.items():
            print(yardstick.line(name, knobs), flush=True)


def correlated() -> None:
    """Answer rates in runs of the list, or under noise: what is believed, and what that costs."""
    beliefs = {
        "true mean of the day": RULE,
        "true rate of the lead": replace(RULE, belief=1),
        "tracked over 200 calls": replace(RULE, belief=2, memory=200.0),
        "mean, tail widened by 30 %": replace(RULE, mixture=0.3),
        "tracked, tail widened by 30 %": replace(RULE, belief=2, memory=200.0, mixture=0.3),
    }
    base = Setting(20, 0.35)
    worlds = {
        "independent": base,
        "runs of 5 leads ± 40 %": replace(base, run_leads=5, run_spread=0.4),
        "runs of 50 leads ± 40 %": replace(base, run_leads=50, run_spread=0.4),
        "runs of 500 leads ± 40 %": replace(base, run_leads=500, run_spread=0.4),
        "noise of 5 min ± 25 %": replace(base, hourly_spread=0.25),
    }
    seeds = range(1, 11)
    calm = at_cap(base, RULE, seeds)
    for world, setting in worlds.items():
        yardstick = Yardstick.of(setting, seeds)
        for name, knobs in beliefs.items():
            same = run(setting, replace(knobs, allowed=calm.allowed), seeds)
            print(
                f"{world:26s} {yardstick.line(name, knobs)}  abandons at the risk of the "
                f"calm world {same.abandonment:.2%}",
                flush=True,
            )


def lines() -> None:
    """What talk costs in dials and line time, along the trade-off and with fewer lines."""
    for setting in FEW:
        seeds = seeds_of(setting)
        rows = {"progressive": run(setting, replace(RULE, stock=1.0), seeds)}
        rows |= {
            f"rule at {cap:.1%}": at_cap(setting, RULE, seeds, cap)
            for cap in (0.001, 0.005, 0.01, 0.02, CAP, 0.05)
        }
        rows["rule at 3.0%, never let go"] = at_cap(setting, replace(RULE, let_go=2.0), seeds)
        rows |= {
            f"rule at 3.0%, {n:.1f} lines per agent": at_cap(setting, replace(RULE, lines=n), seeds)
            for n in (1.5, 2.0, 2.5, 3.0)
        }
        for name, days in rows.items():
            talk, answered, abandoned, dialed, busy = days.figures[:5]
            talks = answered - abandoned
            print(
                f"N{setting.agents:<3d} p{setting.p:.2f}  {name:34s} "
                f"{days.utilisation.mean():7.2%}  dials/talk {dialed / talks:5.2f}  "
                f"line min/talk min {busy / talk:5.3f}  peak lines/agent "
                f"{days.peak_lines / setting.agents:4.2f}  let go {days.figures[6] / dialed:5.1%}",
                flush=True,
            )


def main(names: list[str]) -> None:
    tables = {
        "risk": lambda: compare(TEAMS, RISK),
        "letgo": lambda: compare(FEW, LET_GO),
        "patience": lambda: compare(FEW, PATIENCE),
        "correlated": correlated,
        "lines": lines,
    }
    for name in names or tables:
        print(f"== {name}", flush=True)
        tables[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
