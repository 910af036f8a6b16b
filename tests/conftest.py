"""Fixtures for every room: a database of each kind; and who runs what, where several run tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.lab.fixtures import running_lab

__all__ = ["database_url", "postgresql_cluster", "running_lab"]

LEAST_URGENT = 19  # of nice


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Labs run one after the other in one process, for calls have their times and two labs on two
    cores disturb each other's; last what compares times, when the other tests are over."""
    items.sort(key=lambda item: item.get_closest_marker("quiet") is not None)
    for item in items:
        if item.get_closest_marker("lab"):
            item.add_marker(pytest.mark.xdist_group("lab"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Beside a lab the other tests compute only while it waits."""
    if "PYTEST_XDIST_WORKER" in os.environ and not item.get_closest_marker("lab"):
        os.setpriority(os.PRIO_PROCESS, 0, LEAST_URGENT)


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
