"""A site in whose database a day was lived."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ccdialer import storage
from tests.cli.prompt import Prompt
from tests.sim.lived import an_hour_and_a_half, live_into

DAY = "2026-11-24"


@pytest.fixture(scope="session")
def lived_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with that day in it."""
    path = tmp_path_factory.mktemp("lived") / "site.db"
    scenario = replace(an_hour_and_a_half(), hours=0.7)
    with storage.connect(f"sqlite:///{path}") as database:
        storage.migrate(database)
        live_into(database, scenario, 3)
    return path


@pytest.fixture
def past(tmp_path: Path, lived_day: Path) -> Prompt:
    """The site; its day is looked at, never changed."""
    return Prompt(tmp_path, f"sqlite:///{lived_day}")
