"""Trials: scenarios lived under several seeds, by as many processes as are allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ccdialer.sim.result import Day
from ccdialer.sim.scenario import Scenario
from ccdialer.sim.seeds import spread
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
    """The days of each trial, in order, as soon as they are over, on so many processors."""
    return spread(_lived, trials, jobs)


def _lived(trial: Trial) -> list[Day]:
    return run(trial.scenario, trial.seed)
