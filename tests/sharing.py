"""Who runs what, where several processes run the tests: all telephony in one of them."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent.parent
LEAST_URGENT = 19  # of nice


class TelephonyInOne(LoadScopeScheduling):
    """Calls have their times, and two labs on two cores disturb each other's: the files that have
    tests of the lab go to one process, as the largest piece and so the first; each other test goes
    where there is room."""

    def _split_scope(self, nodeid: str) -> str:
        return "lab" if _has_telephony(ROOT / nodeid.partition("::")[0]) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TelephonyInOne:
    return TelephonyInOne(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Last comes what compares times: the other process is through by then."""
    items.sort(key=lambda item: item.get_closest_marker("quiet") is not None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Beside a lab the other tests compute only while it waits."""
    if "PYTEST_XDIST_WORKER" in os.environ and not _has_telephony(item.path):
        os.setpriority(os.PRIO_PROCESS, 0, LEAST_URGENT)


@cache
def _has_telephony(path: Path) -> bool:
    return "pytest.mark.lab" in path.read_text(encoding="utf-8")
