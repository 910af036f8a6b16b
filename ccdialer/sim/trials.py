"""Trials: scenarios lived under several seeds, by as many processes as are allowed."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ccdialer.sim.result import Day
from ccdialer.sim.scenario import Scenario
from ccdialer.sim.world import run


@dataclass(frozen=True, slots=True)
class Trial:
    """The days of one scenario under one seed."""

    scenario: Scenario
    seed: int


@dataclass(frozen=True, slots=True)
class Variant:
    """What became of a scenario: all days of all its seeds."""

    name: str  # what sets it apart: mode=progressive; of the only one: the scenario's name
    scenario: Scenario
    days: tuple[Day, ...]


def live(trials: Sequence[Trial], jobs: int) -> Iterator[list[Day]]:
    """The days of each trial, in order, as soon as they are over.

    They do not depend on `jobs`. Whoever stops asking stops the processes too.
    """
    jobs = min(jobs, len(trials))
    if jobs <= 1:
        yield from map(_lived, trials)
        return
    # Spawned, so that nothing of this process (its connections, its threads) is in them.
    with multiprocessing.get_context("spawn").Pool(jobs, _leave_interrupts) as pool:
        yield from pool.imap(_lived, trials)


def _lived(trial: Trial) -> list[Day]:
    return run(trial.scenario, trial.seed)


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that asked: it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
