"""A site in a folder, and the command line as its admin types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.prompt import Prompt


@pytest.fixture
def bare(tmp_path: Path) -> Prompt:
    """A site on SQLite whose database does not exist yet."""
    return Prompt(tmp_path, f"sqlite:///{tmp_path}/site.db")


@pytest.fixture
def prompt(tmp_path: Path, database_url: str) -> Prompt:
    """A migrated site on each kind of database, with the draft campaign `demo` of `sales`."""
    found = Prompt(tmp_path, database_url)
    found.run("db", "migrate")
    found.run("campaign", "apply", str(found.campaign_file()))
    return found
