"""What commands that simulate share: options, and days lived while a bar shows how far."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ccdialer.cli.output import progress
from ccdialer.errors import ConfigError
from ccdialer.sim.learning import Learned
from ccdialer.sim.seeds import over_seeds

T = TypeVar("T")
Decorated = TypeVar("Decorated", bound=Callable[..., Any])

set_option = click.option(
    *("--set", "changes"),
    metavar="KEY=VALUE",
    multiple=True,
    help="A setting of the campaign, changed: max_abandonment=0.02, retry_after_s.busy=900. "
    "May be repeated.",
)


def seeds_option(default: int) -> Callable[[Decorated], Decorated]:
    """`--seeds`, at least two."""
    return click.option(
        "--seeds",
        type=click.IntRange(2, 1000),
        default=default,
        show_default=True,
        help="Simulate with so many seeds: as many other lists and other days.",
    )


def lived(work: Callable[[int], T], seeds: int, what: str) -> list[T]:
    """The work for every seed; progress is shown on standard error."""
    done: list[T] = []
    with progress(what, seeds) as told:
        for each in over_seeds(work, seeds):
            done.append(each)
            told(len(done), seeds)
    return done


def refuse_nowhere(path: Path, option: str) -> None:
    """Before minutes of work, not after."""
    if not path.parent.is_dir():
        raise ConfigError([f"{option} {path}: there is no folder {path.parent}; make it first"])


def origin_rows(found: Learned) -> list[tuple[str, str, str, int]]:
    """Each quantity with its value and where it comes from."""
    return [
        (
            *(each.quantity, each.value),
            f"learned from {each.seen}" if each.seen else "assumed",
            each.seen,
        )
        for each in found.origins
    ]


def left_out(found: Learned) -> str:
    """Which calls were not learned from: `not learned from: congestion 3, lost 1`."""
    words = ", ".join(f"{why} {count}" for why, count in sorted(found.left_out.items()))
    return f"not learned from: {words}" if words else ""
