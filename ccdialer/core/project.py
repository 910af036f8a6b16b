"""Project: the privacy boundary that campaigns and agents belong to, and what is set of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Distribution(StrEnum):
    """Which of the free agents gets the next client (SPEC A3)."""

    LONGEST_IDLE = "longest_idle"  # who has waited longest since his last call
    FEWEST_CALLS = "fewest_calls"  # who has had fewest calls today
    LEAST_TALK = "least_talk"  # who has talked least today


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What `project apply` reads; every field has the shipped default."""

    distribution: Distribution = Distribution.LONGEST_IDLE


@dataclass(frozen=True, slots=True)
class Project:
    """A project as stored."""

    id: int
    name: str
    settings: ProjectSettings = ProjectSettings()
