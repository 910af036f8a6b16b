"""Fixtures for every room: a database of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.lab.fixtures import running_lab
from tests.sharing import (
    pytest_collection_modifyitems,
    pytest_runtest_setup,
    pytest_xdist_make_scheduler,
)

__all__ = [
    "database_url",
    "postgresql_cluster",
    "pytest_collection_modifyitems",
    "pytest_runtest_setup",
    "pytest_xdist_make_scheduler",
    "running_lab",
]


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[str]:
    """One PostgreSQL server for the whole run."""
    reason = postgres.missing()
    if reason is not None:
        pytest.skip(reason)
    with postgres.running_cluster() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind; the test runs once on either."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/site.db"
    return postgres.fresh_database(request.getfixturevalue("postgresql_cluster"))
