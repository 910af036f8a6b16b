"""Housekeeping in a real loop: it runs, it fails and goes on, it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from ccdialer.runtime.jobs import Housekeeping
from tests.runtime.floor import until


@pytest.fixture
async def housekeeping() -> AsyncIterator[Housekeeping]:
    made = Housekeeping()
    yield made
    made.end()
    await asyncio.sleep(0)


class Chore:
    """Counts its runs; some fail, some last."""

    def __init__(self, is_broken: bool = False, lasts: asyncio.Event | None = None) -> None:
        self.runs = 0
        self._is_broken = is_broken
        self._lasts = lasts

    async def run(self) -> None:
        self.runs += 1
        if self._lasts is not None:
            await self._lasts.wait()
        if self._is_broken:
            raise LookupError("no broom")


async def test_jobs_run_again_and_again(housekeeping: Housekeeping) -> None:
    quick, slow = Chore(), Chore()
    housekeeping.start({"quick": (0.01, quick.run), "slow": (3600.0, slow.run)})
    await until(lambda: quick.runs >= 3)
    assert slow.runs == 0, "the first run comes after the interval"


async def test_one_that_fails_is_logged_once_a_time_and_goes_on(
    housekeeping: Housekeeping, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Chore(is_broken=True)
    with capture_logs() as logs:
        housekeeping.start({"sweep": (0.01, broken.run)})
        await until(lambda: broken.runs >= 3)
    assert len(logs) >= 2
    assert (logs[0]["event"], logs[0]["job"]) == ("housekeeping failed", "sweep")
    assert isinstance(logs[0]["exc_info"], LookupError)
    assert caplog.records == [], "the scheduler tells it too"


async def test_two_of_one_kind_never_overlap(housekeeping: Housekeeping) -> None:
    done = asyncio.Event()
    lasting, quick = Chore(lasts=done), Chore()
    housekeeping.start({"lasting": (0.01, lasting.run), "quick": (0.01, quick.run)})
    await until(lambda: quick.runs >= 4)
    assert lasting.runs == 1
    done.set()
    await until(lambda: lasting.runs >= 2)


async def test_an_interval_can_be_changed(housekeeping: Housekeeping) -> None:
    chore = Chore()
    housekeeping.start({"chore": (3600.0, chore.run)})
    housekeeping.change("chore", 0.01)
    await until(lambda: chore.runs >= 2)


async def test_all_but_one_can_be_taken_out(housekeeping: Housekeeping) -> None:
    kept, taken = Chore(), Chore()
    housekeeping.start({"kept": (0.01, kept.run), "taken": (0.01, taken.run)})
    housekeeping.leave_only("kept")
    runs = taken.runs
    await until(lambda: kept.runs >= 5)
    assert taken.runs == runs


async def test_the_end_may_come_before_the_beginning() -> None:
    Housekeeping().end()
